import type { Census } from '../model/census.js'
import { type Column, type ColumnType, EXTRA_COLUMN, ID_COLUMN, MISFIT_COLUMN } from '../model/column.js'

/** Most columns that are inferred: past this, field names are data, and every row would pay for all of them. */
export const MAX_INFERRED_COLUMNS = 1_000

type Counts = Readonly<Record<string, number>>

/**
 * The columns of a dataset that has no contract, from a census of (some of) its documents. Whatever the census did not
 * see is still carried: a value of another type is in `_misfit`, a field of another name in `_extra`.
 *
 * A field of one scalar type gets that type's column; of int and long, one or both, int64; of numbers with doubles among
 * them, double. A list whose elements are so gets a list. Nulls don't count. Everything else, embedded documents among it, is json: text
 * that every reader takes, whatever comes. Decimals too, since a census doesn't tell how many digits they have.
 *
 * Columns are sorted by name: a census has no order of fields. Left to `_extra` are: names of Lakeferry's own columns,
 * the empty name, all but the first of names that differ only in case, which engines can't tell apart, and, of more than
 * {@link MAX_INFERRED_COLUMNS}, those in the fewest documents.
 */
export function inferColumns(census: Census): Column[] {
  const fields = new Map<string, Counts>()
  const elements = new Map<string, Counts>()
  for (const [path, counts] of Object.entries(census.fields)) {
    const match = TOP_LEVEL.exec(path)
    if (match) (match[2] ? elements : fields).set(match[1]!.replaceAll(ESCAPED, '$1'), counts)
  }
  const taken = new Set(['', ID_COLUMN, EXTRA_COLUMN, MISFIT_COLUMN])
  const names = [...fields.keys()].sort().filter(name => {
    const folded = name.toLowerCase()
    return !taken.has(folded) && taken.add(folded)
  })
  return mostFrequent(names, fields).map(name => ({
    name,
    type: columnType(fields.get(name)!, elements.get(name) ?? {}),
  }))
}

/** A path of one name, and whether it is of the elements of its array. `\` escapes what would end the name. */
const TOP_LEVEL = /^((?:[^.[\\]|\\[.[\\])*)(\[\])?$/
const ESCAPED = /\\([.[\\])/g

function mostFrequent(names: readonly string[], fields: ReadonlyMap<string, Counts>): readonly string[] {
  if (names.length <= MAX_INFERRED_COLUMNS) return names
  const total = (name: string) => Object.values(fields.get(name)!).reduce((sum, count) => sum + count, 0)
  // Sorting keeps the order of equals.
  const kept = new Set([...names].sort((a, b) => total(b) - total(a)).slice(0, MAX_INFERRED_COLUMNS))
  return names.filter(name => kept.has(name))
}

function columnType(counts: Counts, elements: Counts): ColumnType {
  const types = typesOf(counts)
  if (types.length === 1 && types[0] === 'array') {
    const element = scalarType(typesOf(elements))
    return element ? { kind: 'list', element } : { kind: 'json' }
  }
  return scalarType(types) ?? { kind: 'json' }
}

function typesOf(counts: Counts): string[] {
  return Object.keys(counts).filter(type => type !== 'null')
}

const SCALARS: ReadonlyMap<string, ColumnType> = new Map([
  ['string', { kind: 'string' }],
  // Wider than what was seen: a sample without longs does not mean a collection without them.
  ['int', { kind: 'int64' }],
  ['long', { kind: 'int64' }],
  ['double', { kind: 'double' }],
  ['bool', { kind: 'boolean' }],
  ['date', { kind: 'timestamp' }],
  ['objectId', { kind: 'objectId' }],
])

const NUMBERS = ['int', 'long', 'double']

function scalarType(types: readonly string[]): ColumnType | undefined {
  if (types.length === 1) return SCALARS.get(types[0]!)
  if (types.length === 0 || !types.every(type => NUMBERS.includes(type))) return undefined
  return { kind: types.includes('double') ? 'double' : 'int64' }
}
