import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { GzipSink } from '../../src/export/encode/gzip-sink.js'

const MEGABYTE = 1024 * 1024

/** Documents as sizes: of nothing, of less than a piece, of several pieces. */
const sizes = fc.array(fc.oneof(fc.integer({ max: 2_000, min: 0 }), fc.integer({ min: 0, max: 5 * MEGABYTE })), {
  maxLength: 6,
})

function memberOf(gzip: GzipSink, documents: readonly number[], step: number): Uint8Array {
  for (const [n, size] of documents.entries()) {
    const document = new Uint8Array(size).fill(65 + n)
    // As writers do: some bytes at a time.
    for (let at = 0; at < size; at += step) gzip.sink.copy(document, at, Math.min(at + step, size))
    gzip.settle()
  }
  return gzip.finish()
}

it('has all bytes in order, in the same member however they were written and whatever came before', () => {
  const used = new GzipSink(1)
  fc.assert(
    fc.property(sizes, fc.integer({ min: 5_000, max: 3 * MEGABYTE }), (documents, step) => {
      const member = memberOf(used, documents, step)
      const text = Buffer.concat(documents.map((size, n) => Buffer.alloc(size, 65 + n)))
      expect(gunzipSync(member).equals(text)).toBe(true)
      expect(Buffer.from(member).equals(memberOf(new GzipSink(1), documents, 1_000_000))).toBe(true)
    }),
    { numRuns: 25 },
  )
})

it('keeps no more memory than a few pieces, after a document of any size', () => {
  const gzip = new GzipSink(1)
  gzip.sink.copy(new Uint8Array(20 * MEGABYTE), 0, 20 * MEGABYTE)
  gzip.settle()
  expect(gzip.sink.bytes.length).toBeLessThanOrEqual(4 * MEGABYTE)
})

it('has no more than a piece of what is written in small steps', () => {
  const gzip = new GzipSink(1)
  for (let n = 0; n < 20_000; n++) gzip.sink.ascii('x'.repeat(1_000))
  expect(gzip.sink.bytes.length).toBeLessThanOrEqual(2 * MEGABYTE)
})
