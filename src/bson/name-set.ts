import { randomInt } from 'node:crypto'
import { mappedBytes } from '../model/mapped-bytes.js'

/**
 * Multiplier of the hash of field names. Odd, and new in each process, so that nobody can prepare a document whose names
 * all fall into one slot. What a set answers does not depend on it.
 */
export const NAME_HASH: number = randomInt(0x1000_0000, 0x7fff_ffff) | 1

/**
 * The field names seen in one document or embedded document, as offsets into its bytes: an open-addressed table that is
 * emptied by counting a generation up.
 */
export class NameSet {
  #generation = 0
  #count = 0
  /** Slots whose generation is not the current one are free. */
  #generations = new Uint32Array(SMALL)
  #hashes = new Int32Array(SMALL)
  #starts = new Uint32Array(SMALL)

  clear(): void {
    // One document with a million names must not keep its table for good.
    if (this.#generations.length > MAX_KEPT) this.#allocate(SMALL)
    this.#count = 0
    if (++this.#generation === 0xffff_ffff) {
      this.#generations.fill(0)
      this.#generation = 1
    }
  }

  /**
   * Adds the NUL-terminated name at `start`, whose bytes hash to `hash` (multiply by {@link NAME_HASH}, add the byte).
   *
   * @returns false when it is in the set already
   */
  add(bytes: Uint8Array, start: number, hash: number): boolean {
    const mask = this.#generations.length - 1
    let slot = slotOf(hash, mask)
    while (this.#generations[slot] === this.#generation) {
      if (this.#hashes[slot] === hash && sameName(bytes, this.#starts[slot]!, start)) return false
      slot = (slot + 1) & mask
    }
    this.#put(slot, hash, start)
    if (++this.#count > (mask + 1) * 0.625) this.#grow()
    return true
  }

  #put(slot: number, hash: number, start: number): void {
    this.#generations[slot] = this.#generation
    this.#hashes[slot] = hash
    this.#starts[slot] = start
  }

  #allocate(slots: number): void {
    this.#generations = new Uint32Array(mappedBytes(4 * slots).buffer, 0, slots)
    this.#hashes = new Int32Array(mappedBytes(4 * slots).buffer, 0, slots)
    this.#starts = new Uint32Array(mappedBytes(4 * slots).buffer, 0, slots)
  }

  #grow(): void {
    const [generations, hashes, starts] = [this.#generations, this.#hashes, this.#starts]
    this.#allocate(generations.length * 2)
    const mask = this.#generations.length - 1
    for (let old = 0; old < generations.length; old++) {
      if (generations[old] !== this.#generation) continue
      let slot = slotOf(hashes[old]!, mask)
      while (this.#generations[slot] === this.#generation) slot = (slot + 1) & mask
      this.#put(slot, hashes[old]!, starts[old]!)
    }
  }
}

const SMALL = 64
/** Slots, of twelve bytes each, that a set keeps from one document to the next. */
const MAX_KEPT = 8192

/** Low bits of the hash depend on low bits of the name's bytes alone, so high ones are mixed in. */
function slotOf(hash: number, mask: number): number {
  return (hash ^ (hash >>> 15)) & mask
}

function sameName(bytes: Uint8Array, a: number, b: number): boolean {
  let i = 0
  while (bytes[a + i] === bytes[b + i]) {
    if (bytes[a + i] === 0) return true
    i++
  }
  return false
}
