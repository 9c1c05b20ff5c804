import type { ColumnType } from '../../model/column.js'
import { countText } from '../../model/count-text.js'
import { type FieldNode, typesOf, valuesOf } from './field-tree.js'

/** A column's type as the census suggests it, and what is to be said of it. */
export interface SuggestedType {
  readonly type: ColumnType
  /** Why it is JSON text, or what it does not hold. */
  readonly remark?: string
}

export interface TypeQuestion {
  readonly node: FieldNode
  /** The type that the run's column has. */
  readonly current: ColumnType | undefined
  /** 1 at the top. */
  readonly depth: number
}

/** A value of another type makes a misfit of one field in twenty at most. */
const DOMINATING_SHARE = 0.95

/** Deeper than this, nobody writes rules. */
const MAX_SUGGESTED_DEPTH = 6

/** An object of more names than this is a map: its names are data. */
const MAX_SUGGESTED_FIELDS = 100

/** From this many names on, it is one when the names are rare. */
const MAP_FIELDS = 20
const MAP_SHARE = 0.05

const SCALARS: Readonly<Record<string, ColumnType>> = {
  string: { kind: 'string' },
  // Wider than what was seen: no longs today does not mean none tomorrow.
  int: { kind: 'int64' },
  long: { kind: 'int64' },
  double: { kind: 'double' },
  bool: { kind: 'boolean' },
  date: { kind: 'timestamp' },
  objectId: { kind: 'objectId' },
}

/** BSON types that each kind of column takes, of the single values. docs/lake-format.md has the same table. */
const TAKES: Readonly<Partial<Record<ColumnType['kind'], readonly string[]>>> = {
  string: ['string'],
  int32: ['int'],
  int64: ['int', 'long'],
  double: ['double', 'int', 'long'],
  boolean: ['bool'],
  timestamp: ['date'],
  decimal: ['decimal', 'int', 'long'],
  objectId: ['objectId'],
  list: ['array'],
  struct: ['object'],
}

const JSON_TYPE: ColumnType = { kind: 'json' }

/** Whether a column takes values of this BSON type, as far as the type alone tells. */
export function takes(type: ColumnType, alias: string): boolean {
  return type.kind === 'json' || TAKES[type.kind]!.includes(alias)
}

/**
 * The type for the values of one path. What the run's column holds already stays as it is; JSON text is made something
 * better of where all values allow it.
 */
export function suggestedType(question: TypeQuestion): SuggestedType {
  const { node, current, depth } = question
  const types = typesOf(node)
  if (types.length === 0) return { type: current ?? JSON_TYPE, remark: 'no document has a value here' }
  if (types.every(type => type === 'object')) return objectType(question)
  if (types.every(type => type === 'array')) return arrayType(question)
  // Lists with some texts among them are still lists; their elements are looked at all the same.
  if (
    depth === 1 &&
    takenOf({ kind: 'list', element: JSON_TYPE }, node.counts) >= DOMINATING_SHARE * valuesOf(node.counts)
  )
    return arrayType(question)
  if (current && isScalar(current) && types.every(type => takes(current, type))) return { type: current }
  return singleType(node, types, depth)
}

function isScalar({ kind }: ColumnType): boolean {
  return kind !== 'json' && kind !== 'list' && kind !== 'struct'
}

function singleType(node: FieldNode, types: readonly string[], depth: number): SuggestedType {
  if (types.length === 1 && types[0] === 'decimal')
    return {
      type: JSON_TYPE,
      remark: 'decimals; physicalType: decimal(38,2), say, keeps those of so many digits as numbers',
    }
  const type = scalarOf(types)
  if (type) return { type }
  if (types.length === 1) return { type: JSON_TYPE, remark: `${types[0]} has no column of its own` }
  // Within an object, one misfit would make one of the whole field.
  const [first = ''] = types
  const near =
    depth === 1
      ? dominating(node, scalarOf(['int', 'long', 'double'].includes(first) ? numbersOf(types) : [first]))
      : undefined
  return near ? { type: near } : { type: JSON_TYPE, remark: `of several types: ${typeCounts(node.counts)}` }
}

function numbersOf(types: readonly string[]): readonly string[] {
  return types.filter(type => ['int', 'long', 'double'].includes(type))
}

function scalarOf(types: readonly string[]): ColumnType | undefined {
  if (types.length === 1) return SCALARS[types[0]!]
  if (types.length === 0 || numbersOf(types).length < types.length) return undefined
  if (!types.includes('double')) return SCALARS['long']
  // A long that no double holds exactly would be a misfit.
  return types.includes('long') ? undefined : SCALARS['double']
}

function dominating(node: FieldNode, type: ColumnType | undefined): ColumnType | undefined {
  return type && takenOf(type, node.counts) >= DOMINATING_SHARE * valuesOf(node.counts) ? type : undefined
}

/** Values of the types that the column takes. */
export function takenOf(type: ColumnType, counts: Readonly<Record<string, number>>): number {
  return Object.entries(counts).reduce(
    (sum, [alias, count]) => (alias !== 'null' && takes(type, alias) ? sum + count : sum),
    0,
  )
}

/** `string 8,600, int 23`: the most frequent first. */
export function typeCounts(counts: Readonly<Record<string, number>>): string {
  return typesOf({ counts })
    .map(type => `${type} ${countText(counts[type] ?? 0)}`)
    .join(', ')
}

function arrayType({ node, current, depth }: TypeQuestion): SuggestedType {
  if (depth > MAX_SUGGESTED_DEPTH) return { type: JSON_TYPE, remark: 'nested deeply' }
  const around = current?.kind === 'list' ? current.element : undefined
  if (!node.element || typesOf(node.element).length === 0)
    return { type: { kind: 'list', element: around ?? JSON_TYPE }, remark: 'no array has an element with a value' }
  const { type: element, remark } = suggestedType({ node: node.element, current: around, depth: depth + 1 })
  return { type: { kind: 'list', element }, ...(remark === undefined ? {} : { remark: `elements: ${remark}` }) }
}

function objectType({ node, current, depth }: TypeQuestion): SuggestedType {
  const total = valuesOf(node.counts)
  const names = declarable(
    [...node.fields.keys()],
    current?.kind === 'struct' ? current.fields.map(({ name }) => name) : [],
  )
  if (names.length === 0) return { type: JSON_TYPE, remark: 'an object without fields that could be declared' }
  if (depth > MAX_SUGGESTED_DEPTH) return { type: JSON_TYPE, remark: 'nested deeply' }
  const rare = names.filter(name => valuesOf(node.fields.get(name)?.counts ?? {}) < MAP_SHARE * total).length
  if (names.length > MAX_SUGGESTED_FIELDS || (names.length >= MAP_FIELDS && rare > names.length / 2))
    return { type: JSON_TYPE, remark: `${names.length} names of fields, which look like data` }
  const before = current?.kind === 'struct' ? current.fields : []
  const fields = names.map(name => {
    const currentField = before.find(field => field.name === name)?.type
    const below = node.fields.get(name)
    const type = below
      ? suggestedType({ node: below, current: currentField, depth: depth + 1 }).type
      : (currentField ?? JSON_TYPE)
    return { name, type }
  })
  return { type: { kind: 'struct', fields } }
}

/**
 * The names that a contract can declare, those of the run first and in its order, the others sorted. Left out: what
 * engines or paths cannot tell apart. Those fields are kept in `_extra`.
 */
export function declarable(names: readonly string[], before: readonly string[]): readonly string[] {
  const seen = new Set<string>()
  return [...before, ...names.filter(name => !before.includes(name)).sort()].filter(name => {
    const folded = name.toLowerCase()
    if (name === '' || /[.\0]|\[\]/.test(name) || seen.has(folded)) return false
    seen.add(folded)
    return true
  })
}
