// The program as few files: a command reads a dozen of them in place of some two hundred, a seventh of its whole time where
// a validation takes half a second. Only our own code: what comes from packages stays theirs. dist/ keeps its files one
// for one, for who imports the library, and for the tests.
import { readFileSync, rmSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')
// As deep as the files it is made of, which look for the schema, the Spark job and package.json two folders up.
const bin = join(dist, 'bin')

const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
// mongodb-memory-server is asked for where the user has it.
const packages = [...Object.keys(dependencies), 'mongodb-memory-server']
const isTheirs = id => isBuiltin(id) || packages.some(name => id === name || id.startsWith(`${name}/`))

const bundle = await rolldown({
  input: { main: join(dist, 'cli/main.js'), worker: join(dist, 'export/worker.js') },
  platform: 'node',
  external: isTheirs,
})
rmSync(bin, { recursive: true, force: true })
const { output } = await bundle.write({
  dir: bin,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
})

// What the bundler adds of its own must not ask for a package that users do not have.
const files = new Set(output.map(({ fileName }) => fileName))
const strays = output.flatMap(({ imports = [], dynamicImports = [] }) =>
  [...imports, ...dynamicImports].filter(id => !files.has(id) && !isTheirs(id)),
)
if (strays.length > 0) throw new Error(`dist/bin imports what package.json does not have: ${strays.join(', ')}`)
