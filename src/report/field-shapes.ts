import { type Census, escapeName } from '../model/census.js'
import type { Column } from '../model/column.js'
import { typeText } from '../model/column.js'

/** What the census tells about one field: how often it was there, and as what. */
export interface FieldShape {
  /** As in the census: `title`, `reviews[].score`. */
  readonly path: string
  /** Documents, or parent objects, in which the field could have been. */
  readonly expected: number
  /** In which it was, null included. Elements of lists are counted one by one. */
  readonly present: number
  readonly nulls: number
  /** Most frequent first, null last. */
  readonly types: readonly { readonly type: string; readonly count: number }[]
  /** The type the contract declares; absent for fields it doesn't name. */
  readonly declared?: string
  readonly findings: readonly ShapeFinding[]
}

/**
 * `types`: values of several types. `numbers`: several types, all of them numeric. `missing`: not always there.
 * `null`: there, and null. `undeclared`: the contract doesn't name it. `never`: declared, and in no document.
 */
export type ShapeFinding = 'types' | 'numbers' | 'missing' | 'null' | 'undeclared' | 'never'

const NUMERIC: ReadonlySet<string> = new Set(['int', 'long', 'double', 'decimal'])
const NOTHING: ReadonlySet<string> = new Set(['null', 'undefined'])

/**
 * The fields of a census, in the contract's order and then by name. `_id` is left out when there is nothing to say of it.
 *
 * @param columns - declared columns; empty when there is no contract, and then no field is `undeclared`
 */
export function fieldShapes(census: Census, columns: readonly Column[]): FieldShape[] {
  const declared = new Map(columns.map(column => [escapeName(column.name), typeText(column.type)]))
  const order = new Map([...declared.keys()].map((name, index) => [name, index]))
  const seen = Object.keys(census.fields)
  const never = census.truncated ? [] : [...declared.keys()].filter(name => !Object.hasOwn(census.fields, name))
  const place = (path: string): number => order.get(topName(path)) ?? order.size
  return [...seen, ...never]
    .map(path => fieldShape(census, path, declared))
    .filter(shape => shape.path !== '_id' || shape.findings.length > 0)
    .sort((a, b) => place(a.path) - place(b.path) || (a.path < b.path ? -1 : 1))
}

function fieldShape(census: Census, path: string, declared: ReadonlyMap<string, string>): FieldShape {
  const types = Object.entries(census.fields[path] ?? {})
    .map(([type, count]) => ({ type, count }))
    .sort(
      (a, b) =>
        Number(NOTHING.has(a.type)) - Number(NOTHING.has(b.type)) || b.count - a.count || (a.type < b.type ? -1 : 1),
    )
  const present = types.reduce((sum, { count }) => sum + count, 0)
  const nulls = types.filter(({ type }) => NOTHING.has(type)).reduce((sum, { count }) => sum + count, 0)
  const values = types.filter(({ type }) => !NOTHING.has(type)).map(({ type }) => type)
  const expected = path.endsWith('[]') ? present : expectedCount(census, path)

  const findings: ShapeFinding[] = []
  if (declared.size > 0 && isTop(path) && path !== '_id' && !declared.has(path)) findings.push('undeclared')
  if (present === 0 && census.documents > 0) findings.push('never')
  if (values.length > 1) findings.push(values.every(type => NUMERIC.has(type)) ? 'numbers' : 'types')
  if (present > 0 && present < expected) findings.push('missing')
  if (nulls > 0) findings.push('null')
  const type = declared.get(path)
  return { path, expected, present, nulls, types, findings, ...(type === undefined ? {} : { declared: type }) }
}

/** A nested field can only be where its parent is an object. */
function expectedCount(census: Census, path: string): number {
  const parent = parentPath(path)
  return parent === undefined ? census.documents : (census.fields[parent]?.['object'] ?? 0)
}

/** The place of the last `.` that separates names, or -1; an escaped one belongs to a name. */
function lastSeparator(path: string): number {
  let last = -1
  for (let index = 0; index < path.length; index += 1) {
    if (path[index] === '\\') index += 1
    else if (path[index] === '.') last = index
  }
  return last
}

function parentPath(path: string): string | undefined {
  const separator = lastSeparator(path)
  return separator < 0 ? undefined : path.slice(0, separator)
}

function topName(path: string): string {
  for (let index = 0; index < path.length; index += 1) {
    if (path[index] === '\\') index += 1
    else if (path[index] === '.' || path[index] === '[') return path.slice(0, index)
  }
  return path
}

function isTop(path: string): boolean {
  return topName(path) === path
}
