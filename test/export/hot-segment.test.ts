import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SegmentEncoder } from '../../src/export/segment-encoder.js'
import type { EncodedPart, WorkerSettings } from '../../src/export/segment-message.js'
import type { Column } from '../../src/model/column.js'
import { columnLists, documentLists } from '../bson/shred-arbitraries.js'
import * as hand from '../bson/support/hand-made.js'
import { anyBytes, everything } from '../hot/support/any-bytes.js'
import { bsonOf } from '../hot/support/both-parts.js'
import { blockOf, newHotMemory } from '../hot/support/hot-memory.js'
import { settingsFor } from './encoded-segment.js'

/** The same segments by both ways. Blocks are in shared memory, which is used again, as the worker has them. */
class BothEncoders {
  readonly #parts: [EncodedPart[], EncodedPart[]] = [[], []]
  readonly #encoders: readonly SegmentEncoder[]

  constructor(settings: WorkerSettings) {
    const hots = [undefined, newHotMemory()]
    this.#encoders = hots.map((hot, way) => new SegmentEncoder(settings, part => this.#parts[way]!.push(part), hot))
  }

  add(documents: readonly Uint8Array[]): void {
    const block = blockOf(documents)
    const shared = new Uint8Array(new SharedArrayBuffer(block.bytes.length))
    for (const encoder of this.#encoders) {
      shared.set(block.bytes)
      encoder.add(shared, block.starts)
      shared.fill(0xee)
    }
  }

  /** @returns how many documents the segment had, and how many of them were rejected */
  close(empty = false): { documents: number; rejected: number } {
    const [wanted, totals] = this.#encoders.map(encoder => encoder.close(empty))
    const [wantedParts, parts] = this.#parts.map(some => some.splice(0).map(({ body: _, ...facts }) => facts))
    expect(parts).toEqual(wantedParts)
    expect({ ...totals, rejects: text(totals!.rejects) }).toEqual({ ...wanted, rejects: text(wanted!.rejects) })
    expect(JSON.stringify(totals!.census)).toBe(JSON.stringify(wanted!.census))
    return totals!
  }
}

const text = (bytes: Uint8Array | undefined): string | undefined => bytes && Buffer.from(bytes).toString()

/** Whatever it has in it, by its length it is one document, which is what a source makes sure of. */
const framed = (bytes: Uint8Array): Uint8Array => {
  const copy = bytes.slice()
  new DataView(copy.buffer).setInt32(0, copy.length, true)
  return copy
}

const FORMATS = ['parquet', 'json', 'ndjson.gz', 'ejson.gz'] as const
const COLUMNS: Column[] = [
  { name: 'a', type: { kind: 'string' } },
  { name: 'b', type: { kind: 'list', element: { kind: 'json' } } },
  { name: 'date', type: { kind: 'timestamp' } },
]

describe('segments by way of linear memory', () => {
  const anySegments = columnLists.chain(columns => {
    const fitting = documentLists(columns).map(drawn => drawn.map(bsonOf))
    const block = fc.tuple(fitting, fc.array(anyBytes.map(framed), { maxLength: 3 })).map(([some, odd]) => {
      // In between, so that something comes after each reject.
      odd.forEach((bytes, index) => {
        some.splice(index * 2, 0, bytes)
      })
      return some
    })
    return fc.tuple(fc.constant(columns), fc.array(fc.array(block, { maxLength: 3 }), { maxLength: 3 }))
  })

  it('have the same parts, digests, census and rejects', () => {
    let [documents, rejected] = [0, 0]
    fc.assert(
      fc.property(anySegments, fc.boolean(), ([columns, segments], hasEjson) => {
        const formats = hasEjson ? FORMATS : FORMATS.slice(0, 3)
        const both = new BothEncoders(settingsFor(formats, { columns }))
        for (const blocks of segments) {
          for (const block of blocks) both.add(block)
          const totals = both.close(blocks.length === 0)
          documents += totals.documents
          rejected += totals.rejected
        }
      }),
      { numRuns: 120 },
    )
    expect(documents - rejected).toBeGreaterThan(300)
    expect(rejected).toBeGreaterThan(30)
  })

  it('have the same parts where a document is refused by Extended JSON alone', () => {
    const both = new BothEncoders(settingsFor(FORMATS, { columns: COLUMNS }))
    const longAgo = hand.element(0x09, 'date', hand.int64(-(2n ** 62n)))
    const key = hand.element(0x03, 'b', hand.document(hand.element(0x02, '$oid', hand.string('x'))))
    const odd = [longAgo, key].map(element =>
      Uint8Array.from(hand.document(hand.element(0x10, 'new', [1, 0, 0, 0]), element)),
    )
    both.add([everything, ...odd, everything, ...odd])
    both.add([everything])
    expect(both.close().rejected).toBeGreaterThan(0)
    both.add([everything, odd[0]!])
    both.close()
  })

  it('have the same parts with partitions', () => {
    const partitionBy = { field: 'a' }
    const both = new BothEncoders(settingsFor(FORMATS, { columns: COLUMNS, partitionBy }))
    const documents = Array.from({ length: 300 }, (_, n) =>
      bsonOf({ _id: n, a: `p${n % 3}`, b: [n, 'x'], date: new Date(n) }),
    )
    both.add([...documents.slice(0, 200), framed(everything.slice(0, 90)), everything])
    both.add(documents.slice(200))
    expect(both.close()).toMatchObject({ documents: 302, rejected: 1 })
    both.add(documents.slice(0, 10))
    both.close()
    both.close(true)
  })

  it('have the same parts of many documents, with a large one among them', () => {
    const both = new BothEncoders(settingsFor(FORMATS, { columns: COLUMNS }))
    const documents = Array.from({ length: 2500 }, (_, n) => bsonOf({ _id: n, a: `t${n % 40}`, b: [{ n }], c: n / 3 }))
    both.add(documents)
    both.add([...documents.slice(0, 30), bsonOf({ a: 'y'.repeat(3_000_000) }), ...documents])
    expect(both.close()).toMatchObject({ documents: 5031, rejected: 0 })
  })

  it('have the same text wherever documents are written, and wherever chunks end', () => {
    const both = new BothEncoders(settingsFor(['json', 'ndjson.gz'], {}))
    const of = (size: number, text = 'x') => bsonOf({ a: text.repeat(size), b: [size] })
    const usual = Array.from({ length: 40 }, (_, n) => of(n * 97))
    // Around what is gathered, what there is room for, and what is JavaScript's; growing a lot, or of a rare type.
    const sizes = [60_000, 131_000, 131_072, 250_000, 258_000, 262_144, 524_288, 1_100_000]
    const odd = [
      ...sizes.map(size => of(size)),
      ...[700, 9_000, 80_000, 200_000].map(size => of(size, '\u0001')),
      everything,
    ]
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(2 * odd.length), { maxLength: 12 }), { maxLength: 4 }), drawn => {
        for (const picks of drawn) both.add(picks.flatMap(pick => odd[pick] ?? usual.slice(0, pick)))
        both.close(drawn.length === 0)
      }),
      { numRuns: 20 },
    )
    // A chunk is full by its bytes long before a thousand documents, right after one that was only gathered.
    for (const size of [40_000, 7_000_000, 300])
      both.add(Array.from({ length: Math.ceil(4e7 / size) % 2_000 }, () => of(size)))
    both.close()
  })
})
