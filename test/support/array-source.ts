import { type Document, deserialize, serialize } from 'bson'
import type { DocumentSource, IdRange, RawBlock, SourceSnapshot } from '../../src/ports/document-source.js'

export interface ArraySourceOptions {
  /** Documents in one block. @defaultValue 7 */
  readonly perBlock?: number
  /** Readers that `ranges` offers, whatever is asked for. @defaultValue 1 */
  readonly readers?: number
  /** Called before each block: throw, wait or abort here. */
  readonly beforeBlock?: (documentsRead: number) => Promise<void> | void
}

/**
 * A DocumentSource over documents in memory, for what a real server cannot be made to do on cue: failing, waiting or
 * being interrupted at one exact document. What a server does by itself is tested on a real one.
 */
export function arraySource(documents: readonly Uint8Array[], options: ArraySourceOptions = {}): DocumentSource {
  const { perBlock = 7, readers = 1, beforeBlock } = options
  const size = Math.max(1, Math.ceil(documents.length / readers))
  const bound = (index: number): Uint8Array => serialize({ index })
  const snapshot: SourceSnapshot = {
    guarantee: { kind: 'majority', reason: 'documents in memory' },
    order: 'id',
    resumable: true,
    ranges: async () =>
      Array.from(
        { length: readers },
        (_, reader): IdRange => ({
          from: reader === 0 ? undefined : bound(reader * size),
          until: reader === readers - 1 ? undefined : bound((reader + 1) * size),
        }),
      ),
    sample: async count => blockOf(documents.slice(0, count)),
    async *read(range, { after } = {}) {
      const index = (at: Uint8Array | undefined, otherwise: number): number =>
        at ? Number(deserialize(at)['index']) : otherwise
      const mine = documents.slice(index(range.from, 0), index(range.until, documents.length)).slice(after?.documents)
      for (let first = 0; first < mine.length; first += perBlock) {
        await beforeBlock?.(first)
        yield blockOf(mine.slice(first, first + perBlock))
      }
    },
    close: async () => undefined,
  }
  return {
    server: 'memory',
    database: 'test',
    inspect: async () => ({
      kind: 'collection',
      bytes: documents.reduce((sum, one) => sum + one.length, 0),
    }),
    estimateCount: async () => documents.length,
    open: async () => snapshot,
    close: async () => undefined,
  }
}

export function bsonOf(documents: readonly Document[]): Uint8Array[] {
  return documents.map(document => serialize(document))
}

/** Documents next to each other, as they come from a source. */
export function blockOf(documents: readonly Uint8Array[]): RawBlock {
  const starts: number[] = []
  let offset = 0
  for (const document of documents) {
    starts.push(offset)
    offset += document.length
  }
  const bytes = new Uint8Array(offset)
  for (const [index, document] of documents.entries()) bytes.set(document, starts[index])
  return { bytes, starts: Uint32Array.from(starts) }
}
