// The program as few files: a command reads a dozen of them in place of some five hundred, which is a third of its whole
// time where a validation takes half a second. dist/ keeps its files one for one, for who imports the library, and for
// the tests.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { compiledSchemaCheck } from './compiled-schema.mjs'
import { notices } from './notices.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')
// As deep as the files it is made of, which look for the schema, the Spark job and package.json two folders up.
const bin = join(dist, 'bin')

/**
 * Packages of many small files in plain JavaScript: they are bundled, with their licences beside them. The others stay
 * theirs: the native ones, and those that few commands load.
 */
const WITHIN = /^(?:@aws-sdk\/.*|@duckdb\/node-api|ajv|bson|commander|fastest-levenshtein|mongodb|picocolors|yaml)$/
/** What the MongoDB driver and we ask for where the user has it, and do without elsewhere. */
const OPTIONAL = [
  '@aws-sdk/credential-providers',
  '@mongodb-js/zstd',
  'aws4',
  'gcp-metadata',
  'kerberos',
  'mongodb-client-encryption',
  'mongodb-memory-server',
  'snappy',
  'socks',
]
const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const packages = [...Object.keys(dependencies).filter(name => !WITHIN.test(name)), ...OPTIONAL]
const isTheirs = id => isBuiltin(id) || packages.some(name => id === name || id.startsWith(`${name}/`))

const bundle = await rolldown({
  input: { main: join(dist, 'cli/main.js'), worker: join(dist, 'export/worker.js') },
  platform: 'node',
  external: isTheirs,
  plugins: [
    {
      name: 'compiled-schema',
      load: { filter: { id: /[\\/]config[\\/]schema-check\.js$/ }, handler: () => compiledSchemaCheck(dist) },
    },
  ],
})
rmSync(bin, { recursive: true, force: true })
const { output } = await bundle.write({
  dir: bin,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
})

// What is in the program must not ask for a package that users do not have.
const files = new Set(output.map(({ fileName }) => fileName))
const strays = output.flatMap(({ imports = [], dynamicImports = [], code = '' }) =>
  [...imports, ...dynamicImports, ...[...code.matchAll(/__require\("([^"]+)"\)/g)].map(([, id]) => id)].filter(
    id => !files.has(id) && !isTheirs(id),
  ),
)
if (strays.length > 0) throw new Error(`dist/bin imports what package.json does not have: ${strays.join(', ')}`)

const modules = output.flatMap(({ moduleIds = [] }) => moduleIds)
writeFileSync(join(bin, 'THIRD-PARTY-NOTICES.txt'), notices(modules))
