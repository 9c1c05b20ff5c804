// The program as few files: a command reads a dozen of them in place of some two hundred, a seventh of its whole time where
// a validation takes half a second. Only our own code: what comes from packages stays theirs. dist/ keeps its files one
// for one, for who imports the library, and for the tests.
import { rmSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const dist = fileURLToPath(new URL('../dist', import.meta.url))
// As deep as the files it is made of, which look for the schema, the Spark job and package.json two folders up.
const bin = join(dist, 'bin')

const bundle = await rolldown({
  input: { main: join(dist, 'cli/main.js'), worker: join(dist, 'export/worker.js') },
  platform: 'node',
  external: id => !id.startsWith('.') && !isAbsolute(id),
})
rmSync(bin, { recursive: true, force: true })
await bundle.write({ dir: bin, format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' })
