import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keepsSchema } from '../../src/config/schema-check.js'
import { PACKAGE_ROOT } from '../../src/demo/services-home.js'

/** The check as the built program has it. */
let compiled: typeof keepsSchema
let directory: string
beforeAll(async () => {
  const script = pathToFileURL(join(PACKAGE_ROOT, 'scripts/compiled-schema.mjs')).href
  const { compiledSchemaCheck } = await import(script)
  const code: string = await compiledSchemaCheck(join(PACKAGE_ROOT, 'dist'))
  // Within the package, so that it finds what it takes from ajv.
  directory = await mkdtemp(join(PACKAGE_ROOT, 'node_modules/.compiled-schema-'))
  const file = join(directory, 'check.mjs')
  await writeFile(
    file,
    `import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)\n${code}`,
  )
  ;({ keepsSchema: compiled } = await import(pathToFileURL(file).href))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

const GOOD = {
  source: { uri: 'mongodb://127.0.0.1', database: 'iclr' },
  lake: { url: 'file:lake' },
  datasets: { papers: { collection: 'papers', formats: ['parquet', 'json'], partSize: '16MB' } },
  limits: { memory: '512MB' },
  monitor: { freshness: '26h' },
}

const anything = fc.oneof(
  fc.constantFrom(null, '', 'parquet', 'json', 0, -1, 1.5, true, [], {}, ['parquet', 'parquet'], 'a'.repeat(400), '😀'),
  fc.jsonValue({ maxDepth: 1 }),
)

describe('the check that is compiled when the program is built', () => {
  it('finds what the one compiled at run time finds, in the same words', () => {
    const paths = pathsOf(GOOD)
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ path: fc.constantFrom(...paths), key: fc.constantFrom('', 'x', 'cron', 'é'), value: anything }),
          {
            minLength: 1,
            maxLength: 3,
          },
        ),
        changes => {
          const value = structuredClone(GOOD)
          for (const { path, key, value: put } of changes) set(value, key === '' ? path : [...path, key], put)
          expect(JSON.stringify(compiled(value))).toBe(JSON.stringify(keepsSchema(value)))
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('finds nothing wrong with what is right', () => {
    expect(compiled(GOOD)).toEqual([])
    expect(compiled({}).map(({ params }) => params)).toEqual([
      { missingProperty: 'source' },
      { missingProperty: 'lake' },
    ])
  })
})

describe('the built program', () => {
  it('has the licences of the dashboard’s packages beside it', async () => {
    const notices = await readFile(join(PACKAGE_ROOT, 'dist/web/THIRD-PARTY-NOTICES.md'), 'utf8')
    for (const name of ['react', 'react-dom', 'recharts', 'wouter', '@tanstack/react-query'])
      expect(notices).toContain(name)
  })

  it('has the licence of each package that is within it beside it', async () => {
    const notices = await readFile(join(PACKAGE_ROOT, 'dist/bin/THIRD-PARTY-NOTICES.txt'), 'utf8')
    for (const name of [
      '@aws-sdk/client-s3',
      '@duckdb/node-api',
      'ajv',
      'bson',
      'commander',
      'mongodb',
      'picocolors',
      'yaml',
    ])
      expect(notices).toMatch(new RegExp(`^${name} \\d.*\\n\\n[^]*?(?:copyright|permission)`, 'im'))
  })
})

function pathsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (value === null || typeof value !== 'object') return [path]
  return [path, ...Object.entries(value).flatMap(([name, child]) => pathsOf(child, [...path, name]))].filter(
    found => found.length > 0,
  )
}

function set(root: object, path: readonly string[], value: unknown): void {
  let at: Record<string, unknown> = root as Record<string, unknown>
  for (const name of path.slice(0, -1)) {
    if (at[name] === null || typeof at[name] !== 'object') return
    at = at[name] as Record<string, unknown>
  }
  // A copy: the generator gives the same object again, and one put into itself would be a circle.
  at[path.at(-1)!] = structuredClone(value)
}
