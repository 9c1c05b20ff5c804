import { expect } from 'vitest'
import { ByteSink } from '../../../src/bson/byte-sink.js'
import { writeJsonDocument } from '../../../src/bson/json-text.js'
import type * as hand from '../../bson/support/hand-made.js'
import { blockOf, newHotMemory, place } from './hot-memory.js'

/** Beyond what any of the documents here comes to. */
const AREA_BYTES = 4 * 1024 * 1024
/** What nothing writes. */
const UNTOUCHED = 0xa5

/** The JSON text of documents written twice: by JavaScript, and in linear memory, where all is used again and again. */
export class BothTexts {
  readonly #hot = newHotMemory()
  readonly #area = this.#hot.exports.allocate(AREA_BYTES)
  readonly #sink = new ByteSink(1024)

  /**
   * Holds the texts of the documents to each other, byte by byte.
   *
   * @param behind - what is in memory after the block
   * @returns how many linear memory left to JavaScript
   */
  compare(documents: readonly Uint8Array[], behind = 0xff): number {
    const block = blockOf(documents)
    const placed = place(this.#hot, block, behind)
    let left = 0
    for (const [index, start] of block.starts.entries()) {
      this.#sink.clear()
      writeJsonDocument(this.#sink, block.bytes, block.view, start)
      const at = this.#hot.offsetOf(placed.bytes) + start
      const end = at + documents[index]!.length
      const size = this.#hot.exports.writeJson(at, end, this.#area, this.#area + AREA_BYTES)
      if (size === 0) left++
      else this.#hold(size, documents[index]!)
    }
    return left
  }

  /** The same for a document with so many bytes to be written to. @returns whether they were enough; if not, the rest is as it was */
  compareWithin(document: Uint8Array, room: number): boolean {
    const placed = place(this.#hot, blockOf([document]))
    const at = this.#hot.offsetOf(placed.bytes)
    const behind = this.#hot.slice(this.#area + room, 1024)
    behind.fill(UNTOUCHED)
    const size = this.#hot.exports.writeJson(at, at + document.length, this.#area, this.#area + room)
    expect(behind.every(byte => byte === UNTOUCHED)).toBe(true)
    if (size === 0) return false
    this.#sink.clear()
    writeJsonDocument(this.#sink, placed.bytes, placed.view, 0)
    this.#hold(size, document)
    return true
  }

  #hold(size: number, document: Uint8Array): void {
    const wanted = this.#sink.view()
    const written = this.#hot.slice(this.#area, size)
    if (Buffer.compare(written, wanted) === 0) return
    const text = (bytes: Uint8Array) => Buffer.from(bytes).toString()
    expect(text(written), Buffer.from(document.subarray(0, 4096)).toString('hex')).toBe(text(wanted))
    expect.fail('other bytes, though the same as text')
  }
}

/** One document with these values, all of one type, in an array. */
export function arrayOf(type: number, values: readonly (hand.Bytes | Uint8Array)[]): Uint8Array {
  const size = values.reduce((sum, { length }) => sum + length + 2, 0)
  const bytes = new Uint8Array(size + 5 + 8)
  const view = new DataView(bytes.buffer)
  view.setInt32(0, bytes.length, true)
  bytes.set([0x04, 0x61, 0], 4)
  view.setInt32(7, size + 5, true)
  let at = 11
  for (const value of values) {
    // Names in arrays are not written, so none has one.
    bytes[at] = type
    bytes.set(value, at + 2)
    at += 2 + value.length
  }
  return bytes
}
