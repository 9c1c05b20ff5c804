import { deserialize, EJSON, serialize } from 'bson'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyDocument, bsonOf } from './support/any-document.js'
import * as hand from './support/hand-made.js'
import { extendedJsonOf, extendedJsonOfValue } from './support/written.js'

const { document, element, string } = hand

it('writes every type canonically', () => {
  expect(hand.EVERY_TYPE.map(one => extendedJsonOf(document(one)).slice(1, -1))).toEqual([
    '"_id":{"$oid":"5f9d88c1a2b3c4d5e6f70819"}',
    '"double":{"$numberDouble":"1.5"}',
    '"string":"grüße \\"x\\""',
    '"object":{"a":{"$numberInt":"1"}}',
    '"array":[{"$numberInt":"1"},"b"]',
    '"binData":{"$binary":{"base64":"AQID","subType":"00"}}',
    '"oldBinary":{"$binary":{"base64":"//8=","subType":"02"}}',
    '"oldUuid":{"$binary":{"base64":"ABEiM0RVZneImaq7zN3u/w==","subType":"03"}}',
    '"uuid":{"$binary":{"base64":"ABEiM0RVZneImaq7zN3u/w==","subType":"04"}}',
    '"userBinary":{"$binary":{"base64":"","subType":"80"}}',
    '"undefined":{"$undefined":true}',
    '"bool":true',
    '"date":{"$date":{"$numberLong":"1704448800123"}}',
    '"null":null',
    '"regex":{"$regularExpression":{"pattern":"^a/\\"b\\"$","options":"xmi"}}',
    '"dbPointer":{"$dbPointer":{"$ref":"db.c","$id":{"$oid":"5f9d88c1a2b3c4d5e6f70819"}}}',
    '"javascript":{"$code":"f()"}',
    '"symbol":{"$symbol":"sym"}',
    '"javascriptWithScope":{"$code":"g()","$scope":{"n":{"$numberLong":"2"}}}',
    '"int":{"$numberInt":"-2147483648"}',
    '"timestamp":{"$timestamp":{"t":4294967295,"i":4000000000}}',
    '"long":{"$numberLong":"9007199254740993"}',
    '"decimal":{"$numberDecimal":"1.10"}',
    '"maxKey":{"$maxKey":1}',
    '"minKey":{"$minKey":1}',
  ])
})

it('agrees with the bson package wherever that is right', () => {
  // Names that JavaScript objects neither reorder nor treat specially.
  const name = fc.string({ unit: fc.constantFrom('a', 'b', 'ß', '.', '$', ' '), minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(anyDocument(name), drawn => {
      const bytes = bsonOf(drawn)
      const theirs = EJSON.stringify(deserialize(bytes, { promoteValues: false }), { relaxed: false })
      // Beyond 2^53 they write all digits of a whole double, where fewer tell it from its neighbours.
      const shortest = theirs.replaceAll(/"(-?\d{16,})\.0"/g, (_, digits) => `"${Number(digits)}.0"`)
      expect(extendedJsonOf(bytes)).toBe(shortest)
    }),
    { numRuns: 500 },
  )
})

it('reads back to the same bytes', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '€'), minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(anyDocument(name), drawn => {
      const bytes = bsonOf(drawn)
      // A NaN's payload and a Decimal128 in a form of its own are not in the text.
      fc.pre(!/NaN|numberDecimal/.test(extendedJsonOf(bytes)))
      expect(Buffer.from(serialize(EJSON.parse(extendedJsonOf(bytes), { relaxed: false })))).toEqual(Buffer.from(bytes))
    }),
    { numRuns: 300 },
  )
})

describe('where the bson package is wrong', () => {
  it('keeps dates beyond what ECMAScript has', () => {
    for (const ms of [8_640_000_000_000_001n, -8_640_000_000_000_001n, 2n ** 63n - 1n, -(2n ** 63n)]) {
      expect(extendedJsonOfValue(0x09, hand.int64(ms))).toBe(`{"$date":{"$numberLong":"${ms}"}}`)
    }
  })

  it('keeps the options of a regular expression as they are stored, known or not', () => {
    for (const options of ['imx', 'xmi', 'imsux', 'l', '']) {
      expect(extendedJsonOfValue(0x0b, [...hand.cstring('a'), ...hand.cstring(options)])).toBe(
        `{"$regularExpression":{"pattern":"a","options":"${options}"}}`,
      )
    }
  })

  it('keeps names that look like integers in their order, and __proto__', () => {
    const bytes = document(...['z', '10', '2', '__proto__', ''].map(name => element(0x0a, name)))
    expect(extendedJsonOf(bytes)).toBe('{"z":null,"10":null,"2":null,"__proto__":null,"":null}')
  })

  it('keeps the increment of a timestamp apart from its time, both unsigned', () => {
    const pairs: [bigint, bigint][] = [
      [0n, 1n],
      [1n, 0n],
      [4_294_967_295n, 4_294_967_295n],
    ]
    for (const [t, i] of pairs) {
      expect(extendedJsonOfValue(0x11, hand.int64(BigInt.asIntN(64, (t << 32n) | i)))).toBe(
        `{"$timestamp":{"t":${t},"i":${i}}}`,
      )
    }
  })
})

it('tells 1.0 from 1, and -0.0 from 0.0', () => {
  expect(extendedJsonOfValue(0x01, hand.float64(1))).toBe('{"$numberDouble":"1.0"}')
  expect(extendedJsonOfValue(0x10, hand.int32(1))).toBe('{"$numberInt":"1"}')
  expect(extendedJsonOfValue(0x01, hand.float64(-0))).toBe('{"$numberDouble":"-0.0"}')
  expect(extendedJsonOfValue(0x01, hand.float64(Number.NaN))).toBe('{"$numberDouble":"NaN"}')
  expect(extendedJsonOfValue(0x01, hand.float64(Number.NEGATIVE_INFINITY))).toBe('{"$numberDouble":"-Infinity"}')
})

it('strips the inner length of binary subtype 2 only where it is one', () => {
  expect(extendedJsonOfValue(0x05, hand.binary(2, [...hand.int32(0)]))).toBe('{"$binary":{"base64":"","subType":"02"}}')
  expect(extendedJsonOfValue(0x05, hand.binary(2, [1, 2]))).toBe('{"$binary":{"base64":"AQI=","subType":"02"}}')
})

it('writes a scope inside code canonically too, and a string with a NUL', () => {
  const scope = document(element(0x01, 'x', hand.float64(2)), element(0x02, 's', string('a\0b')))
  expect(extendedJsonOfValue(0x0f, hand.codeWithScope('f', scope))).toBe(
    '{"$code":"f","$scope":{"x":{"$numberDouble":"2.0"},"s":"a\\u0000b"}}',
  )
})
