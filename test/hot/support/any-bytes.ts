import fc from 'fast-check'
import * as hand from '../../bson/support/hand-made.js'

/** Documents of every type, byte by byte, and damage to them: what a census has to answer the same, whoever takes it. */

const LONG = 'abcdefghijklmnopqrstuvwxyz0123456789-_+*'
/** Names are compared by words, so their lengths lie around those, and many begin alike. */
const NAMES: readonly string[] = [
  ...[1, 2, 3, 4, 6, 7, 8, 9, 15, 16, 17, 23, 24, 25, 40].map(length => LONG.slice(0, length)),
  ...[3, 7, 8, 9, 16, 17, 24].map(length => `${LONG.slice(0, length - 1)}!`),
  ...[9, 17, 25].map(length => `!${LONG.slice(1, length)}`),
  `${LONG.slice(0, 10)}!${LONG.slice(11, 24)}`,
  ...['', '__proto__', '_id', 'constructor', 'a.b', 'a[]', 'back\\slash', '0', '1', 'ünï', '😀', '\ufeffa', '\ufeff'],
]
const NOT_UTF8: readonly hand.Bytes[] = [
  [0xff],
  [0xc0, 0x80],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xe2, 0x82],
]

const name: fc.Arbitrary<hand.Bytes | string> = fc.oneof(
  { weight: 60, arbitrary: fc.constantFrom(...NAMES) },
  { weight: 1, arbitrary: fc.constantFrom(...NOT_UTF8) },
)

/** Characters of two to four bytes across the borders of words and of sixteen bytes. */
const text: fc.Arbitrary<hand.Bytes> = fc.oneof(
  { weight: 10, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }).map(drawn => [...Buffer.from(drawn)]) },
  {
    weight: 10,
    arbitrary: fc
      .tuple(fc.nat(70), fc.constantFrom('é', '€', '😀', 'a', '\0'), fc.nat(40))
      .map(([before, middle, after]) => [...Buffer.from('x'.repeat(before) + middle + 'y'.repeat(after))]),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.nat(40), fc.constantFrom(...NOT_UTF8), fc.nat(20))
      .map(([before, middle, after]) => [...Buffer.alloc(before, 'x'), ...middle, ...Buffer.alloc(after, 'y')]),
  },
)
const bytes = (length: number): fc.Arbitrary<hand.Bytes> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map(drawn => [...drawn])
const cstring = text.map(drawn => hand.cstring(drawn.filter(byte => byte !== 0)))

interface Value {
  readonly type: number
  readonly bytes: hand.Bytes
}

const ofType = (type: number, value: fc.Arbitrary<hand.Bytes>): fc.Arbitrary<Value> =>
  value.map(drawn => ({ type, bytes: drawn }))
const nothing = fc.constant<hand.Bytes>([])
const strings = text.map(hand.string)

const { members } = fc.letrec<{ value: Value; members: hand.Bytes; elements: hand.Bytes }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    ofType(0x10, bytes(4)),
    ...[0x01, 0x09, 0x11, 0x12].map(type => ofType(type, bytes(8))),
    ...[0x02, 0x0d, 0x0e].map(type => ofType(type, strings)),
    ...[0x06, 0x0a, 0x7f, 0xff].map(type => ofType(type, nothing)),
    ofType(0x07, bytes(12)),
    ofType(0x08, fc.constantFrom(...[0, 1, 0, 1, 0, 1, 0, 1, 2].map(byte => [byte]))),
    ofType(0x13, bytes(16)),
    ofType(
      0x05,
      fc
        .tuple(fc.constantFrom(0, 3, 4, 0x80), fc.nat(20))
        .map(([subtype, length]) => hand.binary(subtype, Array(length).fill(7))),
    ),
    ofType(
      0x05,
      fc.nat(9).map(length => hand.binary(2, [...hand.int32(length), ...Array(length).fill(7)])),
    ),
    ofType(
      0x0b,
      fc.tuple(cstring, cstring).map(([pattern, options]) => [...pattern, ...options]),
    ),
    ofType(
      0x0c,
      fc.tuple(strings, bytes(12)).map(([namespace, id]) => [...namespace, ...id]),
    ),
    ofType(
      0x0f,
      fc.tuple(text, tie('members')).map(([code, scope]) => hand.codeWithScope(code, scope)),
    ),
    ofType(0x03, tie('members')),
    ofType(0x03, tie('members')),
    ofType(0x04, tie('elements')),
    ofType(0x04, tie('elements')),
  ),
  members: fc
    .tuple(fc.uniqueArray(fc.tuple(name, tie('value')), { selector: ([key]) => String(key), maxLength: 7 }), fc.nat(40))
    .map(([fields, twice]) => {
      const elements = fields.map(([key, value]) => hand.element(value.type, key, value.bytes))
      // One in forty has a field twice, if it has so many.
      return hand.document(...elements, ...elements.slice(twice, twice + 1))
    }),
  elements: fc
    .array(fc.tuple(fc.oneof(fc.constantFrom<string | hand.Bytes>('0', '1', '', [0xff])), tie('value')), {
      maxLength: 5,
    })
    .map(items => hand.document(...items.map(([key, value]) => hand.element(value.type, key, value.bytes)))),
}))

export const soundOrNot: fc.Arbitrary<Uint8Array> = members.map(drawn => Uint8Array.from(drawn))

/** What is done to a document: from which it may come out sound all the same. */
export type Damage = (document: Uint8Array) => Uint8Array

const flip = fc
  .tuple(fc.nat(), fc.constantFrom(0, 1, 2, 3, 4, 5, 0x0c, 0x0f, 0x7f, 0x80, 0xc3, 0xff))
  .map(([at, byte]): Damage => {
    return document => {
      const damaged = document.slice()
      damaged[at % damaged.length] = byte
      return damaged
    }
  })
const setLength = fc
  .tuple(fc.nat(), fc.constantFrom(-1, 0, 1, 4, 5, 6, 2 ** 31 - 1, 2 ** 31 - 8, -(2 ** 31), 0x7f00_0000))
  .map(([at, length]): Damage => {
    return document => {
      const damaged = document.slice()
      new DataView(damaged.buffer).setInt32(at % (damaged.length - 4), length, true)
      return damaged
    }
  })
const cut = fc.nat().map(
  (at): Damage =>
    document =>
      document.slice(0, 5 + (at % (document.length - 4))),
)
/** So that the damage is not told by the first look. */
const closed =
  (damage: Damage): Damage =>
  document => {
    const damaged = damage(document)
    new DataView(damaged.buffer).setInt32(0, damaged.length, true)
    damaged[damaged.length - 1] = 0
    return damaged
  }

export const damages: fc.Arbitrary<Damage> = fc
  .tuple(fc.oneof(flip, setLength, cut), fc.integer({ min: 0, max: 3 }))
  .map(([damage, dice]) => (dice === 0 ? damage : closed(damage)))

export const everything: Uint8Array = Uint8Array.from(hand.document(...hand.EVERY_TYPE))

/** Half of them whole. */
export const anyBytes: fc.Arbitrary<Uint8Array> = fc
  .tuple(
    fc.oneof({ weight: 4, arbitrary: soundOrNot }, { weight: 1, arbitrary: fc.constant(everything) }),
    damages,
    fc.boolean(),
  )
  .map(([document, damage, isWhole]) => (isWhole ? document : damage(document)))
