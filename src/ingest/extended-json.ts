import { Decimal128, UUID } from 'bson'

/** A value of Extended JSON, decoded: its BSON type and the bytes that follow the name. */
export interface TypedValue {
  readonly type: number
  readonly bytes: Uint8Array
}

/** Members of the object that writes a value in Extended JSON, as JSON.parse makes them. */
export type Wrapper = ReadonlyMap<string, unknown>

/**
 * The first key of what may be a typed value in Extended JSON v2, canonical or relaxed, or in the older forms that
 * `mongoexport` wrote. `$code` is not among them: it may hold a document.
 *
 * Source: https://github.com/mongodb/specifications/blob/master/source/extended-json/extended-json.md
 */
export const WRAPPER_KEYS: ReadonlySet<string> = new Set([
  ...['$oid', '$date', '$numberInt', '$numberLong', '$numberDouble', '$numberDecimal', '$binary', '$uuid', '$type'],
  ...[
    '$timestamp',
    '$regularExpression',
    '$regex',
    '$options',
    '$symbol',
    '$dbPointer',
    '$undefined',
    '$minKey',
    '$maxKey',
  ],
])

/**
 * @returns undefined when these keys are no typed value but a document's own, such as a query's `{$type: …}`
 * @throws Error with the reason when they are one, and it is wrong
 */
export function decodeWrapper(members: Wrapper): TypedValue | undefined {
  const keys = [...members.keys()].sort().join(' ')
  const decode = Object.hasOwn(DECODERS, keys) ? DECODERS[keys] : undefined
  if (decode === undefined) {
    const [first = ''] = members.keys()
    // Only the keys that are used for nothing else; a stored query may well have {$regex, $foo}.
    if (/^\$(oid|number|date|uuid|undefined)/.test(first)) throw new Error(`${first} beside other keys`)
    return undefined
  }
  return decode(members)
}

const DECODERS: Readonly<Record<string, (members: Wrapper) => TypedValue | undefined>> = {
  $oid: m => {
    const hex = text(m, '$oid')
    if (!/^[0-9a-fA-F]{24}$/.test(hex)) throw new Error('$oid wants 24 hexadecimal digits')
    return { type: 0x07, bytes: Buffer.from(hex, 'hex') }
  },
  $numberInt: m => {
    const value = integer(m, '$numberInt', 32)
    return bytesOf(view => view.setInt32(0, Number(value), true), 4, 0x10)
  },
  $numberLong: m => int64(integer(m, '$numberLong', 64), 0x12),
  $numberDouble: m => {
    const digits = text(m, '$numberDouble')
    if (!/^(?:NaN|-?Infinity|[+-]?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?)$/.test(digits))
      throw new Error(`$numberDouble wants a number, got ${JSON.stringify(digits)}`)
    // Every NaN has the same text, so that it has to be the same bits as well.
    if (digits === 'NaN') return int64(0x7ff8_0000_0000_0000n, 0x01)
    return bytesOf(view => view.setFloat64(0, Number(digits), true), 8, 0x01)
  },
  $numberDecimal: m => ({ type: 0x13, bytes: Decimal128.fromString(text(m, '$numberDecimal')).bytes }),
  $date: m => int64(milliseconds(m.get('$date')), 0x09),
  $uuid: m => binaryValue(new UUID(text(m, '$uuid')).buffer, 0x04),
  $binary: m => {
    const { base64, subType } = record(m, '$binary', ['base64', 'subType'])
    return binary(base64, subType)
  },
  '$binary $type': m => binary(m.get('$binary'), m.get('$type')),
  $timestamp: m => {
    const { t, i } = record(m, '$timestamp', ['t', 'i'])
    const increment = uint32(i, '$timestamp.i')
    const seconds = uint32(t, '$timestamp.t')
    return int64((BigInt(seconds) << 32n) | BigInt(increment), 0x11)
  },
  $regularExpression: m => {
    const { pattern, options } = record(m, '$regularExpression', ['pattern', 'options'])
    return regex(pattern, options)
  },
  '$options $regex': m => (typeof m.get('$regex') === 'string' ? regex(m.get('$regex'), m.get('$options')) : undefined),
  $symbol: m => ({ type: 0x0e, bytes: bsonString(text(m, '$symbol')) }),
  $dbPointer: m => {
    const { $ref, $id } = record(m, '$dbPointer', ['$ref', '$id'])
    const oid = typeof $id === 'object' && $id !== null ? ($id as Record<string, unknown>)['$oid'] : undefined
    if (typeof $ref !== 'string' || typeof oid !== 'string' || !/^[0-9a-fA-F]{24}$/.test(oid))
      throw new Error('$dbPointer wants {"$ref": text, "$id": {"$oid": …}}')
    return { type: 0x0c, bytes: Buffer.concat([bsonString($ref), Buffer.from(oid, 'hex')]) }
  },
  $undefined: m => flag(m, '$undefined', true, 0x06),
  $minKey: m => flag(m, '$minKey', 1, 0xff),
  $maxKey: m => flag(m, '$maxKey', 1, 0x7f),
}

const DATE = /^[+-]?\d{4,6}-\d\d-\d\d[Tt]\d\d:\d\d(?::\d\d(?:\.(\d+))?)?(?:[Zz]|[+-]\d\d:?\d\d)$/

function milliseconds(value: unknown): bigint {
  if (typeof value === 'string') {
    const match = DATE.exec(value)
    const at = match === null ? Number.NaN : Date.parse(value.toUpperCase().replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))
    if (Number.isNaN(at)) throw new Error(`$date wants RFC 3339 with a time zone, got ${JSON.stringify(value)}`)
    if (/[1-9]/.test(match?.[1]?.slice(3) ?? ''))
      throw new Error(`$date ${value} is finer than a millisecond, which MongoDB's dates cannot hold`)
    return BigInt(at)
  }
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
  const members = new Map(Object.entries(typeof value === 'object' && value !== null ? value : {}))
  if (members.size === 1 && members.has('$numberLong')) return integer(members, '$numberLong', 64)
  throw new Error('$date wants RFC 3339 text or {"$numberLong": milliseconds}')
}

function text(members: Wrapper, key: string): string {
  const value = members.get(key)
  if (typeof value !== 'string') throw new Error(`${key} wants a string, got ${JSON.stringify(value)}`)
  return value
}

function integer(members: Wrapper, key: string, bits: 32 | 64): bigint {
  const digits = text(members, key)
  const value = /^[+-]?[0-9]{1,25}$/.test(digits) ? BigInt(digits.replace(/^\+/, '')) : undefined
  if (value === undefined || BigInt.asIntN(bits, value) !== value)
    throw new Error(`${key} wants an integer of ${bits} bits, got ${JSON.stringify(digits)}`)
  return value
}

function record<K extends string>(members: Wrapper, key: string, wanted: readonly K[]): Record<K, unknown> {
  const value = members.get(key)
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : []
  if (keys.length !== wanted.length || !wanted.every(name => keys.includes(name)))
    throw new Error(`${key} wants an object of ${wanted.join(' and ')}`)
  return value as Record<K, unknown>
}

function uint32(value: unknown, key: string): number {
  if (typeof value !== 'number' || value >>> 0 !== value) throw new Error(`${key} wants an unsigned integer of 32 bits`)
  return value
}

function flag(members: Wrapper, key: string, wanted: unknown, type: number): TypedValue {
  if (members.get(key) !== wanted) throw new Error(`${key} wants ${wanted}`)
  return { type, bytes: new Uint8Array() }
}

function binary(base64: unknown, subType: unknown): TypedValue {
  if (typeof base64 !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) throw new Error('$binary wants base64 text')
  if (typeof subType !== 'string' || !/^[0-9a-fA-F]{1,2}$/.test(subType))
    throw new Error('$binary wants a subtype of one or two hexadecimal digits')
  return binaryValue(Buffer.from(base64, 'base64'), Number.parseInt(subType, 16))
}

/** Not with the bson package, which refuses payloads of subtype 9 that are no vectors. */
function binaryValue(payload: Uint8Array, subtype: number): TypedValue {
  // Subtype 2 has its length once more inside.
  const inner = subtype === 0x02 ? 4 : 0
  const bytes = new Uint8Array(5 + inner + payload.length)
  const view = new DataView(bytes.buffer)
  view.setInt32(0, inner + payload.length, true)
  bytes[4] = subtype
  if (inner > 0) view.setInt32(5, payload.length, true)
  bytes.set(payload, 5 + inner)
  return { type: 0x05, bytes }
}

function regex(pattern: unknown, options: unknown): TypedValue {
  if (typeof pattern !== 'string' || typeof options !== 'string')
    throw new Error('a regular expression wants two strings')
  if (`${pattern}${options}`.includes('\0'))
    throw new Error('a regular expression cannot have a NUL, which ends it in BSON')
  // As they stand: the bson package would sort the options and refuse those that it does not know.
  return { type: 0x0b, bytes: Buffer.from(`${pattern}\0${options}\0`) }
}

function int64(value: bigint, type: number): TypedValue {
  return bytesOf(view => view.setBigInt64(0, BigInt.asIntN(64, value), true), 8, type)
}

function bytesOf(fill: (view: DataView) => void, size: number, type: number): TypedValue {
  const bytes = new Uint8Array(size)
  fill(new DataView(bytes.buffer))
  return { type, bytes }
}

function bsonString(value: string): Buffer {
  const bytes = Buffer.from(value)
  const out = Buffer.alloc(bytes.length + 5)
  out.writeInt32LE(bytes.length + 1)
  bytes.copy(out, 4)
  return out
}
