import { EJSON, serialize } from 'bson'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bsonFields } from '../../src/ask/bson-fields.js'
import { columnFields, sameNumber } from '../../src/ask/column-fields.js'
import { fieldChanges } from '../../src/ask/field-changes.js'
import { jsonMembers } from '../../src/ask/json-members.js'
import { viewOf } from '../../src/bson/walk.js'

const changes = (before: object, after: object): unknown => {
  const fields = (document: object): ReadonlyMap<string, string> => {
    const bytes = serialize(document)
    return bsonFields(bytes, viewOf(bytes), 0)
  }
  return fieldChanges(fields(before), fields(after)).map(({ field, old, new: now }) => [field, old, now])
}

describe('the members of a JSON object', () => {
  it('are those that JSON.parse finds, with the text that they have', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), object => {
        const members = jsonMembers(JSON.stringify(object))
        const back = [...(members ?? [])].map(([name, text]) => [name, JSON.parse(text)])
        expect(new Map(back as [string, unknown][])).toEqual(
          new Map(Object.entries(JSON.parse(JSON.stringify(object)))),
        )
      }),
    )
  })

  it('keep every digit, and are none of a list or a number', () => {
    expect(jsonMembers('{"a":9007199254740993,"b":1.10}')).toEqual(
      new Map([
        ['a', '9007199254740993'],
        ['b', '1.10'],
      ]),
    )
    expect([jsonMembers('[1]'), jsonMembers('1'), jsonMembers('{}')]).toEqual([undefined, undefined, new Map()])
  })
})

describe('the fields of a BSON document', () => {
  it('are those that the bson package writes as canonical Extended JSON', () => {
    const document = { _id: 1, s: 'é"', n: null, d: 1.5, o: { a: [1, { b: new Date(5) }] }, e: {}, '': 2 }
    const bytes = serialize(document)
    const wanted = Object.entries(JSON.parse(EJSON.stringify(document, { relaxed: false })))
    const got = [...bsonFields(bytes, viewOf(bytes), 0)].map(([name, text]) => [name, JSON.parse(text)])
    expect(got).toEqual(wanted)
  })
})

describe('what changed between two versions', () => {
  it('is told for each field, within documents too, and a list as a whole', () => {
    expect(
      changes({ a: 1, b: [1, 2], c: { d: 1, e: { f: 2 } }, g: 0 }, { a: 1, b: [1, 3], c: { d: 1, e: { f: 3 }, h: 1 } }),
    ).toEqual([
      ['b', '[{"$numberInt":"1"},{"$numberInt":"2"}]', '[{"$numberInt":"1"},{"$numberInt":"3"}]'],
      ['c.e.f', '{"$numberInt":"2"}', '{"$numberInt":"3"}'],
      ['c.h', null, '{"$numberInt":"1"}'],
      ['g', '{"$numberInt":"0"}', null],
    ])
  })

  it('is a type, null against missing, and nothing when only the order differs', () => {
    expect(changes({ a: 1, b: null }, { a: 1.5 })).toEqual([
      ['a', '{"$numberInt":"1"}', '{"$numberDouble":"1.5"}'],
      ['b', 'null', null],
    ])
    expect(changes({ a: 1, o: { x: 1, y: 2 } }, { o: { y: 2, x: 1 }, a: 1 })).toEqual([])
    expect(changes({ o: { x: 1 } }, { o: [1] })).toEqual([['o', '{"x":{"$numberInt":"1"}}', '[{"$numberInt":"1"}]']])
  })
})

describe('a document put together from its row', () => {
  const columns = [
    { name: 'title', type: { kind: 'string' } },
    { name: 'any', type: { kind: 'json' } },
    { name: 'meta', type: { kind: 'struct', fields: [{ name: 'n', type: { kind: 'int32' } }] } },
  ] as const

  it('has missing, null, misfit and whole values where they were', () => {
    const row = [
      '"x"',
      null,
      '"{\\"k\\":1}"',
      '{"n":1}',
      '"{\\"meta\\":{\\"n\\":1,\\"m\\":2},\\"extra\\":5}"',
      '"{\\"title\\":null}"',
    ]
    expect([...columnFields(columns, row)]).toEqual([
      ['_id', '"x"'],
      ['title', 'null'],
      ['any', '{"k":1}'],
      ['meta', '{"n":1,"m":2}'],
      ['extra', '5'],
    ])
    expect([...columnFields(columns, [null, null, null, null, null, null])]).toEqual([])
  })

  it.each([
    ['5', '5.0', true],
    ['"1.10"', '1.1', true],
    ['-0.0', '0', true],
    ['1e3', '1000', true],
    ['9007199254740993', '9007199254740992', false],
    ['"a"', '"a "', false],
    ['5', '-5', false],
    ['50', '5', false],
    ['"NaN"', '"NaN"', false],
  ])('%s and %s are one number: %s', (a, b, same) => {
    expect(sameNumber(a, b)).toBe(same)
  })
})
