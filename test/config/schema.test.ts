import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { loadConfig } from '../../src/config/load-config.js'
import { CONFIG_SCHEMA, type SchemaNode, SETTINGS, variableOf } from '../../src/config/settings.js'
import { FORMATS } from '../../src/model/format.js'

const docs = await readFile(new URL('../../docs/configuration.md', import.meta.url), 'utf8')

function nodes(node: SchemaNode, path: string): [string, SchemaNode][] {
  const below = Object.entries(node.properties ?? {}).flatMap(([name, child]) => nodes(child, `${path}.${name}`))
  if (node.additionalProperties) below.push(...nodes(node.additionalProperties, `${path}.*`))
  if (node.items?.properties) below.push(...nodes(node.items, `${path}.*`))
  return [[path, node], ...below]
}

describe('the schema', () => {
  it('is a valid JSON Schema, draft 7, in Ajv’s strict mode', () => {
    expect(() => new Ajv({ strict: true }).compile(CONFIG_SCHEMA)).not.toThrow()
  })

  it.each(nodes(CONFIG_SCHEMA, 'root'))('%s says what is wanted and what it is for, and is closed', (path, node) => {
    expect(node.title, path).toBeTruthy()
    expect(node.description, path).toBeTruthy()
    // The keys of a filter are MongoDB's, those of conf Spark's.
    if (node.type === 'object' && !/\.(filter|conf)$/.test(path)) expect(node.additionalProperties).toBeDefined()
    if (node.properties !== undefined) expect(node.additionalProperties).toBe(false)
  })

  it('has the formats that the export can write', () => {
    expect(SETTINGS.find(({ key }) => key === 'datasets.*.formats')?.schema.items?.enum).toEqual(FORMATS)
  })

  it('is shipped with the package', async () => {
    const { files } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'))
    expect(files).toContain('schema')
  })
})

describe('docs/configuration.md', () => {
  const rows = [...docs.matchAll(/^\| `([a-zA-Z*.]+)` \| ([^|]+) \| ([^|]*)\| ([^|]*)\| ([^|]+) \|$/gm)].map(row =>
    row.slice(1).map(cell => cell.trim()),
  )
  const code = (text: string): string => text.replace(/^`(.*)`$/, '$1')

  it('has a row for every key, in the order of the schema, and no other', () => {
    expect(rows.map(([key]) => key)).toEqual(SETTINGS.map(({ key }) => key))
  })

  it.each(SETTINGS.map(setting => [setting.key, setting] as const))(
    '%s: type, default, variable, example',
    (key, { schema, variable }) => {
      const [, type, fallback = '', environment = '', example = ''] = rows.find(row => row[0] === key) ?? []
      const types: Record<string, string> = {
        string: 'text',
        boolean: 'true or false',
        array: 'list',
        object: 'mapping',
        integer: 'whole number',
        number: 'number',
      }
      expect(type).toBe(types[schema.type ?? ''])
      expect(code(environment)).toBe(variable ?? '')
      if (fallback !== '' && fallback !== 'required') expect(parse(code(fallback))).toEqual(schema.default)
      else expect(schema.default).toBeUndefined()
      expect(fallback === 'required').toBe(REQUIRED.has(key))
      expect(schema.examples).toContainEqual(
        key.endsWith('uri')
          ? code(example)
          : parse(code(example).startsWith('$') ? `"${code(example)}"` : code(example)),
      )
    },
  )

  it('begins with a configuration that loads', async () => {
    const cwd = await mkdtemp(join(tmpdir(), 'lakeferry-docs-'))
    try {
      const text = /```yaml\n([^`]+)```/.exec(docs)?.[1] ?? ''
      await writeFile(join(cwd, 'lakeferry.yaml'), text)
      const { config, warnings } = await loadConfig({ cwd, env: {} })
      expect(config.datasets).toHaveLength(2)
      expect(warnings).toEqual([])
    } finally {
      await rm(cwd, { recursive: true })
    }
  })
})

const REQUIRED: ReadonlySet<string> = new Set([
  'source.uri',
  'source.database',
  'lake.url',
  'datasets.*.collection',
  'alerts.*.kind',
  'schedule.sets.*.cron',
])

describe('names of variables', () => {
  it('are the key in capitals, words joined by _', () => {
    expect(variableOf('lake.credentials.secretAccessKey')).toBe('LAKEFERRY_LAKE_CREDENTIALS_SECRET_ACCESS_KEY')
  })

  it('are each of one key', () => {
    const variables = SETTINGS.flatMap(({ variable }) => variable ?? [])
    expect(new Set(variables).size).toBe(variables.length)
  })
})
