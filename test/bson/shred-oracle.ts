import { Binary, Decimal128, Double, Int32, Long, ObjectId } from 'bson'
import type { Column, ColumnType } from '../../src/model/column.js'
import type { Cell, Row } from '../parquet/read-back.js'

/**
 * What a document's row must be, reckoned from the objects that the bson package makes of it (`promoteValues: false`) and
 * without regard to speed. Independent of `src/bson`, JSON text included.
 */
export function expectedRow(document: Readonly<Record<string, unknown>>, columns: readonly Column[]): Row {
  const row: Record<string, Cell> = { _id: null }
  const extra: string[] = []
  const misfit: string[] = []
  for (const { name } of columns) row[name] = null
  for (const [name, value] of Object.entries(document)) {
    const member = `${JSON.stringify(name)}:${plainJson(value)}`
    const column = columns.find(candidate => candidate.name === name)
    if (name === '_id') row['_id'] = value instanceof ObjectId ? value.toHexString() : String(value)
    else if (column === undefined) extra.push(member)
    else {
      const held = value === null ? undefined : hold(column.type, value)
      if (held === undefined) misfit.push(member)
      else row[name] = held.cell
      if (held?.partly) extra.push(member)
    }
  }
  row['_extra'] = extra.length === 0 ? null : `{${extra.join(',')}}`
  row['_misfit'] = misfit.length === 0 ? null : `{${misfit.join(',')}}`
  return row
}

interface Held {
  readonly cell: Cell
  /** Something of the value has no place in the column. */
  readonly partly: boolean
}

const whole = (cell: Cell): Held => ({ cell, partly: false })

function hold(type: ColumnType, value: unknown): Held | undefined {
  switch (type.kind) {
    case 'string':
      return typeof value === 'string' ? whole(value) : undefined
    case 'int32':
      return value instanceof Int32 ? whole(value.value) : undefined
    case 'int64':
      return value instanceof Int32 || value instanceof Long ? whole(integer(value)) : undefined
    case 'double': {
      if (value instanceof Double) return whole(value.value)
      if (!(value instanceof Int32 || value instanceof Long)) return undefined
      const number = Number(integer(value))
      return BigInt(number) === integer(value) ? whole(number) : undefined
    }
    case 'boolean':
      return typeof value === 'boolean' ? whole(value) : undefined
    case 'timestamp':
      return value instanceof Date && !Number.isNaN(value.getTime()) ? whole(`${value.getTime()} ms`) : undefined
    case 'decimal':
      return holdDecimal(type.precision, type.scale, value)
    case 'objectId':
      return value instanceof ObjectId ? whole(value.toHexString()) : undefined
    case 'json':
      return whole(plainJson(value))
    case 'list': {
      if (!Array.isArray(value)) return undefined
      const items = value.map(item => (item === null ? whole(null) : hold(type.element, item)))
      if (!items.every(item => item !== undefined)) return undefined
      return { cell: items.map(item => item.cell), partly: items.some(item => item.partly) }
    }
    case 'struct':
      return holdStruct(type.fields, value)
  }
}

function holdStruct(fields: readonly Column[], value: unknown): Held | undefined {
  if (!isDocument(value)) return undefined
  const cell: Record<string, Cell> = {}
  let partly = Object.entries(value).some(([name, member]) => member === null || !fields.some(f => f.name === name))
  for (const { name, type } of fields) {
    const member = value[name]
    const held = member === undefined || member === null ? whole(null) : hold(type, member)
    if (held === undefined) return undefined
    cell[name] = held.cell
    partly ||= held.partly
  }
  return { cell, partly }
}

/** By text: digits and exponent, as the General Decimal Arithmetic specification writes them. */
function holdDecimal(precision: number, scale: number, value: unknown): Held | undefined {
  if (!(value instanceof Int32 || value instanceof Long || value instanceof Decimal128)) return undefined
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:E([+-]\d+))?$/.exec(value.toString())
  if (!match) return undefined
  const [, sign, units, fraction = '', exponent = '0'] = match
  const shift = Number(exponent) - fraction.length + scale
  let digits = BigInt(`${units}${fraction}`)
  if (digits !== 0n && shift > 100) return undefined
  if (digits !== 0n) {
    if (shift >= 0) digits *= 10n ** BigInt(shift)
    else if (digits % 10n ** BigInt(-shift) !== 0n) return undefined
    else digits /= 10n ** BigInt(-shift)
  }
  const text = digits.toString()
  if (text.length > precision) return undefined
  const padded = text.padStart(scale + 1, '0')
  const point = padded.length - scale
  const minus = sign === '-' && digits !== 0n ? '-' : ''
  return whole(`${minus}${padded.slice(0, point)}${scale > 0 ? `.${padded.slice(point)}` : ''}`)
}

function integer(value: Int32 | Long): bigint {
  return BigInt(value.toString())
}

function isDocument(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

/** The JSON mapping of `_extra`, for the types that these tests put there. */
export function plainJson(value: unknown): string {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value)
  if (value instanceof Int32 || value instanceof Long) return value.toString()
  if (value instanceof Double) return doubleJson(value.value)
  if (value instanceof Decimal128) return JSON.stringify(value.toString())
  if (value instanceof ObjectId) return JSON.stringify(value.toHexString())
  if (value instanceof Date) return JSON.stringify(value.toISOString())
  if (value instanceof Binary) return JSON.stringify(value.toString('base64'))
  if (Array.isArray(value)) return `[${value.map(plainJson).join(',')}]`
  const members = Object.entries(value as object).map(
    ([name, member]) => `${JSON.stringify(name)}:${plainJson(member)}`,
  )
  return `{${members.join(',')}}`
}

function doubleJson(value: number): string {
  if (!Number.isFinite(value)) return JSON.stringify(String(value))
  const text = Object.is(value, -0) ? '-0' : String(value)
  return /[.e]/.test(text) ? text : `${text}.0`
}
