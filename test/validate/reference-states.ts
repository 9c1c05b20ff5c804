import { Decimal128 } from 'bson'
import type { Column, ColumnType } from '../../src/model/column.js'
import { type ColumnPath, EACH } from '../../src/model/rule.js'
import type { MadeRow } from './made-run.js'

/** A document as it was in the collection. */
export type Document = { readonly _id: string; readonly [field: string]: unknown }

/** What the exporter would make of it, as rows that `made-run.ts` writes. */
export function rowOf(document: Document, columns: readonly Column[]): MadeRow {
  const row: Record<string, unknown> = {}
  const misfit: Record<string, unknown> = {}
  for (const { name, type } of columns) {
    if (!Object.hasOwn(document, name)) continue
    const value = document[name]
    if (fits(value, type)) row[name] = written(value)
    else misfit[name] = value
  }
  return {
    ...row,
    _id: document._id,
    ...(Object.keys(misfit).length > 0 ? { _misfit: JSON.stringify(misfit) } : {}),
  }
}

function written(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Decimal128 || typeof value === 'bigint') return value.toString()
  if (Array.isArray(value)) return value.map(written)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, written(member)]))
}

function fits(value: unknown, type: ColumnType): boolean {
  const inner = (item: unknown, of: ColumnType): boolean => item === undefined || item === null || fits(item, of)
  switch (type.kind) {
    case 'string':
      return typeof value === 'string'
    case 'int32':
      return Number.isInteger(value)
    case 'int64':
      return typeof value === 'bigint' || Number.isInteger(value)
    case 'double':
      return typeof value === 'number'
    case 'boolean':
      return typeof value === 'boolean'
    case 'timestamp':
      return value instanceof Date
    case 'decimal':
      return value instanceof Decimal128 || Number.isInteger(value)
    case 'list':
      return Array.isArray(value) && value.every(item => inner(item, type.element))
    case 'struct':
      return (
        typeof value === 'object' &&
        value !== null &&
        Object.getPrototypeOf(value) === Object.prototype &&
        type.fields.every(field => inner((value as Record<string, unknown>)[field.name], field.type))
      )
    default:
      throw new RangeError(`no ${type.kind} here`)
  }
}

export const ABSENT: unique symbol = Symbol('absent')
export const WRONG: unique symbol = Symbol('wrong')

/** The value of a field that its column can hold; `ABSENT`: not there or null; `WRONG`: something else. */
export function stateOf(document: Document, columns: readonly Column[], path: ColumnPath): unknown {
  const [top = '', ...rest] = path
  if (top === '_id') return document._id
  const type = columns.find(column => column.name === top)?.type
  const outer = document[top]
  if (outer === undefined || outer === null) return ABSENT
  if (!type || !fits(outer, type)) return WRONG
  let value: unknown = outer
  for (const name of rest) value = (value as Record<string, unknown> | null | undefined)?.[name]
  return value ?? ABSENT
}

export const isValue = (state: unknown): boolean => state !== ABSENT && state !== WRONG
export const isEmpty = (state: unknown): boolean =>
  !isValue(state) || state === '' || (Array.isArray(state) && state.length === 0)

/** The places for a value in the elements of lists, each with what is there, or `ABSENT`. */
export function placesOf(document: Document, columns: readonly Column[], path: ColumnPath): readonly unknown[] {
  const state = stateOf(document, columns, path.slice(0, 1))
  return isValue(state) ? within(state, path.slice(1)) : []
}

function within(value: unknown, [first = '', ...rest]: ColumnPath): readonly unknown[] {
  if (value === null || value === undefined) return []
  const next = first === EACH ? (value as readonly unknown[]) : [(value as Record<string, unknown>)[first]]
  return rest.length === 0 ? next.map(item => item ?? ABSENT) : next.flatMap(item => within(item, rest))
}

export function typeAt(columns: readonly Column[], path: ColumnPath): ColumnType {
  let type: ColumnType = { kind: 'struct', fields: columns }
  for (const name of path) {
    if (name === '_id') return { kind: 'string' }
    if (type.kind === 'list') type = type.element
    else if (type.kind === 'struct') type = type.fields.find(field => field.name === name)!.type
  }
  return type
}

/** As the violations tell a value of these types. */
export function jsonOf(value: unknown, type: ColumnType): string {
  if (value === ABSENT || value === null || value === undefined) return 'null'
  if (type.kind === 'list') return `[${(value as unknown[]).map(item => jsonOf(item, type.element)).join(',')}]`
  if (type.kind !== 'double') return JSON.stringify(value)
  if (!Number.isFinite(value)) return JSON.stringify(String(value))
  if (Object.is(value, -0)) return '-0.0'
  return Number.isInteger(value) ? `${value}.0` : String(value)
}
