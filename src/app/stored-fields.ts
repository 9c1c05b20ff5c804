import { isDeepStrictEqual } from 'node:util'
import { BSON, Double, Int32, Long } from 'bson'
import { ByteSink } from '../bson/byte-sink.js'
import { writeJsonValue } from '../bson/json-text.js'
import { textDecoder } from '../bson/utf8.js'
import { cstringEnd, documentEnd, valueEnd, viewOf } from '../bson/walk.js'

/** One element of a BSON document, its value as bytes: what is not changed stays exactly as it was stored. */
export interface Field {
  readonly name: string
  readonly type: number
  readonly value: Uint8Array
}

const encoder = new TextEncoder()

/** In their order. @throws MalformedBson */
export function readFields(bytes: Uint8Array): Field[] {
  const view = viewOf(bytes)
  const last = documentEnd(bytes, view, 0) - 1
  const fields: Field[] = []
  let at = 4
  while (at < last) {
    const nameEnd = cstringEnd(bytes, at + 1, last)
    const end = valueEnd(bytes[at]!, bytes, view, nameEnd + 1, last)
    fields.push({
      name: textDecoder.decode(bytes.subarray(at + 1, nameEnd)),
      type: bytes[at]!,
      value: bytes.subarray(nameEnd + 1, end),
    })
    at = end
  }
  return fields
}

/** A BSON document of these, in their order. */
export function writeFields(fields: readonly Field[]): Uint8Array {
  const names = fields.map(({ name }) => encoder.encode(name))
  const size = fields.reduce((sum, { value }, index) => sum + 2 + names[index]!.length + value.length, 5)
  const bytes = new Uint8Array(size)
  viewOf(bytes).setInt32(0, size, true)
  let at = 4
  for (const [index, { type, value }] of fields.entries()) {
    bytes[at++] = type
    bytes.set(names[index]!, at)
    at += names[index]!.length + 1
    bytes.set(value, at)
    at += value.length
  }
  return bytes
}

/** Fields that are dates in the collections, and are stored as such when a client sends RFC 3339. */
const DATES: ReadonlySet<string> = new Set(['submittedAt', 'updatedAt', 'createdAt'])
const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/
const STRING = 0x02
const OBJECT = 0x03
const ARRAY = 0x04
const OBJECT_ID = 0x07
const DATE = 0x09
const DOUBLE = 0x01
const INT64 = 0x12

/**
 * A JSON value as BSON, beside what is stored now. JSON has fewer types, so what reads the same as the stored value keeps
 * its type, at any depth; a new value takes the type of the one it replaces where it fits (a date for a date, an int64 for
 * an int64, a double for a double). A new integer is an int32 where it fits and else an int64; known date fields are dates.
 */
export function fieldOf(name: string, value: unknown, stored?: Field): Field {
  if (stored !== undefined && readsAs(stored, value)) return { ...stored, name }
  if (Array.isArray(value)) {
    const old = stored?.type === ARRAY ? readFields(stored.value) : []
    return {
      name,
      type: ARRAY,
      value: writeFields(value.map((item, index) => fieldOf(String(index), item, old[index]))),
    }
  }
  if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
    const old = byName(stored?.type === OBJECT ? readFields(stored.value) : [])
    return {
      name,
      type: OBJECT,
      value: writeFields(Object.entries(value).map(([key, member]) => fieldOf(key, member, old.get(key)))),
    }
  }
  return { ...scalar(typed(name, value, stored?.type)), name }
}

/** `null` takes away, an object goes into what is there, anything else takes its place: RFC 7396. */
export function mergeFields(fields: readonly Field[], changes: Readonly<Record<string, unknown>>): Field[] {
  const merged = byName(fields)
  for (const [name, change] of Object.entries(changes)) {
    const stored = merged.get(name)
    if (change === null) merged.delete(name)
    else if (typeof change === 'object' && !Array.isArray(change) && !(change instanceof Date)) {
      const into = stored?.type === OBJECT ? readFields(stored.value) : []
      const members = change as Readonly<Record<string, unknown>>
      merged.set(name, { name, type: OBJECT, value: writeFields(mergeFields(into, members)) })
    } else merged.set(name, fieldOf(name, change, stored))
  }
  return [...merged.values()]
}

/** The text of a top-level string field. */
export function textOf(fields: readonly Field[], name: string): string | undefined {
  const field = fields.find(field => field.name === name)
  return field?.type === STRING ? textDecoder.decode(field.value.subarray(4, -1)) : undefined
}

function byName(fields: readonly Field[]): Map<string, Field> {
  return new Map(fields.map(field => [field.name, field]))
}

/** Whether this is what a client is given for the stored value. */
function readsAs({ type, value }: Field, sent: unknown): boolean {
  if (type === OBJECT || type === ARRAY) return false // their members are asked one by one
  const sink = new ByteSink(64 + value.length)
  writeJsonValue(sink, type, value, viewOf(value), 0)
  const text = textDecoder.decode(sink.view())
  return typeof sent === 'bigint' ? text === String(sent) : isDeepStrictEqual(JSON.parse(text), sent)
}

function typed(name: string, value: unknown, storedType: number | undefined): unknown {
  if (typeof value === 'bigint') return Long.fromBigInt(value)
  if (typeof value === 'number') {
    if (storedType === DOUBLE || !Number.isSafeInteger(value) || Object.is(value, -0)) return new Double(value)
    const isShort = (value | 0) === value
    return storedType === INT64 || !isShort ? Long.fromNumber(value) : new Int32(value)
  }
  if (typeof value === 'string') {
    if ((storedType === DATE || DATES.has(name)) && RFC_3339.test(value) && !Number.isNaN(Date.parse(value)))
      return new Date(value)
    if (storedType === OBJECT_ID && /^[0-9a-f]{24}$/.test(value)) return BSON.ObjectId.createFromHexString(value)
  }
  return value
}

function scalar(value: unknown): Omit<Field, 'name'> {
  const bytes = BSON.serialize({ v: value })
  return { type: bytes[4]!, value: bytes.subarray(7, -1) }
}
