import { Binary, serialize } from 'bson'
import { describe, expect, it } from 'vitest'
import { checkDocument } from '../../src/bson/check-document.js'
import { viewOf } from '../../src/bson/walk.js'
import { JsonChunkEncoder } from '../../src/export/encode/json-chunk.js'
import { RejectLines } from '../../src/export/reject-lines.js'
import { SegmentEncoder } from '../../src/export/segment-encoder.js'
import type { EncodedPart } from '../../src/export/segment-message.js'
import { JSON_CHUNK_BYTES } from '../../src/model/format.js'
import { DEFAULT_COMPRESSION } from '../../src/model/part-options.js'

const MEGABYTE = 1024 * 1024

describe('a JSON chunk', () => {
  const add = (encoder: JsonChunkEncoder, document: Uint8Array) =>
    encoder.add(document, viewOf(document), 0, document.length)

  it('of a large document is in memory once, and of just its size or so', () => {
    const encoder = new JsonChunkEncoder()
    const text = '\u0001'.repeat(5 * MEGABYTE)
    add(encoder, serialize({ text }))
    const chunk = encoder.finish()
    expect(JSON.parse(Buffer.from(chunk).toString())).toEqual([{ text }])
    expect(chunk.buffer.byteLength).toBeLessThan(Math.max(chunk.length + 1024, 33 * MEGABYTE))
  })

  it('is as good after one as before', () => {
    const encoder = new JsonChunkEncoder()
    for (const size of [1, 3 * MEGABYTE, 1, 5 * MEGABYTE, 1]) {
      for (const n of [1, 2]) add(encoder, serialize({ n, text: 'x'.repeat(size) }))
      expect(JSON.parse(Buffer.from(encoder.finish()).toString())).toEqual([
        { n: 1, text: 'x'.repeat(size) },
        { n: 2, text: 'x'.repeat(size) },
      ])
    }
  })
})

it('a segment of large documents has a JSON chunk for each 16 MB of text, and every document in one', () => {
  const parts: EncodedPart[] = []
  const encoder = new SegmentEncoder(
    { formats: ['json'], columns: [], tool: 'test', compression: DEFAULT_COMPRESSION, partitionBy: undefined },
    part => parts.push(part),
  )
  const documents = Array.from({ length: 10 }, (_, n) => serialize({ _id: n, text: 'x'.repeat(6 * MEGABYTE) }))
  for (const document of documents) encoder.add(document, Uint32Array.of(0))
  encoder.close()
  expect(parts.map(part => part.documents)).toEqual([3, 3, 3, 1])
  expect(parts.map(part => [part.firstId, part.lastId])).toEqual([
    ['{"$numberInt":"0"}', '{"$numberInt":"2"}'],
    ['{"$numberInt":"3"}', '{"$numberInt":"5"}'],
    ['{"$numberInt":"6"}', '{"$numberInt":"8"}'],
    ['{"$numberInt":"9"}', '{"$numberInt":"9"}'],
  ])
  for (const part of parts.slice(0, -1)) expect(part.body.length).toBeGreaterThanOrEqual(JSON_CHUNK_BYTES)
})

it('the lines of rejects are what JSON.stringify makes of the same members', () => {
  const lines = new RejectLines()
  const documents = [
    serialize({ _id: 'é"\\', a: 1 }),
    serialize({ _id: 7, data: new Binary(new Uint8Array(10_000).fill(9)) }),
    Uint8Array.of(5, 0, 0, 0, 0),
  ]
  const reason = checkDocument(Uint8Array.of(9, 0, 0, 0, 0), 0, 5)!
  for (const document of documents) lines.add(document, viewOf(document), 0, document.length, reason)
  const { code, detail, path } = reason
  const expected = documents.map((document, n) => {
    const _id = ['"é\\"\\\\"', '{"$numberInt":"7"}', 'null'][n]
    return JSON.stringify({ _id, bson: Buffer.from(document).toString('base64'), reason: { code, detail, path } })
  })
  expect(Buffer.from(lines.lines()!).toString().split('\n')).toEqual([...expected, ''])
  expect(lines.count).toBe(3)
  expect(new RejectLines().lines()).toBeUndefined()
})
