import { BSONRegExp, Int32, Long, ObjectId, serialize, Timestamp } from 'bson'
import { describe, expect, it } from 'vitest'
import { partColumns } from '../../src/bson/shred.js'
import type { Column, ColumnType } from '../../src/model/column.js'
import { type Row, readWithHyparquet } from '../parquet/read-back.js'
import { partOf } from './parquet-part-bytes.js'

const string = { kind: 'string' } as const
const int32 = { kind: 'int32' } as const

async function rowOf(document: Record<string, unknown>, columns: readonly Column[]): Promise<Row> {
  const rows = await readWithHyparquet(partOf([document], { columns }))
  return rows[0]!
}

/** The row of a document whose one declared field is `f`, without `_id`. */
async function fieldRow(type: ColumnType, document: Record<string, unknown>): Promise<Row> {
  const { f, _extra, _misfit } = await rowOf(document, [{ name: 'f', type }])
  return { f: f!, _extra: _extra!, _misfit: _misfit! }
}

const struct = (...fields: [string, ColumnType][]): ColumnType => ({
  kind: 'struct',
  fields: fields.map(([name, type]) => ({ name, type })),
})
const list = (element: ColumnType): ColumnType => ({ kind: 'list', element })

describe('a declared field', () => {
  it('that is missing is null and nowhere else', async () => {
    expect(await fieldRow(string, {})).toEqual({ f: null, _extra: null, _misfit: null })
  })

  it('that is null is null and named in _misfit', async () => {
    expect(await fieldRow(string, { f: null })).toEqual({ f: null, _extra: null, _misfit: '{"f":null}' })
    expect(await fieldRow({ kind: 'json' }, { f: null })).toEqual({ f: null, _extra: null, _misfit: '{"f":null}' })
  })

  it('of another type is null and whole in _misfit', async () => {
    expect(await fieldRow(list(string), { f: 'a; b' })).toEqual({ f: null, _extra: null, _misfit: '{"f":"a; b"}' })
  })

  it('with a misfit anywhere within it is null, and whole in _misfit', async () => {
    const type = list(struct(['score', int32], ['tags', list(string)]))
    const f = [
      { score: new Int32(1), tags: ['a'] },
      { score: new Int32(2), more: true, tags: ['b', new Int32(3)] },
    ]
    expect(await fieldRow(type, { f })).toEqual({
      f: null,
      _extra: null,
      _misfit: '{"f":[{"score":1,"tags":["a"]},{"score":2,"more":true,"tags":["b",3]}]}',
    })
  })

  it('leaves the rows around a misfit as they are', async () => {
    const type = list(struct(['tags', list(string)]))
    const good = [{ tags: ['a', 'b'] }, { tags: [] }]
    const documents = [{ f: good }, { f: [{ tags: ['x'] }, { tags: ['y', 1] }] }, { f: good }]
    const rows = await readWithHyparquet(partOf(documents, { columns: [{ name: 'f', type }] }))
    expect(rows.map(row => row['f'])).toEqual([good, null, good])
  })

  it('with undeclared fields within it is in its column and, whole, in _extra', async () => {
    expect(await fieldRow(struct(['x', int32]), { f: { y: 'more', x: new Int32(1) } })).toEqual({
      f: { x: 1 },
      _extra: '{"f":{"y":"more","x":1}}',
      _misfit: null,
    })
  })

  it('with an explicit null in a struct is in its column and, whole, in _extra', async () => {
    expect(await fieldRow(list(struct(['x', int32])), { f: [{ x: null }, {}] })).toEqual({
      f: [{ x: null }, { x: null }],
      _extra: '{"f":[{"x":null},{}]}',
      _misfit: null,
    })
  })

  it('with null elements in a list is in its column alone', async () => {
    expect(await fieldRow(list(string), { f: [null, 'a', null] })).toEqual({
      f: [null, 'a', null],
      _extra: null,
      _misfit: null,
    })
    expect(await fieldRow(list(struct(['x', int32])), { f: [null, {}] })).toEqual({
      f: [null, { x: null }],
      _extra: null,
      _misfit: null,
    })
  })

  it('tells an empty list from a missing one and from one of empty lists', async () => {
    const columns = [{ name: 'f', type: list(list(string)) }]
    const documents = [{ f: [] }, {}, { f: [[], [null], null, ['a']] }]
    const rows = await readWithHyparquet(partOf(documents, { columns }))
    expect(rows.map(row => row['f'])).toEqual([[], null, [[], [null], null, ['a']]])
  })

  it('keeps the order of an array whose keys are out of order', async () => {
    // An array is stored as a document: this one has the keys 2, 10 and z.
    const array = Buffer.from(serialize({ '2': 'a', z: 'c' }))
    const document = Buffer.concat([Buffer.from([0, 0, 0, 0, 0x04]), Buffer.from('f\0'), array, Buffer.from([0])])
    document.writeInt32LE(document.length, 0)
    const { ParquetPart } = await import('../../src/bson/parquet-part.js')
    const part = new ParquetPart({ columns: [{ name: 'f', type: list(string) }] })
    const bytes = new Uint8Array(document)
    part.add(bytes, new DataView(bytes.buffer), 0, bytes.length)
    expect((await readWithHyparquet(part.finish()))[0]!['f']).toEqual(['a', 'c'])
  })
})

describe('an undeclared field', () => {
  it('is in _extra, in the order of the document, whatever its name', async () => {
    const row = await rowOf(
      {
        zz: new Int32(1),
        _id: 'a',
        title: 't',
        _extra: { a: 1 },
        _misfit: null,
        '': true,
        ['__proto__']: 'p',
        'é"': [],
      },
      [{ name: 'title', type: string }],
    )
    expect(row).toEqual({
      _id: 'a',
      title: 't',
      _extra: '{"zz":1,"_extra":{"a":1},"_misfit":null,"":true,"__proto__":"p","é\\"":[]}',
      _misfit: null,
    })
  })

  it('is found among any number of names', async () => {
    const columns = [{ name: 'last', type: int32 }]
    const documents = Array.from({ length: 40 }, (_, d) => ({
      ...Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`n${d}_${n}`, new Int32(n)])),
      last: new Int32(d),
    }))
    const rows = await readWithHyparquet(partOf(documents, { columns }))
    expect(rows.map(row => row['last'])).toEqual(documents.map((_, d) => d))
    expect(rows.map(row => Object.keys(JSON.parse(row['_extra'] as string)).length)).toEqual(documents.map(() => 50))
  })
})

describe('fields', () => {
  it('are found in any order, with any left out', async () => {
    const names = ['a', 'ab', 'abc', 'b', 'c', 'd', 'e', 'f']
    const columns = names.map(name => ({ name, type: string }))
    const orders = [names, names.toReversed(), ['e', 'a'], ['f'], [], ['d', 'e', 'f', 'a', 'b'], names]
    const documents = orders.map(order => Object.fromEntries(order.map(name => [name, `value of ${name}`])))
    const rows = await readWithHyparquet(partOf(documents, { columns }))
    expect(rows.map(({ _id, _extra, _misfit, ...row }) => row)).toEqual(
      documents.map(document => Object.fromEntries(names.map(name => [name, document[name] ?? null]))),
    )
  })
})

describe('_id', () => {
  it('is text: of a string itself, of an ObjectId its hex, of anything else canonical Extended JSON', async () => {
    const ids = [
      'plain',
      '',
      new ObjectId('65f0c0ffee65f0c0ffee0001'),
      new Int32(1001),
      '1001',
      Long.fromString('9007199254740993'),
      Number.NaN,
      new Date(0),
      null,
      { a: new Int32(1) },
      new Timestamp({ t: 1, i: 2 }),
      new BSONRegExp('a', 'i'),
    ]
    const rows = await readWithHyparquet(
      partOf(
        ids.map(_id => ({ _id })),
        { columns: [] },
      ),
    )
    expect(rows.map(row => row['_id'])).toEqual([
      'plain',
      '',
      '65f0c0ffee65f0c0ffee0001',
      '{"$numberInt":"1001"}',
      '1001',
      '{"$numberLong":"9007199254740993"}',
      '{"$numberDouble":"NaN"}',
      '{"$date":{"$numberLong":"0"}}',
      'null',
      '{"a":{"$numberInt":"1"}}',
      '{"$timestamp":{"t":1,"i":2}}',
      '{"$regularExpression":{"pattern":"a","options":"i"}}',
    ])
    expect(rows.every(row => row['_misfit'] === null && row['_extra'] === null)).toBe(true)
  })

  it('is null where a view left it out', async () => {
    expect((await rowOf({ f: 'a' }, [{ name: 'f', type: string }]))['_id']).toBeNull()
  })
})

it('refuses declared columns with names of ours', () => {
  for (const name of ['_id', '_extra', '_misfit']) {
    expect(() => partColumns([{ name, type: string }])).toThrow(
      new RangeError(`no declared column may be called ${name}`),
    )
  }
})
