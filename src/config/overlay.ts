import { distance } from 'fastest-levenshtein'
import { isBranch, pathsOf, valueAt } from './setting-paths.js'
import { type SchemaNode, SETTINGS } from './settings.js'
import { type Pointer, pointerOf, type YamlTree } from './yaml-tree.js'

/** One setting from the command line. */
export interface FlagSetting {
  /** `engine.kind`, or `datasets.*.formats` for every dataset. */
  readonly key: string
  /** As the person typed it: `--engine`. */
  readonly flag: string
  /** Text; several joined by commas where a list is wanted. */
  readonly value: string
}

/** The file's values with those of environment and flags laid over them, not yet checked. */
export interface Laid {
  readonly value: unknown
  readonly file: string
  readonly places: YamlTree['places']
  /** For values that are not the file's: the variable or the flag. */
  readonly outside: ReadonlyMap<Pointer, { readonly from: 'environment' | 'flag'; readonly name: string }>
  readonly warnings: readonly string[]
}

type Env = Readonly<Record<string, string | undefined>>

/** `LAKEFERRY_` names that are no settings of the file. */
const OTHER_VARIABLES = /^LAKEFERRY_(CONFIG$|SLOT$|PYTHON$|SERVICES_DIR$|TEST_)/

/**
 * An empty variable counts as not set: it is what a compose file makes of a variable that nobody gave.
 */
export function overlay(tree: YamlTree, from: { env: Env; flags: readonly FlagSetting[]; file: string }): Laid {
  const outside = new Map<Pointer, { from: 'environment' | 'flag'; name: string }>()
  const set = (
    path: readonly string[],
    schema: SchemaNode,
    text: string,
    source: { from: 'environment' | 'flag'; name: string },
  ): void => {
    let section = tree.value
    for (const name of path.slice(0, -1)) {
      if (!isSection(section)) return // wrong already: the check is going to say so
      section[name] ??= Object.create(null)
      section = section[name]
    }
    if (!isSection(section)) return
    section[path.at(-1) ?? ''] = typedText(text, schema)
    outside.set(pointerOf(path), source)
  }

  coerceScalars(tree)
  for (const { key, schema, variable } of SETTINGS) {
    const text = variable === undefined ? undefined : from.env[variable]
    if (variable !== undefined && text) set(key.split('.'), schema, text, { from: 'environment', name: variable })
  }
  for (const { key, flag, value } of from.flags) {
    const schema = SETTINGS.find(setting => setting.key === key)?.schema
    if (schema === undefined) throw new TypeError(`${flag} sets ${key}, which is no setting`)
    for (const path of pathsOf(key, tree.value)) set(path, schema, value, { from: 'flag', name: flag })
  }
  return { value: tree.value, file: from.file, places: tree.places, outside, warnings: unknownVariables(from.env) }
}

/**
 * Two things that the file could not say as they are wanted: a whole value of `${NAME}` is text, also where true, false or
 * a number is meant; and whole numbers were read as big ones, for the sake of filters.
 */
function coerceScalars(tree: YamlTree): void {
  for (const { key, schema } of SETTINGS) {
    for (const path of pathsOf(key, tree.value)) {
      const section = valueAt(tree.value, path.slice(0, -1))
      const name = path.at(-1) ?? ''
      if (!isBranch(section)) continue
      const value = section[name]
      const isNumber = schema.type === 'integer' || schema.type === 'number'
      if (isNumber && typeof value === 'bigint') section[name] = Number(value)
      if ((tree.places.get(pointerOf(path))?.variables.length ?? 0) === 0) continue
      if (typeof value === 'string') section[name] = typedText(value, schema)
    }
  }
}

/** Text as the type that is wanted; as it is where it cannot be, so that the check tells what arrived. */
function typedText(text: string, schema: SchemaNode): unknown {
  if (schema.type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  if (schema.type === 'integer' && /^\d{1,15}$/.test(text)) return Number(text)
  if (schema.type === 'number' && /^\d{1,15}(\.\d{1,15})?$/.test(text)) return Number(text)
  if (schema.type === 'array') return text.split(',').map(item => item.trim())
  return text
}

function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function unknownVariables(env: Env): string[] {
  const known = SETTINGS.flatMap(setting => setting.variable ?? [])
  return Object.keys(env)
    .filter(name => name.startsWith('LAKEFERRY_') && !OTHER_VARIABLES.test(name) && !known.includes(name))
    .sort()
    .map(name => {
      const nearest = known.map(other => ({ other, edits: distance(other, name) })).sort((a, b) => a.edits - b.edits)[0]
      const hint = nearest && nearest.edits <= 4 ? `; did you mean ${nearest.other}?` : ''
      return `the environment variable ${name} is no setting and has no effect${hint}`
    })
}
