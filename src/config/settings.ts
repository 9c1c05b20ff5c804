import { readFileSync } from 'node:fs'

/** The part of JSON Schema that `schema/lakeferry.schema.json` is written in. */
export interface SchemaNode {
  /** What is wanted, in words that fit after "wanted". */
  readonly title?: string
  readonly description?: string
  readonly type?: 'object' | 'array' | 'string' | 'boolean' | 'integer' | 'number'
  readonly enum?: readonly string[]
  /** Inclusive. */
  readonly minimum?: number
  readonly maximum?: number
  readonly default?: unknown
  readonly examples?: readonly unknown[]
  /** A secret: never shown. */
  readonly writeOnly?: boolean
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly additionalProperties?: false | SchemaNode
  readonly propertyNames?: SchemaNode
  readonly items?: SchemaNode
}

/** The schema that ships with the package, that editors check lakeferry.yaml with, and that we do. */
export const CONFIG_SCHEMA: SchemaNode = JSON.parse(
  readFileSync(new URL('../../schema/lakeferry.schema.json', import.meta.url), 'utf8'),
)

/** One key that holds a value: not a section. */
export interface Setting {
  /** `lake.url`; `datasets.*.formats` for what every dataset has, `alerts.*.kind` for every member of a list. */
  readonly key: string
  readonly schema: SchemaNode
  /** The variable that sets it; datasets have none, because their names are not known beforehand, nor have mappings. */
  readonly variable?: string
}

export const SETTINGS: readonly Setting[] = settingsBelow(CONFIG_SCHEMA, [])

/** `lake.pathStyle` is `LAKEFERRY_LAKE_PATH_STYLE`: words in capitals, joined by `_`. */
export function variableOf(key: string): string {
  return `LAKEFERRY_${key
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('.', '_')
    .toUpperCase()}`
}

/** The schema of a place in the file, such as `['datasets', 'papers', 'formats', '0']`. */
export function schemaAt(path: readonly string[]): SchemaNode | undefined {
  let node: SchemaNode | undefined = CONFIG_SCHEMA
  for (const name of path) {
    if (node === undefined) return undefined
    const own: SchemaNode | undefined = Object.hasOwn(node.properties ?? {}, name) ? node.properties?.[name] : undefined
    node = own ?? (node.additionalProperties || node.items)
  }
  return node
}

function settingsBelow(node: SchemaNode, path: readonly string[]): Setting[] {
  const settings = Object.entries(node.properties ?? {}).flatMap(([name, child]) =>
    settingsBelow(child, [...path, name]),
  )
  if (node.additionalProperties) settings.push(...settingsBelow(node.additionalProperties, [...path, '*']))
  // A list of mappings, such as `alerts`: each member is a setting of its own, so that its secrets are known as such.
  if (node.items?.properties) return settingsBelow(node.items, [...path, '*'])
  // `filter` is a mapping, too, but a value as a whole.
  if (node.properties ?? node.additionalProperties) return settings
  const key = path.join('.')
  // No variable holds a mapping, and none can say which of several is meant.
  const inFileOnly = path.includes('*') || node.type === 'object'
  return [{ key, schema: node, ...(inFileOnly ? {} : { variable: variableOf(key) }) }]
}
