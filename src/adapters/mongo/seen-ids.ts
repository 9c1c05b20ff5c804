import type { RawBlock } from '../../ports/document-source.js'
import { idDocumentAt } from './document-id.js'
import { valueSize } from './element-size.js'

/** `_id` and its NUL, as one little-endian number. */
const ID_NAME = 0x0064695f
/** Fingerprints that there is room for at first. */
const FIRST_ROOM = 16_384

/**
 * Whether an `_id` came twice, by fingerprints of 64 bits: 8 bytes of memory for each document. Equal bytes have equal
 * fingerprints, so nothing that came twice is missed; that two different ones have the same happens once in some million
 * readings of 2,000,000 documents, and costs one more reading.
 */
export class SeenIds {
  #fingerprints = new Uint32Array(2 * FIRST_ROOM)
  #count = 0

  add(block: RawBlock): void {
    const { bytes, starts } = block
    this.#makeRoom(starts.length)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (let index = 0; index < starts.length; index++) {
      const start = starts[index]!
      // A server puts `_id` first, but for documents that it makes up itself.
      if (view.getInt32(start, true) > 9 && view.getUint32(start + 5, true) === ID_NAME) {
        const type = bytes[start + 4]!
        const end = start + view.getInt32(start, true) - 1
        const size = type === 7 ? 12 : valueSize(type, bytes, view, start + 9, end)
        if (size >= 0 && start + 9 + size <= end) {
          this.#keep(view, start + 9, size, type)
          continue
        }
      }
      const id = idDocumentAt(block, index)
      // What has none cannot be told from another.
      if (id !== undefined) this.#keep(new DataView(id.buffer), 9, id.length - 10, id[4]!)
    }
  }

  /** Sorts what was seen: to be asked once, at the end. */
  get repeated(): boolean {
    const sorted = new BigUint64Array(this.#fingerprints.buffer, 0, this.#count).sort()
    for (let index = 1; index < sorted.length; index++) if (sorted[index] === sorted[index - 1]) return true
    return false
  }

  #makeRoom(more: number): void {
    const wanted = 2 * (this.#count + more)
    if (wanted <= this.#fingerprints.length) return
    const larger = new Uint32Array(Math.max(wanted, 2 * this.#fingerprints.length))
    larger.set(this.#fingerprints.subarray(0, 2 * this.#count))
    this.#fingerprints = larger
  }

  /**
   * Two lanes of MurmurHash3's 32-bit rounds, each with multipliers of its own, and its finalizer over both. A function of
   * a library would cost a call and an object for each id.
   * Source: https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp
   */
  #keep(view: DataView, at: number, size: number, type: number): void {
    let one = type
    let other = size ^ 0x5bd1e995
    const whole = at + (size & ~3)
    let place = at
    for (; place < whole; place += 4) {
      const word = view.getInt32(place, true)
      one = round(one, word, 0xcc9e2d51, 0x1b873593)
      other = round(other, word, 0x239b961b, 0xab0e9789)
    }
    if (place < at + size) {
      let word = 0
      for (let last = at + size - 1; last >= place; last--) word = (word << 8) | view.getUint8(last)
      one = round(one, word, 0xcc9e2d51, 0x1b873593)
      other = round(other, word, 0x239b961b, 0xab0e9789)
    }
    one = mixed(one ^ size)
    other = mixed((other + one) | 0)
    this.#fingerprints[2 * this.#count] = (one + other) | 0
    this.#fingerprints[2 * this.#count + 1] = other
    this.#count++
  }
}

function round(hash: number, word: number, first: number, second: number): number {
  const scrambled = Math.imul(word, first)
  const next = hash ^ Math.imul((scrambled << 15) | (scrambled >>> 17), second)
  return (Math.imul((next << 13) | (next >>> 19), 5) + 0xe6546b64) | 0
}

function mixed(hash: number): number {
  let h = hash ^ (hash >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
