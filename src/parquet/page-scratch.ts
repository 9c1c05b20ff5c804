import { mappedBytes } from '../model/mapped-bytes.js'
import type { LeafBuffer } from './leaf-buffer.js'
import { bitWidth, hybridBound, writeHybrid, writeRun } from './rle-hybrid.js'

/** Memory kept from page to page: a page of one large value must not be paid for until the end. */
const KEPT_BYTES = 4 * 1024 * 1024

/** Where uncompressed data pages are put together: repetition levels, definition levels, values. One for all columns. */
export class PageScratch {
  #bytes = new Uint8Array(64 * 1024)
  #view = new DataView(this.#bytes.buffer)
  #indices = new Uint32Array(16 * 1024)

  /** Room for the indices of so many values; what was there before is lost. */
  indices(count: number): Uint32Array {
    if (count > this.#indices.length) this.#indices = new Uint32Array(Math.max(count, 2 * this.#indices.length))
    return this.#indices
  }

  /** The last page is done with. */
  release(): void {
    if (this.#indices.byteLength > KEPT_BYTES) this.#indices = new Uint32Array(16 * 1024)
    if (this.#bytes.length <= KEPT_BYTES) return
    this.#bytes = new Uint8Array(64 * 1024)
    this.#view = new DataView(this.#bytes.buffer)
  }

  /** A page of the buffer's values as they are. Valid until the next page. */
  plainPage(buffer: LeafBuffer): Uint8Array {
    const end = this.#levels(buffer, buffer.length)
    this.#bytes.set(buffer.bytes.subarray(0, buffer.length), end)
    return this.#bytes.subarray(0, end + buffer.length)
  }

  /** A page of indices into a dictionary of so many entries. Valid until the next page. */
  indexPage(buffer: LeafBuffer, indices: Uint32Array, entries: number): Uint8Array {
    const count = buffer.entries - buffer.nulls
    // At least one: not every reader knows that a dictionary of one entry needs no bits.
    const width = Math.max(bitWidth(entries - 1), 1)
    const at = this.#levels(buffer, 1 + hybridBound(count, width))
    this.#bytes[at] = width
    return this.#bytes.subarray(0, writeHybrid(this.#bytes, at + 1, indices, count, width))
  }

  /** Writes both kinds of levels, leaves room for so many bytes of values, and says where those begin. */
  #levels({ schema, entries, nulls, repetitions, definitions }: LeafBuffer, room: number): number {
    const repetitionWidth = bitWidth(schema.repetition)
    const definitionWidth = bitWidth(schema.definition)
    const bound = 8 + hybridBound(entries, repetitionWidth) + hybridBound(entries, definitionWidth) + room
    if (bound > this.#bytes.length) {
      this.#bytes = mappedBytes(Math.max(bound, 2 * this.#bytes.length))
      this.#view = new DataView(this.#bytes.buffer)
    }
    const bytes = this.#bytes
    let start = 0
    let end = 0
    if (schema.repetition > 0) {
      end = writeHybrid(bytes, 4, repetitions, entries, repetitionWidth)
      this.#view.setInt32(0, end - 4, true)
      start = end
    }
    // All there is the most frequent case, and needs no look at each.
    if (nulls === 0) end = writeRun(bytes, start + 4, schema.definition, entries, definitionWidth)
    else end = writeHybrid(bytes, start + 4, definitions, entries, definitionWidth)
    this.#view.setInt32(start, end - start - 4, true)
    return end
  }
}
