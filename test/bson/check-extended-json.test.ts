import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkDocument } from '../../src/bson/check-document.js'
import { checkExtendedJson } from '../../src/bson/check-extended-json.js'
import { JsonToBson } from '../../src/ingest/json-to-bson.js'
import { anyBson } from './support/any-bson.js'
import * as hand from './support/hand-made.js'
import { bsonBySpecification } from './support/spec-ejson.js'
import { extendedJsonOf } from './support/written.js'

const { document, element, int32, string } = hand

function check(bytes: hand.Bytes | Uint8Array) {
  const { bytes: array, view } = hand.bytesOf([...bytes])
  return checkExtendedJson(array, view, 0, array.length)
}

const hex = (bytes: Uint8Array | hand.Bytes) => Buffer.from(bytes).toString('hex')

/** What reading gives, or undefined when it refuses. */
function attempt(read: () => Uint8Array): string | undefined {
  try {
    return hex(read())
  } catch {
    return undefined
  }
}

const parser = new JsonToBson({ addId: false })
const byOurs = (text: string) => {
  const bytes = Buffer.from(text)
  return attempt(() => parser.parse(bytes, 0, bytes.length).bson)
}
const bySpecification = (text: string) => attempt(() => bsonBySpecification(text))

const nested = (value: hand.Bytes) => document(element(0x03, 'a', value))

it('accepts exactly the documents that the specification and our own parser both read back byte for byte', () => {
  let accepted = 0
  fc.assert(
    fc.property(anyBson, bytes => {
      expect(checkDocument(bytes, 0, bytes.length)).toBeUndefined()
      const text = extendedJsonOf(bytes)
      const roundTrips = byOurs(text) === hex(bytes) && bySpecification(text) === hex(bytes)
      expect(check(bytes) === undefined, text).toBe(roundTrips)
      if (roundTrips) accepted++
    }),
    { numRuns: 3000 },
  )
  expect(accepted).toBeGreaterThan(1000)
  expect(accepted).toBeLessThan(2900)
})

it('accepts every type', () => {
  const bytes = document(...hand.EVERY_TYPE)
  expect(check(bytes)).toBeUndefined()
  expect(byOurs(extendedJsonOf(bytes))).toBe(hex(bytes))
  expect(bySpecification(extendedJsonOf(bytes))).toBe(hex(bytes))
})

describe('look-alikes', () => {
  it.each([
    ['$numberLong', string('5')],
    ['$oid', string('5f9d88c1a2b3c4d5e6f70819')],
    ['$date', string('2024-01-05T10:00:00Z')],
    ['$uuid', string('00112233-4455-6677-8899-aabbccddeeff')],
    ['$code', string('f()')],
    ['$symbol', string('s')],
    ['$numberInt', string('1')],
    ['$numberDouble', string('1.0')],
    ['$numberDecimal', string('1')],
    ['$scope', string('')],
  ])('%s are refused, alone and beside others, first and last', (name, value) => {
    const alike = element(0x02, name, value)
    const other = element(0x0a, 'other')
    for (const inner of [document(alike), document(alike, other), document(other, alike)]) {
      expect(check(nested(inner))).toEqual({
        code: 'extended-json',
        path: `a.${name}`,
        detail: `the name ${name}, which stands for a type`,
      })
      expect(bySpecification(extendedJsonOf(nested(inner)))).not.toBe(hex(nested(inner)))
    }
  })

  it.each(['$binary', '$timestamp', '$regularExpression', '$dbPointer'])('%s are refused with a document', name => {
    expect(check(nested(document(element(0x03, name, document()))))).toMatchObject({ path: `a.${name}` })
  })

  it.each(['$minKey', '$maxKey', '$undefined'])('%s are refused', name => {
    expect(check(nested(document(element(0x10, name, int32(1)))))).toMatchObject({ path: `a.${name}` })
  })

  it('are refused in arrays and in the scope of code, with their path', () => {
    const alike = document(element(0x02, '$oid', string('x')))
    const array = document(element(0x0a, '0'), element(0x03, '1', alike))
    expect(check(document(element(0x04, 'l.x', array)))).toMatchObject({ path: 'l\\.x[1].$oid' })
    expect(check(document(element(0x0f, 'c', hand.codeWithScope('f', alike))))).toMatchObject({ path: 'c.$oid' })
  })

  it('are no concern at the top, which is never a value', () => {
    const bytes = document(element(0x10, '_id', int32(1)), element(0x02, '$oid', string('x')))
    expect(check(bytes)).toBeUndefined()
    expect(byOurs(extendedJsonOf(bytes))).toBe(hex(bytes))
    expect(bySpecification(extendedJsonOf(bytes))).toBe(hex(bytes))
  })

  it('in the older form of a regular expression are refused, and what only resembles one is not', () => {
    const regex = (...elements: hand.Bytes[]) => check(nested(document(...elements)))
    const [text, options] = [element(0x02, '$regex', string('^a')), element(0x02, '$options', string('i'))]
    expect(regex(text, options)).toMatchObject({ path: 'a.$regex' })
    expect(regex(options, text)).toMatchObject({ path: 'a.$regex' })
    expect(regex(text)).toBeUndefined()
    expect(regex(text, options, element(0x0a, 'x'))).toBeUndefined()
    expect(regex(text, element(0x02, '\ufeff$options', string('i')))).toBeUndefined()
    expect(regex(element(0x0b, '$regex', [...hand.cstring('^a'), 0]), options)).toBeUndefined()
  })

  it('are not DBRefs, operators, and names that are almost theirs', () => {
    const dbRef = document(
      element(0x02, '$ref', string('c')),
      element(0x07, '$id', hand.OID),
      element(0x02, '$db', string('d')),
      element(0x0a, 'more'),
    )
    expect(check(nested(dbRef))).toBeUndefined()
    for (const name of ['$set', '$', '$numberlong', '$oids', '$oid ', 'oid', '$type', '$regularExpressions'])
      expect(check(nested(document(element(0x02, name, string('1')))))).toBeUndefined()
  })
})

it('refuses arrays whose names are not their positions', () => {
  const array = (...names: string[]) =>
    check(document(element(0x04, 'a', document(...names.map(name => element(0x0a, name))))))
  expect(array('0', '1', '2')).toBeUndefined()
  for (const names of [['1'], [''], ['00'], ['0', '0'], ['0', '2'], ['0', '01'], ['x'], ['-0'], ['00000000000']])
    expect(array(...names)).toMatchObject({ code: 'extended-json', path: `a[${names.at(-1)}]` })
  expect(array(...Array.from({ length: 12_345 }, (_, index) => String(index)))).toBeUndefined()
})

it('accepts one NaN of all', () => {
  const double = (bits: bigint) => check(document(element(0x01, 'd', hand.int64(BigInt.asIntN(64, bits)))))
  for (const bits of [0x7ff8n << 48n, 0x7ff0n << 48n, 0xfff0n << 48n, 0n, 1n << 63n, 1n])
    expect(double(bits)).toBeUndefined()
  for (const bits of [0xfff8n << 48n, (0x7ff8n << 48n) | 1n, (0x7ff0n << 48n) | 1n, (1n << 64n) - 1n])
    expect(double(bits)).toMatchObject({ code: 'extended-json', path: 'd' })
})

it('accepts every Decimal128 whose text reads back to its bits, and no other', () => {
  const decimal = (bigEndian: string) => check(document(element(0x13, 'd', hand.decimal(bigEndian))))
  for (const bits of [
    '303c000000000000000000000000006e',
    '80000000000000000000000000000000',
    '7c000000000000000000000000000000',
    '78000000000000000000000000000000',
    'f8000000000000000000000000000000',
  ])
    expect(decimal(bits)).toBeUndefined()
  for (const bits of [
    'fc000000000000000000000000000000',
    '7e000000000000000000000000000000',
    '7c000000000000000000000000000001',
    '78000000000000000000000100000000',
    '3041ed09bead87c0378d8e6400000000',
    '6c100000000000000000000000000001',
  ])
    expect(decimal(bits)).toMatchObject({ code: 'extended-json', path: 'd' })
})

it('goes as deep as documents do, where the text nests four deeper', () => {
  let value = document(element(0x0c, 'p', [...string('db.c'), ...hand.OID]))
  for (let level = 0; level < 250; level++) value = nested(value)
  expect(checkDocument(Uint8Array.from(value), 0, value.length)).toBeUndefined()
  expect(check(value)).toBeUndefined()
  expect(byOurs(extendedJsonOf(value))).toBe(hex(value))
})
