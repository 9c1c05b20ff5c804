import { findId, ID_HEADER } from './id-text.js'
import { valueEnd } from './walk.js'

/** Fingerprints that there is room for at first. */
const FIRST_ROOM = 1024

/**
 * Fingerprints of 64 bits of the `_id`s of documents, by which it is found whether one came twice: equal bytes have equal
 * ones. That two different ids have the same happens once in some million sets of 2,000,000.
 */
export class IdFingerprints {
  #words = new Uint32Array(2 * FIRST_ROOM)
  #count = 0

  /** @throws MalformedBson when the document is damaged before the end of its `_id` */
  add(bytes: Uint8Array, view: DataView, start: number): void {
    const element = findId(bytes, view, start)
    // What has none cannot be told from another.
    if (element === -1) return
    const at = element + ID_HEADER
    const type = bytes[element]!
    const end = type === 7 ? at + 12 : valueEnd(type, bytes, view, at)
    if (2 * this.#count === this.#words.length) this.#grow()
    this.#keep(view, at, end, type)
  }

  /** Those since the last call, in memory of their own: two words each. */
  take(): Uint32Array<ArrayBuffer> {
    const taken = this.#words.slice(0, 2 * this.#count)
    this.#count = 0
    return taken
  }

  #grow(): void {
    const larger = new Uint32Array(2 * this.#words.length)
    larger.set(this.#words)
    this.#words = larger
  }

  /**
   * Two lanes of MurmurHash3's 32-bit rounds, each with multipliers of its own, and its finalizer over both: a library's
   * function would cost a call and an object for each id.
   * Source: https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp
   */
  #keep(view: DataView, at: number, end: number, type: number): void {
    const size = end - at
    let one = type
    let other = size ^ 0x5bd1e995
    let place = at
    for (; place + 4 <= end; place += 4) {
      const word = view.getInt32(place, true)
      one = round(one, word, 0xcc9e2d51, 0x1b873593)
      other = round(other, word, 0x239b961b, 0xab0e9789)
    }
    if (place < end) {
      let word = 0
      for (let last = end - 1; last >= place; last--) word = (word << 8) | view.getUint8(last)
      one = round(one, word, 0xcc9e2d51, 0x1b873593)
      other = round(other, word, 0x239b961b, 0xab0e9789)
    }
    one = mixed(one ^ size)
    other = mixed((other + one) | 0)
    this.#words[2 * this.#count] = (one + other) | 0
    this.#words[2 * this.#count + 1] = other
    this.#count++
  }
}

/**
 * Whether two of all are equal. Sorts them, in memory of its own: the sort is the engine's, 12 ms for 200,000, where a table
 * that is filled as they come takes several times that on a thread whose code is not compiled yet.
 */
export function anyTwice(fingerprints: readonly Uint32Array[]): boolean {
  const words = new Uint32Array(fingerprints.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const some of fingerprints) {
    words.set(some, at)
    at += some.length
  }
  new BigUint64Array(words.buffer).sort()
  for (let index = 2; index < words.length; index += 2)
    if (words[index] === words[index - 2] && words[index + 1] === words[index - 1]) return true
  return false
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
