import { Binary, type Decimal128, type Double, type Int32, type Long, type ObjectId, type Timestamp } from 'bson'
import type { AnyValue } from './any-document.js'

/** The JSON mapping once more, from JavaScript values, written to be obvious. */
export function expectedJson(value: AnyValue): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value)
  if (value instanceof Date) return JSON.stringify(value.toISOString())
  if (Array.isArray(value)) return `[${value.map(expectedJson).join(',')}]`
  if (value instanceof Map) {
    return `{${[...value].map(([name, member]) => `${JSON.stringify(name)}:${expectedJson(member)}`).join(',')}}`
  }
  if (value instanceof Binary) {
    const buffer = Buffer.from(value.buffer.subarray(0, value.position))
    if (value.sub_type !== 4) return JSON.stringify(buffer.toString('base64'))
    return JSON.stringify(buffer.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'))
  }
  switch ((value as { _bsontype: string })._bsontype) {
    case 'Int32':
      return String((value as Int32).value)
    case 'Long':
      return (value as Long).toBigInt().toString()
    case 'Double':
      return expectedDouble((value as Double).value)
    case 'ObjectId':
      return JSON.stringify((value as ObjectId).toHexString())
    case 'Decimal128':
      return JSON.stringify((value as Decimal128).toString())
    case 'Timestamp':
      return JSON.stringify({ t: (value as Timestamp).t, i: (value as Timestamp).i })
    default:
      throw new TypeError('no such value is drawn')
  }
}

export function expectedDouble(value: number): string {
  if (!Number.isFinite(value)) return JSON.stringify(String(value))
  const shortest = Object.is(value, -0) ? '-0' : String(value)
  return /[.e]/.test(shortest) ? shortest : `${shortest}.0`
}
