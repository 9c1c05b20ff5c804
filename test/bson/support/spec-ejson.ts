import { Decimal128 } from 'bson'
import * as hand from './hand-made.js'

/**
 * Extended JSON to BSON once more, by the letter of the specification and for nothing but tests: JSON is taken apart with
 * the order of keys kept, and every object but the top-level one is held to "Parsers".
 *
 * Source: https://github.com/mongodb/specifications/blob/master/source/extended-json/extended-json.md
 */
export function bsonBySpecification(text: string): Uint8Array {
  const reader = new JsonReader(text)
  const value = reader.value()
  if (!(value instanceof Members)) throw new Error('no document')
  return Uint8Array.from(documentOf(value))
}

/** Keys and values in their order. */
class Members {
  readonly pairs: [string, Json][] = []

  get(key: string): Json | undefined {
    return this.pairs.find(([name]) => name === key)?.[1]
  }

  get keys(): string[] {
    return this.pairs.map(([name]) => name)
  }
}

type Json = Members | Json[] | string | number | boolean | null

/** Splits JSON at its structure; strings and numbers are JSON.parse's. */
class JsonReader {
  readonly #tokens: string[]
  #at = 0

  constructor(text: string) {
    this.#tokens = text.match(/"(?:[^"\\]|\\.)*"|[[\]{}:,]|[^\s"[\]{}:,]+/gs) ?? []
  }

  value(): Json {
    const token = this.#tokens[this.#at++]!
    if (token === '[') return this.#list(']', () => this.value())
    if (token !== '{') return JSON.parse(token)
    const members = new Members()
    this.#list('}', () => {
      const key: string = JSON.parse(this.#tokens[this.#at++]!)
      this.#at++
      members.pairs.push([key, this.value()])
    })
    return members
  }

  #list<T>(close: string, item: () => T): T[] {
    const items: T[] = []
    while (this.#tokens[this.#at] !== close) {
      items.push(item())
      if (this.#tokens[this.#at] === ',') this.#at++
    }
    this.#at++
    return items
  }
}

function documentOf(members: Members): hand.Bytes {
  return hand.document(...members.pairs.map(([name, value]) => elementOf(name, value)))
}

function elementOf(name: string, value: Json): hand.Bytes {
  if (value === null) return hand.element(0x0a, name)
  if (typeof value === 'boolean') return hand.element(0x08, name, [value ? 1 : 0])
  if (typeof value === 'string') return hand.element(0x02, name, hand.string(value))
  if (Array.isArray(value)) {
    return hand.element(0x04, name, hand.document(...value.map((item, index) => elementOf(String(index), item))))
  }
  if (typeof value === 'number') throw new Error('canonical text has no numbers of its own')
  const special = value.keys.find(key => SPECIAL_KEYS.has(key))
  if (special === undefined) return hand.element(0x03, name, documentOf(value))
  const wrapper = WRAPPERS[value.keys.toSorted().join(' ')]
  if (wrapper === undefined) throw new Error(`${special} with missing or extra keys`)
  const [type, bytes] = wrapper(value)
  return hand.element(type, name, bytes)
}

type Wrapper = (members: Members) => [type: number, bytes: hand.Bytes]

const WRAPPERS: Readonly<Record<string, Wrapper>> = {
  $oid: m => [0x07, oid(m)],
  $symbol: m => [0x0e, hand.string(text(m.get('$symbol')))],
  $numberInt: m => [0x10, hand.int32(Number(integer(m.get('$numberInt'), 32)))],
  $numberLong: m => [0x12, hand.int64(integer(m.get('$numberLong'), 64))],
  $numberDouble: m => {
    const digits = text(m.get('$numberDouble'))
    if (!/^(?:NaN|-?Infinity|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/i.test(digits)) throw new Error('no double')
    return [0x01, digits === 'NaN' ? hand.int64(0x7ff8_0000_0000_0000n) : hand.float64(Number(digits))]
  },
  $numberDecimal: m => [0x13, [...Decimal128.fromString(text(m.get('$numberDecimal'))).bytes]],
  $binary: m => {
    const { base64, subType } = fields(m.get('$binary'), 'base64', 'subType')
    const payload = [...Buffer.from(text(base64), 'base64')]
    const subtype = Number.parseInt(text(subType), 16)
    return [0x05, hand.binary(subtype, subtype === 2 ? [...hand.int32(payload.length), ...payload] : payload)]
  },
  $uuid: m => [0x05, hand.binary(4, [...Buffer.from(text(m.get('$uuid')).replaceAll('-', ''), 'hex')])],
  $code: m => [0x0d, hand.string(text(m.get('$code')))],
  '$code $scope': m => {
    const scope = m.get('$scope')
    if (!(scope instanceof Members)) throw new Error('no scope')
    if (scope.keys.some(key => SPECIAL_KEYS.has(key))) throw new Error('a scope that is a type wrapper')
    return [0x0f, hand.codeWithScope(text(m.get('$code')), documentOf(scope))]
  },
  $timestamp: m => {
    const { t, i } = fields(m.get('$timestamp'), 't', 'i')
    if (typeof t !== 'number' || typeof i !== 'number') throw new Error('no timestamp')
    return [0x11, hand.int64(BigInt.asIntN(64, (BigInt(t) << 32n) | BigInt(i)))]
  },
  $regularExpression: m => {
    const { pattern, options } = fields(m.get('$regularExpression'), 'pattern', 'options')
    return [0x0b, [...hand.cstring(text(pattern)), ...hand.cstring(text(options))]]
  },
  $dbPointer: m => {
    const { $ref, $id } = fields(m.get('$dbPointer'), '$ref', '$id')
    if (!($id instanceof Members) || $id.keys.join() !== '$oid') throw new Error('no ObjectId')
    return [0x0c, [...hand.string(text($ref)), ...oid($id)]]
  },
  $date: m => {
    const long = m.get('$date')
    if (!(long instanceof Members) || long.keys.join() !== '$numberLong') throw new Error('no date')
    return [0x09, hand.int64(integer(long.get('$numberLong'), 64))]
  },
  $minKey: m => [0xff, one(m.get('$minKey'))],
  $maxKey: m => [0x7f, one(m.get('$maxKey'))],
  $undefined: m => {
    if (m.get('$undefined') !== true) throw new Error('wanted true')
    return [0x06, []]
  },
}
/** `$scope` too: it is of a type wrapper, though never alone. */
const SPECIAL_KEYS: ReadonlySet<string> = new Set(Object.keys(WRAPPERS).flatMap(keys => keys.split(' ')))

function text(value: Json | undefined): string {
  if (typeof value !== 'string') throw new Error('wanted a string')
  return value
}

function integer(value: Json | undefined, bits: number): bigint {
  const digits = text(value)
  if (!/^-?\d+$/.test(digits) || BigInt.asIntN(bits, BigInt(digits)) !== BigInt(digits)) throw new Error('no integer')
  return BigInt(digits)
}

function oid(members: Members): hand.Bytes {
  const hex = text(members.get('$oid'))
  if (!/^[0-9a-f]{24}$/i.test(hex)) throw new Error('no ObjectId')
  return [...Buffer.from(hex, 'hex')]
}

function one(value: Json | undefined): hand.Bytes {
  if (value !== 1) throw new Error('wanted 1')
  return []
}

function fields<K extends string>(value: Json | undefined, ...wanted: K[]): Record<K, Json> {
  if (!(value instanceof Members) || value.keys.toSorted().join() !== wanted.toSorted().join())
    throw new Error('wrong keys')
  return Object.fromEntries(value.pairs) as Record<K, Json>
}
