import { type Document, ObjectId, serialize } from 'bson'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HotCensus } from '../../src/bson/hot-census.js'
import { HotFingerprints } from '../../src/bson/hot-fingerprints.js'
import { anyTwice, IdFingerprints } from '../../src/bson/id-fingerprints.js'
import { viewOf } from '../../src/bson/walk.js'
import { SegmentEncoder } from '../../src/export/segment-encoder.js'
import type { EncodedPart } from '../../src/export/segment-message.js'
import { HotMemory } from '../../src/hot/hot-memory.js'
import { hotModule } from '../../src/hot/hot-module.js'
import { feed, settingsFor } from '../export/encoded-segment.js'
import { blockOf } from '../support/array-source.js'
import { anId } from '../support/mongo-documents.js'

/** A server puts `_id` first; what it makes up itself may have it anywhere, or not at all. */
const aDocument = fc.tuple(anId, fc.string({ maxLength: 5 }), fc.boolean()).map(
  ([_id, text, first]): Uint8Array =>
    serialize(
      first
        ? new Map([
            ['_id', _id],
            ['a', text],
          ])
        : { a: text, _id },
    ),
)

const idOf = (bytes: Uint8Array): string => {
  const at = Buffer.from(bytes).indexOf('_id\0', 4, 'latin1') - 1
  // Where `_id` comes last, it ends before the document's own NUL.
  const end = at === 4 ? Buffer.from(bytes).indexOf('\x02a\0', at, 'latin1') : bytes.length - 1
  return Buffer.from(bytes.subarray(at, end)).toString('hex')
}

/** As a worker adds them, block by block. */
function addAll(fingerprints: IdFingerprints, documents: readonly Uint8Array[]): IdFingerprints {
  const { bytes, starts } = blockOf(documents)
  for (const start of starts) fingerprints.add(bytes, viewOf(bytes), start)
  return fingerprints
}

it('says whether an _id came twice, byte for byte, whatever the ids and wherever they are', () => {
  fc.assert(
    fc.property(fc.array(aDocument, { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (documents, perSegment) => {
      const fingerprints = new IdFingerprints()
      const segments: Uint32Array[] = []
      for (let at = 0; at < documents.length; at += perSegment)
        segments.push(addAll(fingerprints, documents.slice(at, at + perSegment)).take())
      const ids = documents.map(idOf)
      expect(anyTwice(segments)).toBe(new Set(ids).size < ids.length)
    }),
  )
})

it.each([
  ['ObjectIds of one process', (n: number) => new ObjectId(`65920080512a81971e${n.toString(16).padStart(6, '0')}`)],
  ['numbers', (n: number) => n],
  ['texts', (n: number) => `paper-${n}`],
  ['embedded documents', (n: number) => ({ year: 2000 + (n % 30), number: n })],
])('takes no two of 300,000 %s for one', (_, idAt) => {
  const fingerprints = new IdFingerprints()
  for (let n = 0; n < 300_000; n += 1_000) {
    const documents = Array.from({ length: 1_000 }, (__, index): Document => ({ _id: idAt(n + index) }))
    addAll(
      fingerprints,
      documents.map(document => serialize(document)),
    )
  }
  const all = fingerprints.take()
  expect([all.length, anyTwice([all])]).toEqual([600_000, false])
  const again = addAll(fingerprints, [serialize({ _id: idAt(123_456) })]).take()
  expect([again.length, anyTwice([all, again])]).toEqual([2, true])
})

describe('in WebAssembly', () => {
  const memory = new HotMemory(hotModule()!)
  const hot = new HotFingerprints(memory)
  const hotly = (documents: readonly Uint8Array[]): Uint32Array => {
    const census = new HotCensus(memory)
    const { bytes, starts } = blockOf(documents)
    const placed = memory.place(bytes)
    const view = viewOf(placed)
    for (const start of starts) census.add(placed, view, start, start + view.getInt32(start, true))
    return hot.take()
  }

  it('they are the same', () => {
    fc.assert(
      fc.property(fc.array(aDocument, { maxLength: 60 }), documents => {
        expect(hotly(documents)).toEqual(addAll(new IdFingerprints(), documents).take())
      }),
    )
    const many = Array.from({ length: 70_000 }, (_, n) => serialize(n % 9 === 0 ? { n } : { a: [n], _id: `${n}` }))
    expect(Buffer.from(hotly(many).buffer)).toEqual(Buffer.from(addAll(new IdFingerprints(), many).take().buffer))
    expect(hot.take()).toHaveLength(0)
  })

  it.each([true, false])('each document has one, carried or not: %s', inWebAssembly => {
    const sound = Array.from({ length: 20 }, (_, n) => serialize({ _id: n, a: 'x' }))
    // Extended JSON would read it as something else.
    const lookalike = serialize({ _id: 20, a: { $oid: 'x' } })
    const damaged = serialize({ _id: 21, a: 'x' })
    damaged[damaged.length - 2] = 1
    const nameless = Uint8Array.of(6, 0, 0, 0, 1, 0)
    const documents = [...sound, lookalike, damaged, nameless]
    const settings = settingsFor(['ejson.gz'], { fingerprints: true })
    const parts: EncodedPart[] = []
    const own = inWebAssembly ? new HotMemory(hotModule()!) : undefined
    const encoder = new SegmentEncoder(settings, part => parts.push(part), own)
    for (let round = 0; round < 2; round++) {
      const { totals } = feed(encoder, documents, parts)
      expect([totals.documents, totals.rejected, totals.fingerprints?.length]).toEqual([23, 3, 44])
      expect(anyTwice([totals.fingerprints!])).toBe(false)
    }
  })
})

it('leaves out documents without an _id', () => {
  const documents = [serialize({ a: 1 }), serialize({ a: 1 }), serialize({})]
  expect(addAll(new IdFingerprints(), documents).take()).toHaveLength(0)
})
