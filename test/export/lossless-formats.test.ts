import { gunzipSync } from 'node:zlib'
import { BSON, deserializeStream } from 'bson'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { DEFAULT_COMPRESSION } from '../../src/model/part-options.js'
import { anyBson } from '../bson/support/any-bson.js'
import * as hand from '../bson/support/hand-made.js'
import { bsonBySpecification } from '../bson/support/spec-ejson.js'
import { digestOf, documentsOf, encodeSegment, hexOf, partIn, settingsFor } from './encoded-segment.js'

const segments = fc.array(anyBson, { minLength: 1, maxLength: 12 })

it('every document is in both formats as it was, or rejected with its bytes', async () => {
  await fc.assert(
    fc.asyncProperty(segments, async documents => {
      const segment = encodeSegment(settingsFor(['ejson.gz', 'bson.gz']), documents)
      const rejected = new Set(segment.rejects.map(({ bson }) => Buffer.from(bson, 'base64').toString('hex')))
      const carried = documents.filter(document => !rejected.has(Buffer.from(document).toString('hex')))
      expect(segment.totals).toMatchObject({
        documents: documents.length,
        rejected: documents.length - carried.length,
        digest: digestOf(carried),
      })
      expect(segment.totals.census).toEqual(encodeSegment(settingsFor(['bson.gz']), carried).totals.census)
      expect(segment.parts.length).toBe(carried.length === 0 ? 0 : 2)
      if (carried.length === 0) return
      for (const format of ['ejson.gz', 'bson.gz'] as const) {
        const part = partIn(segment, format)
        expect(hexOf(await documentsOf(format, part.body))).toEqual(hexOf(carried))
        expect(part).toMatchObject({ documents: carried.length, digest: digestOf(carried) })
      }
    }),
    { numRuns: 300 },
  )
})

it('what is read by others is the same: BSON as it lies there, and text by the specification', () => {
  fc.assert(
    fc.property(segments, documents => {
      const segment = encodeSegment(settingsFor(['ejson.gz', 'bson.gz']), documents)
      if (segment.parts.length === 0) return
      const carried = gunzipSync(partIn(segment, 'bson.gz').body)
      const lines = gunzipSync(partIn(segment, 'ejson.gz').body).toString().split('\n')
      expect(lines.pop()).toBe('')
      expect(Buffer.concat(lines.map(bsonBySpecification)).equals(carried)).toBe(true)
    }),
    { numRuns: 300 },
  )
})

it('nothing is rejected for Extended JSON where the run has none of it', () => {
  fc.assert(
    fc.property(segments, documents => {
      const { totals, parts } = encodeSegment(settingsFor(['bson.gz']), documents)
      expect(totals.rejected).toBe(0)
      expect(gunzipSync(parts[0]!.body).equals(Buffer.concat(documents))).toBe(true)
    }),
    { numRuns: 100 },
  )
})

it('rejects say why, where, and of which document', () => {
  const alike = hand.document(hand.element(0x02, '$numberLong', hand.string('5')))
  const document = Uint8Array.from(
    hand.document(hand.element(0x10, '_id', hand.int32(7)), hand.element(0x03, 'a', alike)),
  )
  expect(encodeSegment(settingsFor(['parquet', 'ejson.gz']), [document])).toMatchObject({
    parts: [],
    totals: { documents: 1, rejected: 1, rejectsDigest: digestOf([document]) },
    rejects: [
      {
        _id: '{"$numberInt":"7"}',
        bson: Buffer.from(document).toString('base64'),
        reason: { code: 'extended-json', path: 'a.$numberLong', detail: expect.stringContaining('$numberLong') },
      },
    ],
  })
})

it('bson.gz reads as what mongodump writes: documents one after another, for the bson package too', () => {
  const documents = Array.from({ length: 2500 }, (_, n) => BSON.serialize({ _id: n, text: 'x'.repeat(n) }))
  const content = gunzipSync(partIn(encodeSegment(settingsFor(['bson.gz']), documents, 100), 'bson.gz').body)
  const read: BSON.Document[] = []
  deserializeStream(content, 0, documents.length, read, 0, {})
  expect(read.map(({ _id, text }) => [_id, text.length])).toEqual(documents.map((_, n) => [n, n]))
})

it('the level of gzip is the one that was asked for', () => {
  const documents = Array.from({ length: 2000 }, (_, n) =>
    BSON.serialize({ _id: n, a: Math.sin(n), b: `word${n % 50}` }),
  )
  for (const format of ['bson.gz', 'ejson.gz'] as const) {
    const [fast, small] = [1, 9].map(gzipLevel => {
      const compression = { ...DEFAULT_COMPRESSION, gzipLevel }
      return partIn(encodeSegment(settingsFor([format], { compression }), documents), format).body
    })
    expect(small!.length).toBeLessThan(fast!.length)
    expect(gunzipSync(small!).equals(gunzipSync(fast!))).toBe(true)
  }
})

it('a segment without documents is an empty part, which reads as none', async () => {
  const segment = encodeSegment(settingsFor(['bson.gz', 'ejson.gz']), [])
  for (const format of ['ejson.gz', 'bson.gz'] as const)
    expect(await documentsOf(format, partIn(segment, format).body)).toEqual([])
})
