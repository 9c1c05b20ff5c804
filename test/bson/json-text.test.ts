import { serialize } from 'bson'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteSink } from '../../src/bson/byte-sink.js'
import { writeJsonDocument, writeJsonValue } from '../../src/bson/json-text.js'
import { anyDocument, bsonOf } from './support/any-document.js'
import { expectedJson } from './support/expected-json.js'
import * as hand from './support/hand-made.js'
import { jsonOf, jsonOfValue } from './support/written.js'

const { document, element, string } = hand

it('writes every type in the mapping', () => {
  const members = [
    '"_id":"5f9d88c1a2b3c4d5e6f70819"',
    '"double":1.5',
    '"string":"grüße \\"x\\""',
    '"object":{"a":1}',
    '"array":[1,"b"]',
    '"binData":"AQID"',
    '"oldBinary":"//8="',
    '"oldUuid":"ABEiM0RVZneImaq7zN3u/w=="',
    '"uuid":"00112233-4455-6677-8899-aabbccddeeff"',
    '"userBinary":""',
    '"undefined":{"$undefined":true}',
    '"bool":true',
    '"date":"2024-01-05T10:00:00.123Z"',
    '"null":null',
    '"regex":{"$regularExpression":{"pattern":"^a/\\"b\\"$","options":"xmi"}}',
    '"dbPointer":{"$dbPointer":{"$ref":"db.c","$id":{"$oid":"5f9d88c1a2b3c4d5e6f70819"}}}',
    '"javascript":{"$code":"f()"}',
    '"symbol":{"$symbol":"sym"}',
    '"javascriptWithScope":{"$code":"g()","$scope":{"n":{"$numberLong":"2"}}}',
    '"int":-2147483648',
    '"timestamp":{"t":4294967295,"i":4000000000}',
    '"long":9007199254740993',
    '"decimal":"1.10"',
    '"maxKey":{"$maxKey":1}',
    '"minKey":{"$minKey":1}',
  ]
  expect(hand.EVERY_TYPE.map(one => jsonOf(document(one)).slice(1, -1))).toEqual(members)
  const whole = jsonOf(document(...hand.EVERY_TYPE))
  expect(whole).toBe(`{${members.join(',')}}`)
  expect(() => JSON.parse(whole)).not.toThrow()
})

it('agrees with a mapping of JavaScript values, and is JSON on one line', () => {
  fc.assert(
    fc.property(anyDocument(), drawn => {
      const text = jsonOf(bsonOf(drawn))
      expect(text).toBe(expectedJson(drawn))
      expect(() => JSON.parse(text)).not.toThrow()
      expect(text).not.toMatch(/[\n\r]/)
    }),
    { numRuns: 1000 },
  )
})

describe('strings', () => {
  it('come back from JSON.parse as they were, wherever an escape falls', () => {
    const piece = fc.constantFrom(
      '"',
      '\\',
      '\n',
      '\0',
      '\u001f',
      '\u007f',
      '\u2028',
      'ß',
      '€',
      '😀',
      'a',
      'bcd',
      'x'.repeat(17),
    )
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }).map(pieces => pieces.join('')),
        text => {
          const json = jsonOfValue(0x02, string(text))
          expect(JSON.parse(json)).toBe(text)
          // ECMAScript escapes the same characters, in the same way, as long as no surrogate is alone.
          expect(json).toBe(JSON.stringify(text))
        },
      ),
      { numRuns: 500 },
    )
  })

  it('escape each control character, and nothing else of ASCII but quote and backslash', () => {
    for (let code = 0; code < 128; code++) {
      const char = String.fromCharCode(code)
      for (const text of [char, `abc${char}`, `abcd${char}efghi`]) {
        expect(jsonOfValue(0x02, string(text))).toBe(JSON.stringify(text))
      }
    }
  })

  it('may be nothing but characters that grow sixfold', () => {
    const text = '\u0001'.repeat(10_000)
    expect(JSON.parse(jsonOfValue(0x02, string(text)))).toBe(text)
  })
})

describe('names', () => {
  it('keep their order, also those that look like integers, and __proto__', () => {
    const names = ['z', '10', '2', '__proto__', '', 'a.b', '$set', 'ünï', 'q"uote', 'back\\slash', 'new\nline']
    const text = jsonOf(document(...names.map(name => element(0x0a, name))))
    expect(text).toBe(`{${names.map(name => `${JSON.stringify(name)}:null`).join(',')}}`)
  })

  it('of array elements are not written: elements go by position', () => {
    const array = document(element(0x10, '7', hand.int32(1)), element(0x10, 'odd', hand.int32(2)))
    expect(jsonOfValue(0x04, array)).toBe('[1,2]')
  })
})

describe('dates', () => {
  const dateJson = (ms: bigint): string => jsonOfValue(0x09, hand.int64(ms))

  it('are what Date.toISOString says over its whole range', () => {
    const ms = fc.oneof(
      fc.date({ noInvalidDate: true }).map(date => date.getTime()),
      fc.integer({ min: -8_640_000_000_000_000, max: 8_640_000_000_000_000 }),
    )
    fc.assert(
      fc.property(ms, time => {
        expect(dateJson(BigInt(time))).toBe(`"${new Date(time).toISOString()}"`)
      }),
      { numRuns: 2000 },
    )
  })

  it('are right on both sides of every turn of the calendar', () => {
    for (const day of [
      '0000-01-01',
      '0001-01-01',
      '1600-02-29',
      '1900-03-01',
      '1970-01-01',
      '2000-02-29',
      '9999-12-31',
    ]) {
      const time = Date.parse(`${day}T00:00:00.000Z`)
      for (const ms of [time - 1, time, time + 86_399_999, time + 86_400_000]) {
        expect(dateJson(BigInt(ms))).toBe(`"${new Date(ms).toISOString()}"`)
      }
    }
  })

  it('outside the years 0 to 9999 have expanded years, and beyond ECMAScript’s range are Extended JSON', () => {
    expect(dateJson(253_402_300_800_000n)).toBe('"+010000-01-01T00:00:00.000Z"')
    expect(dateJson(-62_167_219_200_001n)).toBe('"-000001-12-31T23:59:59.999Z"')
    expect(dateJson(8_640_000_000_000_000n)).toBe('"+275760-09-13T00:00:00.000Z"')
    expect(dateJson(8_640_000_000_000_001n)).toBe('{"$date":{"$numberLong":"8640000000000001"}}')
    expect(dateJson(-(2n ** 63n))).toBe('{"$date":{"$numberLong":"-9223372036854775808"}}')
  })
})

it('writes a UUID as base64 when it does not have sixteen bytes', () => {
  expect(jsonOfValue(0x05, hand.binary(4, [1, 2]))).toBe('"AQI="')
})

it('writes nesting 180 deep', () => {
  let value = document(element(0x10, 'leaf', hand.int32(1)))
  for (let depth = 0; depth < 180; depth++) value = document(element(depth % 2 ? 0x04 : 0x03, '0', value))
  const text = jsonOf(value)
  expect(JSON.stringify(JSON.parse(text))).toBe(text)
})

it('writes the document that begins at the offset, and one value by itself', () => {
  const first = serialize({ a: 1 })
  const second = serialize({ b: ['x', { c: null }] })
  const bytes = Uint8Array.from([...first, ...second])
  // A view that does not begin at its buffer's start, as in a Buffer from the pool.
  const shifted = new Uint8Array([9, 9, 9, ...bytes]).subarray(3)
  const view = new DataView(shifted.buffer, shifted.byteOffset, shifted.byteLength)
  const sink = new ByteSink()
  writeJsonDocument(sink, shifted, view, first.length)
  sink.byte(0x20)
  writeJsonValue(sink, 0x04, shifted, view, first.length + 4 + 3)
  expect(Buffer.from(sink.view()).toString()).toBe('{"b":["x",{"c":null}]} ["x",{"c":null}]')
})
