import { Decimal128, Double, Int32, Long, ObjectId, serialize } from 'bson'
import { describe, expect, it } from 'vitest'
import { CensusTaker } from '../../src/bson/census-taker.js'
import { inferColumns, MAX_INFERRED_COLUMNS } from '../../src/bson/infer-columns.js'
import { viewOf } from '../../src/bson/walk.js'
import { type Census, EMPTY_CENSUS } from '../../src/model/census.js'
import { columnText } from '../../src/model/column.js'

function censusOf(documents: readonly Record<string, unknown>[]): Census {
  const taker = new CensusTaker()
  for (const document of documents) {
    const bytes = serialize(document)
    taker.add(bytes, viewOf(bytes), 0)
  }
  return taker.census()
}

function inferred(...documents: Record<string, unknown>[]): string[] {
  return inferColumns(censusOf(documents)).map(columnText)
}

describe('inferColumns', () => {
  it('makes a column of each field that has one scalar type, sorted by name', () => {
    const document = {
      _id: new ObjectId(),
      t: 'a',
      i: new Int32(1),
      l: Long.fromNumber(1),
      d: new Double(1),
      b: true,
      w: new Date(),
      o: new ObjectId(),
    }
    expect(inferred(document, { t: null })).toEqual([
      'b boolean',
      'd double',
      'i int64',
      'l int64',
      'o objectId',
      't string',
      'w timestamp',
    ])
  })

  it('widens numbers of several types', () => {
    const [i, l, d] = [new Int32(1), Long.fromNumber(1), new Double(1)]
    expect(inferred({ il: i, id: i, ld: l }, { il: l, id: d, ld: d })).toEqual(['id double', 'il int64', 'ld double'])
  })

  it('makes lists of arrays whose elements are of one scalar type, nulls not counted', () => {
    expect(inferred({ tags: ['a', null], n: [new Int32(1), Long.fromNumber(2)] }, { tags: [], n: null })).toEqual([
      'n list<int64>',
      'tags list<string>',
    ])
  })

  it('makes json of everything else', () => {
    const documents = [
      {
        mixed: 'a',
        object: { x: 1 },
        nulls: null,
        none: [],
        nested: [['a']],
        objects: [{ x: 'a' }],
        either: ['a'],
        decimal: Decimal128.fromString('1.10'),
        pair: ['a', new Int32(1)],
      },
      { mixed: true, object: { x: 2 }, either: 'a' },
    ]
    expect(inferred(...documents)).toEqual(
      ['decimal', 'either', 'mixed', 'nested', 'none', 'nulls', 'object', 'objects', 'pair'].map(
        name => `${name} json`,
      ),
    )
  })

  it('reads names that hold what separates paths', () => {
    expect(inferred({ 'a.b': 'x', 'c[]': 'y', 'd\\': ['z'], 'e\\.f': 'w', a: { b: 'v' } })).toEqual([
      'a json',
      'a.b string',
      'c[] string',
      'd\\ list<string>',
      'e\\.f string',
    ])
  })

  it('leaves to _extra the names that Parquet or the part can have only once, or not at all', () => {
    expect(inferred({ _id: 'a', _extra: 'b', _misfit: 'c', _ID: 'd', '': 'e', Key: 'f', key: 'g', KEY: 'h' })).toEqual([
      'KEY string',
    ])
    expect(inferred({ ['__proto__']: 'a', constructor: 'b' })).toEqual(['__proto__ string', 'constructor string'])
  })

  it('keeps the most frequent of too many names', () => {
    const rare = Object.fromEntries(Array.from({ length: MAX_INFERRED_COLUMNS + 500 }, (_, n) => [`a${n}`, 'x']))
    const names = inferColumns(censusOf([rare, { zz: 'x' }, { zz: 'y' }])).map(column => column.name)
    expect(names.length).toBe(MAX_INFERRED_COLUMNS)
    expect(names).toContain('zz')
    expect(names).toEqual(names.toSorted())
  })

  it('makes nothing of nothing', () => {
    expect(inferColumns(EMPTY_CENSUS)).toEqual([])
  })
})
