import { serialize } from 'bson'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SegmentCutter } from '../../src/export/segment-cutter.js'
import type { RawBlock } from '../../src/ports/document-source.js'

/** Blocks as a source makes them: whole documents, with bytes that belong to none of them in between. */
function blocksOf(sizes: readonly number[], perBlock: number): RawBlock[] {
  const blocks: RawBlock[] = []
  for (let first = 0; first < sizes.length; first += perBlock) {
    const documents = sizes
      .slice(first, first + perBlock)
      .map((size, at) => serialize({ n: first + at, fill: 'x'.repeat(size) }))
    const gap = 3
    const bytes = new Uint8Array(documents.reduce((sum, document) => sum + gap + document.length, 0))
    const starts: number[] = []
    let offset = 0
    for (const document of documents) {
      starts.push(offset + gap)
      bytes.set(document, offset + gap)
      offset += gap + document.length
    }
    blocks.push({ bytes, starts: Uint32Array.from(starts) })
  }
  return blocks
}

/** The documents of each segment, in hex. */
function segmentsOf(blocks: readonly RawBlock[], cutter: SegmentCutter): string[][] {
  const segments: string[][] = [[]]
  for (const block of blocks) {
    for (const piece of cutter.cut(block)) {
      const view = new DataView(piece.bytes.buffer, piece.bytes.byteOffset, piece.bytes.byteLength)
      for (const start of piece.starts) {
        segments
          .at(-1)!
          .push(Buffer.from(piece.bytes.subarray(start, start + view.getInt32(start, true))).toString('hex'))
      }
      if (piece.last) segments.push([])
    }
  }
  return segments
}

const sizes = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 40 })

describe('SegmentCutter', () => {
  it('carries every document once and in order, however small the segments', () => {
    fc.assert(
      fc.property(
        sizes,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 400 }),
        (documents, perBlock, bytes) => {
          const blocks = blocksOf(documents, perBlock)
          const cut = segmentsOf(blocks, new SegmentCutter({ bytes })).flat()
          expect(cut).toEqual(
            documents.map((size, n) => Buffer.from(serialize({ n, fill: 'x'.repeat(size) })).toString('hex')),
          )
        },
      ),
    )
  })

  it('cuts at the same documents whatever the blocks were', () => {
    fc.assert(
      fc.property(
        sizes,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 5 }),
        (documents, a, b, multiple) => {
          const cut = (perBlock: number) =>
            segmentsOf(blocksOf(documents, perBlock), new SegmentCutter({ bytes: 200, multiple, bytesMost: 900 }))
          expect(cut(a)).toEqual(cut(b))
        },
      ),
    )
  })

  it('ends a segment at the document that fills it', () => {
    const size = serialize({ n: 0, fill: '' }).length
    const [first, second, rest] = segmentsOf(blocksOf([0, 0, 0, 0, 0], 5), new SegmentCutter({ bytes: 2 * size }))
    expect([first?.length, second?.length, rest?.length]).toEqual([2, 2, 1])
  })

  it('waits for a multiple of documents, but not past the most bytes', () => {
    const size = serialize({ n: 0, fill: '' }).length
    const counts = (bytesMost: number) =>
      segmentsOf(blocksOf(Array(12).fill(0), 5), new SegmentCutter({ bytes: size, multiple: 4, bytesMost })).map(
        part => part.length,
      )
    expect(counts(100 * size)).toEqual([4, 4, 4, 0])
    expect(counts(3 * size)).toEqual([3, 3, 3, 3, 0])
  })

  it('gives a document of more than half a segment one of its own, where it does not fit into the one before', () => {
    const counts = (...sizes: number[]) =>
      segmentsOf(blocksOf(sizes, 2), new SegmentCutter({ bytes: 1_000, multiple: 100, bytesMost: 1_000 }))
        .map(part => part.length)
        .filter(length => length > 0)
    expect(counts(900, 900, 900, 900)).toEqual([1, 1, 1, 1])
    expect(counts(10, 10, 10, 800, 900)).toEqual([4, 1])
    expect(counts(200, 200, 900, 5_000, 10)).toEqual([2, 1, 1, 1])
  })

  it('ends a segment with no document when the first of a block is too large for it', () => {
    const cutter = new SegmentCutter({ bytes: 1_000 })
    const [first, second] = blocksOf([500, 900], 1)
    expect([...cutter.cut(first!)].map(piece => [piece.starts.length, piece.last])).toEqual([[1, false]])
    expect([...cutter.cut(second!)].map(piece => [piece.starts.length, piece.last])).toEqual([
      [0, true],
      [1, false],
    ])
  })
})
