import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type LosslessFormat, readLosslessPart } from '../../src/ingest/read-lossless.js'
import { anyDocument, bsonOf } from '../bson/support/any-document.js'
import * as hand from '../bson/support/hand-made.js'
import { extendedJsonOf } from '../bson/support/written.js'

const DOCUMENTS = [1, 2, 3].map(n =>
  Uint8Array.from(
    hand.document(
      hand.element(0x10, '_id', hand.int32(n)),
      hand.element(0x02, 'text', hand.string('line\nbreak')),
      hand.element(0x12, 'long', hand.int64(9_007_199_254_740_993n)),
    ),
  ),
)

/** A part's content before gzip. */
const CONTENT: Record<LosslessFormat, (documents: readonly Uint8Array[]) => Uint8Array> = {
  'bson.gz': documents => Buffer.concat(documents),
  'ejson.gz': documents => Buffer.from(documents.map(document => `${extendedJsonOf(document)}\n`).join('')),
}
const FORMATS = Object.keys(CONTENT) as LosslessFormat[]

async function* inChunks(bytes: Uint8Array, size = bytes.length || 1): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function read(
  format: LosslessFormat,
  stream: AsyncIterable<Uint8Array>,
): Promise<{ documents: Uint8Array[]; blocks: number }> {
  const documents: Uint8Array[] = []
  let blocks = 0
  for await (const { bytes, starts } of readLosslessPart(format, stream)) {
    blocks += 1
    const ends = [...starts.subarray(1), bytes.length]
    for (const [index, start] of starts.entries()) documents.push(bytes.subarray(start, ends[index]))
  }
  return { documents, blocks }
}

const hexOf = (documents: readonly Uint8Array[]) => documents.map(document => Buffer.from(document).toString('hex'))
const partOf = (format: LosslessFormat, documents: readonly Uint8Array[] = DOCUMENTS) =>
  gzipSync(CONTENT[format](documents), { level: 1 })

describe.each(FORMATS)('a part in %s', format => {
  it('gives its documents in order, however it comes in', async () => {
    const part = partOf(format)
    for (const size of [1, 7, part.length]) {
      expect(hexOf((await read(format, inChunks(part, size))).documents)).toEqual(hexOf(DOCUMENTS))
    }
  })

  it('gives none where it has none', async () => {
    expect(await read(format, inChunks(partOf(format, [])))).toEqual({ documents: [], blocks: 0 })
  })

  it('gives a document without _id as it is, and _id where it stands', async () => {
    const documents = [
      hand.document(),
      hand.document(hand.element(0x0a, 'x')),
      hand.document(hand.element(0x0a, 'x'), hand.element(0x0a, '_id')),
    ].map(document => Uint8Array.from(document))
    expect(hexOf((await read(format, inChunks(partOf(format, documents)))).documents)).toEqual(hexOf(documents))
  })

  it('gives blocks of about a MiB, and a document of 16 MiB in one of its own', async () => {
    const text = (length: number) => Uint8Array.from(bsonOf(new Map([['s', 'x'.repeat(length)]])))
    const documents = [...Array.from({ length: 50 }, () => text(100_000)), text(16 * 1024 * 1024), text(1)]
    const seen = await read(format, inChunks(partOf(format, documents), 65_536))
    expect(seen.documents.map(document => document.length)).toEqual(documents.map(document => document.length))
    expect(seen.blocks).toBeGreaterThanOrEqual(5)
    expect(seen.blocks).toBeLessThanOrEqual(8)
  })

  it('is refused wherever it is cut off', async () => {
    const part = partOf(format)
    for (let cut = 0; cut < part.length; cut++) {
      await expect(read(format, inChunks(part.subarray(0, cut), 50)), `${cut}`).rejects.toThrow(/cut off/)
    }
  })

  it('is refused with a wrong checksum or length', async () => {
    for (const at of [-8, -4]) {
      const part = partOf(format)
      part[part.length + at]! ^= 1
      await expect(read(format, inChunks(part))).rejects.toThrow(/damaged or cut off/)
    }
  })

  it('is refused with anything after its end: zlib ignores what follows a zero byte', async () => {
    const part = partOf(format)
    for (const more of [
      Uint8Array.of(0),
      Uint8Array.of(0x1f),
      Buffer.concat([Buffer.alloc(3), part]),
      Buffer.from('x'),
    ]) {
      for (const size of [13, part.length, part.length + more.length]) {
        await expect(read(format, inChunks(Buffer.concat([part, more]), size))).rejects.toThrow(/damaged or cut off/)
      }
    }
  })

  it('passes on what the stream fails with, as it is', async () => {
    const failure = new Error('connection reset')
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield partOf(format).subarray(0, 60)
      throw failure
    }
    await expect(read(format, failing())).rejects.toBe(failure)
  })

  it('lets go of the stream when nobody reads on', async () => {
    let returned = false
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;)
          yield partOf(
            format,
            Array.from({ length: 5_000 }, () => DOCUMENTS[0]!),
          )
      } finally {
        returned = true
      }
    }
    for await (const _ of readLosslessPart(format, endless())) break
    await expect.poll(() => returned, { timeout: 30_000 }).toBe(true)
  })
})

describe('framing', () => {
  it.each([
    ['a length of four', [4, 0, 0, 0, 0]],
    ['a length beyond what MongoDB stores', [0, 0, 0, 2, 0]],
    ['a negative length', [0xff, 0xff, 0xff, 0xff, 0]],
    ['a document longer than the rest', [9, 0, 0, 0, 0]],
    ['half a length', [9, 0]],
    ['no terminator', [5, 0, 0, 0, 1]],
  ])('of bson.gz is refused with %s', async (_, bad) => {
    const part = gzipSync(Buffer.concat([...DOCUMENTS, Uint8Array.from(bad)]))
    await expect(read('bson.gz', inChunks(part))).rejects.toMatchObject({ name: 'DamagedPart', documents: 3 })
  })

  it.each([
    ['no JSON', 'hello'],
    ['half a document', '{"a":'],
    ['two documents', '{"a":null}{"b":null}'],
    ['an array', '[]'],
    ['a broken wrapper', '{"a":{"$oid":"12"}}'],
    ['one name twice', '{"a":null,"a":null}'],
    ['text that is no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
  ])('of ejson.gz is refused with %s', async (_, line) => {
    const lines = [...CONTENT['ejson.gz'](DOCUMENTS), ...Buffer.from(line), 0x0a]
    const part = gzipSync(Uint8Array.from(lines))
    await expect(read('ejson.gz', inChunks(part))).rejects.toMatchObject({ name: 'DamagedPart', documents: 3 })
  })
})

it('bson.gz gives every document back byte for byte', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyDocument(), { maxLength: 5 }),
      fc.integer({ min: 1, max: 400 }),
      async (drawn, size) => {
        const documents = drawn.map(bsonOf)
        const seen = await read('bson.gz', inChunks(partOf('bson.gz', documents), size))
        expect(hexOf(seen.documents)).toEqual(hexOf(documents))
      },
    ),
    { numRuns: 100 },
  )
})
