import { type Document, serialize } from 'bson'
import { expect } from 'vitest'
import { ParquetPart, type ParquetPartOptions } from '../../../src/bson/parquet-part.js'
import { type Block, blockOf, newHotMemory, place } from './hot-memory.js'

/** Compressed pages would show less of what is not the same. */
const PLAIN = { parquet: 'none', zstdLevel: 1, gzipLevel: 1 } as const

export const bsonOf = (document: Document): Uint8Array => serialize(document, { ignoreUndefined: false })

/** One part written twice: by JavaScript alone, and with linear memory. */
export class BothParts {
  readonly #hot = newHotMemory()
  readonly #part: ParquetPart
  readonly #inLinearMemory: ParquetPart

  constructor(options: ParquetPartOptions) {
    this.#part = new ParquetPart({ compression: PLAIN, ...options })
    this.#inLinearMemory = new ParquetPart({ compression: PLAIN, ...options, memory: this.#hot })
  }

  add(documents: readonly Uint8Array[]): this {
    const block = blockOf(documents)
    addAll(this.#part, block)
    addAll(this.#inLinearMemory, place(this.#hot, block))
    expect(this.#inLinearMemory.rows).toBe(this.#part.rows)
    // A look at whether a part is full must come out the same, or parts end at other rows.
    expect(this.#inLinearMemory.bufferedBytes).toBe(this.#part.bufferedBytes)
    return this
  }

  /** @returns the file, which is the same by both ways */
  finish(): Uint8Array {
    const [file, wanted] = [this.#inLinearMemory.finish(), this.#part.finish()]
    // Not toEqual, which takes seconds for a megabyte.
    if (Buffer.compare(file, wanted) !== 0) {
      const at = file.findIndex((byte, index) => byte !== wanted[index])
      expect.fail(`${file.length} bytes for ${wanted.length}, another one at ${at}`)
    }
    return file
  }
}

export function addAll(part: ParquetPart, { bytes, view, starts }: Block): void {
  for (const start of starts) part.add(bytes, view, start, start + view.getInt32(start, true))
}
