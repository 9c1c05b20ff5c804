import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ParquetPart } from '../../src/bson/parquet-part.js'
import { MAX_LIST_ENTRIES } from '../../src/bson/shred-value.js'
import type { Column, ColumnType } from '../../src/model/column.js'
import { everything } from '../hot/support/any-bytes.js'
import { addAll, BothParts, bsonOf } from '../hot/support/both-parts.js'
import { blockOf, newHotMemory, place } from '../hot/support/hot-memory.js'
import { anId, IDS_OF_EVERY_TYPE } from '../support/mongo-documents.js'
import { columnLists, documentLists } from './shred-arbitraries.js'
import * as hand from './support/hand-made.js'

const cut = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size))

describe('generated documents and schemas', () => {
  const cases = columnLists.chain(columns =>
    fc.tuple(fc.constant(columns), fc.array(documentLists(columns), { minLength: 1, maxLength: 3 }), fc.array(anId)),
  )

  it('make the same files, part after part and block after block', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 9 }), ([columns, parts, ids], blockDocuments) => {
        const both = new BothParts({ columns })
        for (const [index, drawn] of parts.entries()) {
          const more = index === 0 ? ids.map(_id => ({ ...drawn[0], _id })) : []
          for (const block of cut([...drawn, ...more], blockDocuments)) both.add(block.map(bsonOf))
          both.finish()
        }
      }),
      { numRuns: 250 },
    )
  })

  it('make the same files of many rows, in small row groups', () => {
    fc.assert(
      fc.property(cases, fc.constantFrom(1000, 50_000, 300_000), ([columns, parts], rowGroupBytes) => {
        const both = new BothParts({ columns, rowGroupBytes })
        const documents = parts.flat().map(bsonOf)
        const size = documents.reduce((sum, { length }) => sum + length, 1)
        const times = Math.min(Math.ceil(300_000 / size), Math.ceil(6000 / (documents.length + 1)))
        // In stretches of each document and in turns, so that there are runs as well as none.
        const many = [
          ...documents.flatMap(document => Array<Uint8Array>(times >> 1).fill(document)),
          ...Array<Uint8Array[]>(times >> 1)
            .fill(documents)
            .flat(),
        ]
        for (const block of cut(many, 1 + (many.length >> 1))) both.add(block)
        both.finish()
      }),
      { numRuns: 30 },
    )
  })
})

/** Booleans in lists are what a value that is taken back is most likely to leave something of. */
const NESTED: ColumnType = {
  kind: 'struct',
  fields: [
    { name: 'flag', type: { kind: 'boolean' } },
    { name: 'list', type: { kind: 'list', element: { kind: 'list', element: { kind: 'boolean' } } } },
    { name: 'n', type: { kind: 'int64' } },
    { name: 'deep', type: { kind: 'struct', fields: [{ name: 'text', type: { kind: 'string' } }] } },
  ],
}

describe('documents written by hand', () => {
  it('make the same file with an _id of every type', () => {
    const ids = IDS_OF_EVERY_TYPE.map(_id => bsonOf({ _id, a: 1 }))
    const names = ['regex', 'javascript', 'symbol', 'dbPointer', 'javascriptWithScope', 'undefined']
    const awkward = hand.EVERY_TYPE.map(([type, ...rest]) => {
      const value = rest.slice(rest.indexOf(0) + 1)
      return Uint8Array.from(hand.document(hand.element(type!, '_id', value), hand.element(0x10, 'a', hand.int32(1))))
    })
    expect(awkward.length).toBeGreaterThan(names.length)
    const long = bsonOf({ _id: { text: 'x'.repeat(100_000) } })
    const both = new BothParts({ columns: [{ name: 'a', type: { kind: 'int32' } }] })
    both.add([...ids, ...awkward, bsonOf({ a: 2 }), long, ...ids]).finish()
  })

  it('make the same file where columns of every kind meet values of every type', () => {
    const kinds = ['string', 'int32', 'int64', 'double', 'boolean', 'timestamp', 'objectId', 'json'] as const
    const types: ColumnType[] = [
      ...kinds.map(kind => ({ kind })),
      { kind: 'decimal', precision: 20, scale: 2 },
      { kind: 'list', element: { kind: 'int32' } },
      NESTED,
    ]
    const columns: Column[] = types.map((type, index) => ({ name: `c${index}`, type }))
    const values = hand.EVERY_TYPE.map(([type, ...rest]) => ({ type: type!, bytes: rest.slice(rest.indexOf(0) + 1) }))
    const dates = [8_640_000_000_000_000n, 8_640_000_000_000_001n, -8_640_000_000_000_000n, -8_640_000_000_000_001n]
    for (const ms of dates) values.push({ type: 0x09, bytes: [...hand.int64(ms)] })
    const two53 = 2n ** 53n
    for (const long of [two53, two53 + 1n, -two53, -two53 - 1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 62n + 1n, -1n])
      values.push({ type: 0x12, bytes: [...hand.int64(long)] })
    for (const double of [0, -0, Number.NaN, Infinity]) values.push({ type: 0x01, bytes: [...hand.float64(double)] })
    values.push({ type: 0x01, bytes: [1, 2, 3, 4, 5, 6, 0xf7, 0xff] })
    const documents = values.map(({ type, bytes }) =>
      Uint8Array.from(hand.document(...columns.map(({ name }) => hand.element(type, name, bytes)))),
    )
    const both = new BothParts({ columns })
    both.add([everything, ...documents, everything]).finish()
    for (const document of documents) both.add([document]).finish()
  })

  it('make the same file where nested values are taken back half way', () => {
    const good = { flag: true, list: [[true, false, null], [], [true]], n: 5, deep: { text: 'x' } }
    const odd: unknown[] = [
      [good, { ...good, list: [[true, true], [1]] }],
      [good, { flag: true, list: [[true], 'x'] }],
      [good, good, { ...good, n: 1.5 }],
      [good, { deep: { text: 'y', more: 1 }, flag: false }],
      [{ deep: { text: 5 }, flag: true }],
      [good, null, {}, good],
      [],
      [good, [good]],
      'text',
      { 0: good },
    ]
    const columns: Column[] = [
      { name: 'items', type: { kind: 'list', element: NESTED } },
      { name: 'one', type: NESTED },
      { name: 'flags', type: { kind: 'list', element: { kind: 'boolean' } } },
    ]
    const both = new BothParts({ columns })
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(30), fc.nat(9)), { maxLength: 30 }), drawn => {
        const documents = drawn.map(([which, flags]) => {
          const items = odd[which] ?? Array(which % 4).fill(good)
          const one = Array.isArray(items) ? items[which % 2] : items
          return {
            items,
            ...(which === 7 ? {} : { one }),
            flags: [...Array(flags).fill(true), ...(which > 25 ? [1] : [])],
          }
        })
        both.add(documents.map(document => bsonOf(document))).finish()
      }),
      { numRuns: 150 },
    )
  })

  it('make the same file where a struct has a field twice, and both throw where a document has', () => {
    const columns: Column[] = [
      { name: 's', type: NESTED },
      { name: 't', type: { kind: 'json' } },
    ]
    const twice = [hand.element(0x08, 'flag', [1]), hand.element(0x08, 'flag', [0])]
    const inStruct = Uint8Array.from(hand.document(hand.element(0x03, 's', hand.document(...twice))))
    new BothParts({ columns }).add([everything, inStruct, everything, inStruct]).finish()
    for (const name of ['_id', 's', 't']) {
      const document = Uint8Array.from(hand.document(hand.element(0x0a, name), hand.element(0x0a, name)))
      for (const hot of [undefined, newHotMemory()]) {
        const part = new ParquetPart({ columns, memory: hot })
        const block = hot ? place(hot, blockOf([document])) : blockOf([document])
        expect(() => addAll(part, block)).toThrow('there twice')
      }
    }
  })

  it('make the same file with names alike, more strangers than are remembered, and names of a thousand bytes', () => {
    const long = 'abcdefghijklmnopqrstuvwxyz'
    const heads = [1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 24, 25].map(length => long.slice(0, length))
    const names = [...heads, 'abcdefg!', 'abcdefgh!', 'abcdefghijklmno!', 'ünï', '__proto__', 'n'.repeat(2000)]
    const columns = names.filter((_, n) => n % 2 === 0).map((name): Column => ({ name, type: { kind: 'int32' } }))
    const struct: Column = { name: 'in', type: { kind: 'struct', fields: columns } }
    const both = new BothParts({ columns: [...columns, struct] })
    const strangers = Array.from({ length: 700 }, (_, n) => `stranger ${n}`)
    const document = (some: readonly string[]): Uint8Array => {
      const fields = some.map((name, n) => hand.element(0x10, name, hand.int32(n)))
      return Uint8Array.from(hand.document(...fields, hand.element(0x03, 'in', hand.document(...fields))))
    }
    const orders = [names, names.toReversed(), strangers, [...names, ...strangers], ['s'.repeat(3000), ...names]]
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.shuffledSubarray(names), fc.constantFrom(...orders)), { maxLength: 8 }),
        some => {
          both.add([...some.map(document), document(names)]).finish()
        },
      ),
      { numRuns: 40 },
    )
  })

  it('make the same file with a large document among small ones, in every column', () => {
    const columns: Column[] = [
      { name: 'text', type: { kind: 'string' } },
      { name: 'list', type: { kind: 'list', element: { kind: 'string' } } },
      { name: 'numbers', type: { kind: 'list', element: { kind: 'int32' } } },
    ]
    const small = Array.from({ length: 50 }, (_, n) => bsonOf({ _id: n, text: `t${n % 7}`, list: ['a', null] }))
    const large = 'ü'.repeat(1_500_000)
    const both = new BothParts({ columns })
    const misfit = [large, 1]
    const wide = Array.from({ length: 300_000 }, (_, n) => n % 5000)
    for (const document of [
      { text: large },
      { list: misfit },
      { list: [large, 'x'] },
      { other: large },
      { _id: large },
    ])
      both.add([...small, bsonOf(document), ...small]).add(small)
    both.finish()
    both.add([...small, bsonOf({ numbers: wide }), bsonOf({ numbers: [...wide, 'x'] }), ...small]).add(small)
    both.finish()
    both.add(small).finish()
  })

  it('make the same file where lists come to as many entries as there may be, and to more', () => {
    const fields = Array.from({ length: 512 }, (_, n): Column => ({ name: `f${n}`, type: { kind: 'int32' } }))
    const columns: Column[] = [{ name: 'list', type: { kind: 'list', element: { kind: 'struct', fields } } }]
    const most = MAX_LIST_ENTRIES / fields.length
    const both = new BothParts({ columns })
    // What one document has used up, the next one has again.
    for (const count of [most, most + 1, 1]) both.add([bsonOf({ list: Array(count).fill({}) })])
    both.finish()
  })
})
