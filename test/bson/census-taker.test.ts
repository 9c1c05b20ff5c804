import { Long, MaxKey, MinKey, ObjectId, serialize } from 'bson'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CensusTaker } from '../../src/bson/census-taker.js'
import { checkDocument, MAX_NESTING } from '../../src/bson/check-document.js'
import { viewOf } from '../../src/bson/walk.js'
import { type Census, MAX_CENSUS_PATHS, mergeCensus } from '../../src/model/census.js'
import { type AnyDocument, anyDocument, bsonOf } from './support/any-document.js'
import * as hand from './support/hand-made.js'

function censusOf(documents: readonly Uint8Array[]): Census {
  const taker = new CensusTaker()
  for (const document of documents) {
    // Between other bytes, as in a block.
    const { bytes, view } = hand.bytesOf([9, 9, ...document, 9, 9])
    taker.add(bytes, view, 2)
  }
  return taker.census()
}

function plain(census: Census): unknown {
  return JSON.parse(JSON.stringify(census))
}

it('counts each field by type, nested names and elements by their paths', () => {
  const documents = [
    { _id: new ObjectId(), title: 'a', authors: ['x', 'y', null], score: 1, nested: { deep: { n: Long.ONE } } },
    { _id: 1, title: null, authors: [], score: 1.5, reviews: [{ by: 'x', marks: [[1], [2.5, 3]] }, { by: 'y' }] },
    { title: 'b', low: new MinKey(), high: new MaxKey() },
  ]
  expect(plain(censusOf(documents.map(document => serialize(document))))).toEqual({
    documents: 3,
    truncated: false,
    fields: {
      _id: { objectId: 1, int: 1 },
      title: { string: 2, null: 1 },
      authors: { array: 2 },
      'authors[]': { string: 2, null: 1 },
      score: { int: 1, double: 1 },
      nested: { object: 1 },
      'nested.deep': { object: 1 },
      'nested.deep.n': { long: 1 },
      reviews: { array: 1 },
      'reviews[]': { object: 2 },
      'reviews[].by': { string: 2 },
      'reviews[].marks': { array: 1 },
      'reviews[].marks[]': { array: 2 },
      'reviews[].marks[][]': { int: 2, double: 1 },
      low: { minKey: 1 },
      high: { maxKey: 1 },
    },
  })
})

it('knows every type by the alias of $type', () => {
  const { fields } = censusOf([Uint8Array.from(hand.document(...hand.EVERY_TYPE))])
  const binaries = { oldBinary: 'binData', oldUuid: 'binData', uuid: 'binData', userBinary: 'binData', _id: 'objectId' }
  for (const [path, counts] of Object.entries(fields)) {
    if (/[.[]/.test(path)) continue
    expect({ ...counts }).toEqual({ [(binaries as Record<string, string>)[path] ?? path]: 1 })
  }
})

it('escapes names that look like paths, and keeps __proto__ and the empty name', () => {
  const names = ['a.b', 'a[]', 'back\\slash', '', '__proto__', 'ünï', 'bom', '\ufeffbom']
  const { fields } = censusOf([Uint8Array.from(hand.document(...names.map(name => hand.element(0x0a, name))))])
  const paths = ['', '__proto__', 'a\\.b', 'a\\[]', 'back\\\\slash', 'ünï', 'bom', '\ufeffbom']
  expect(Object.keys(fields).sort()).toEqual(paths.sort())
})

/** The same census from JavaScript values. */
function slowCensus(documents: readonly AnyDocument[]): unknown {
  const fields: Record<string, Record<string, number>> = Object.create(null)
  const count = (path: string, value: unknown): void => {
    const type = typeOf(value)
    fields[path] ??= {}
    fields[path][type] = (fields[path][type] ?? 0) + 1
    if (value instanceof Map) countMembers(`${path}.`, value)
    if (Array.isArray(value)) for (const item of value) count(`${path}[]`, item)
  }
  const countMembers = (prefix: string, document: AnyDocument): void => {
    for (const [name, value] of document) count(prefix + name.replaceAll(/[.[\\]/g, '\\$&'), value)
  }
  for (const document of documents) countMembers('', document)
  return { documents: documents.length, truncated: false, fields: JSON.parse(JSON.stringify(fields)) }
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (value instanceof Map) return 'object'
  if (value instanceof Date) return 'date'
  const types: Record<string, string> = {
    Int32: 'int',
    Long: 'long',
    Double: 'double',
    ObjectId: 'objectId',
    Binary: 'binData',
    Decimal128: 'decimal',
    Timestamp: 'timestamp',
  }
  if (typeof value === 'object') return types[(value as { _bsontype: string })._bsontype]!
  return typeof value === 'boolean' ? 'bool' : 'string'
}

describe('over any documents', () => {
  // Few names, so that documents share fields in every order, with gaps.
  const documents = fc.array(anyDocument(fc.constantFrom('a', 'b', 'c', 'ab', 'a.b', '', '_id')), { maxLength: 12 })

  it('is the census of their values', () => {
    fc.assert(
      fc.property(documents, drawn => {
        expect(plain(censusOf(drawn.map(bsonOf)))).toEqual(slowCensus(drawn))
      }),
      { numRuns: 150 },
    )
  })

  it('of the whole is the merged census of the parts, in any order', () => {
    fc.assert(
      fc.property(documents, fc.nat(12), (drawn, cut) => {
        const all = drawn.map(bsonOf)
        const [left, right] = [censusOf(all.slice(0, cut)), censusOf(all.slice(cut))]
        const whole = plain(censusOf(all))
        expect(plain(mergeCensus(left, right))).toEqual(whole)
        expect(plain(mergeCensus(right, left))).toEqual(whole)
      }),
      { numRuns: 100 },
    )
  })
})

it('stops at the bound on paths, says so, and goes on counting those it has', () => {
  const wide = (from: number): Uint8Array =>
    Uint8Array.from(
      hand.document(
        ...Array.from({ length: 3_000 }, (_, n) => hand.element(0x0a, `u${from + n}`)),
        hand.element(0x10, 'z', hand.int32(1)),
      ),
    )
  const census = censusOf([wide(0), wide(3_000), wide(6_000), wide(0)])
  expect(census.truncated).toBe(true)
  expect(census.documents).toBe(4)
  expect(Object.keys(census.fields)).toHaveLength(MAX_CENSUS_PATHS)
  expect({ ...census.fields['z'] }).toEqual({ int: 4 })
  expect({ ...census.fields['u0'] }).toEqual({ null: 2 })
})

it('of nothing is empty', () => {
  expect(plain(new CensusTaker().census())).toEqual({ documents: 0, fields: {}, truncated: false })
})

describe('a document that is refused', () => {
  const documents = fc.array(
    fc.tuple(anyDocument(fc.constantFrom('a', 'b', 'c', 'ab', 'a.b', '', '_id')), fc.nat(), fc.nat(255), fc.boolean()),
    { maxLength: 8 },
  )

  it('is refused exactly when checkDocument refuses it, and leaves no trace', () => {
    let refused = 0
    const everything = Uint8Array.from(hand.document(...hand.EVERY_TYPE))
    fc.assert(
      fc.property(documents, drawn => {
        const [taker, clean] = [new CensusTaker(), new CensusTaker()]
        for (const [document, at, value, isWhole] of drawn) {
          const bytes = Uint8Array.from(at % 3 === 0 ? everything : bsonOf(document))
          if (!isWhole) bytes[at % bytes.length] = value
          const view = viewOf(bytes)
          view.setInt32(0, bytes.length, true)
          const isSound = checkDocument(bytes, 0, bytes.length) === undefined
          expect(taker.add(bytes, view, 0, bytes.length)).toBe(isSound)
          if (isSound) clean.add(bytes, view, 0, bytes.length)
          else refused++
        }
        expect(plain(taker.census())).toEqual(plain(clean.census()))
      }),
      { numRuns: 500 },
    )
    expect(refused).toBeGreaterThan(100)
  })

  it('takes no room from the paths of those after it, and does not make the census truncated', () => {
    const wide = (name: string, count: number, ...more: hand.Bytes[]) =>
      Uint8Array.from(
        hand.document(...Array.from({ length: count }, (_, n) => hand.element(0x0a, `${name}${n}`)), ...more),
      )
    const twice = hand.element(0x0a, 'u0')
    const census = censusOf([wide('u', 6_000, twice), wide('v', MAX_CENSUS_PATHS), wide('u', 1, twice)])
    expect(census).toMatchObject({ documents: 1, truncated: false })
    expect(Object.keys(census.fields)).toHaveLength(MAX_CENSUS_PATHS)
    expect(census.fields['v4999']).toBeDefined()
  })

  it('can be one that another check refuses', () => {
    const taker = new CensusTaker()
    const first = serialize({ a: 1, list: [1] })
    const second = serialize({ a: 'x', list: [{ b: 1 }], c: { d: [null] } })
    const take = (bytes: Uint8Array) => taker.add(bytes, viewOf(bytes), 0, bytes.length)
    take(first)
    const before = plain(taker.census())
    take(second)
    taker.undo(second, viewOf(second), 0, second.length)
    expect(plain(taker.census())).toEqual(before)
    take(second)
    expect(taker.census().fields['c.d[]']).toEqual({ null: 1 })
  })
})

describe('names without room for a path', () => {
  const full = Array.from({ length: MAX_CENSUS_PATHS }, (_, n) => hand.element(0x0a, `u${n}`))
  const nested = hand.element(0x03, 'x', hand.document(hand.element(0x0a, 'y'), hand.element(0x0a, 'z')))

  it('are checked all the same, within each other too', () => {
    const taker = new CensusTaker()
    const take = (...elements: hand.Bytes[]) => {
      const { bytes, view } = hand.bytesOf(hand.document(...elements))
      return taker.add(bytes, view, 0, bytes.length)
    }
    expect(take(...full)).toBe(true)
    expect(take(nested, hand.element(0x0a, 'u7'), hand.element(0x0a, 'w'))).toBe(true)
    expect(take(nested, nested)).toBe(false)
    expect(take(hand.element(0x03, 'x', hand.document(hand.element(0x0a, 'y'), hand.element(0x0a, 'y'))))).toBe(false)
    expect(take(hand.element(0x0a, [0xff]))).toBe(false)
    expect(take(hand.element(0x02, 'w', hand.string([0xff])))).toBe(false)
    expect(taker.census()).toMatchObject({ documents: 2, truncated: true })
  })
})

it('refuses nesting one deeper than the bound', () => {
  const taker = new CensusTaker()
  const isSound = (depth: number) => {
    let value = hand.document()
    for (let level = 0; level < depth; level++) value = hand.document(hand.element(0x03, 'a', value))
    const { bytes, view } = hand.bytesOf(value)
    return taker.add(bytes, view, 0, bytes.length)
  }
  expect([MAX_NESTING, MAX_NESTING + 1, 400].map(isSound)).toEqual([true, false, false])
})
