import type { LeafBuffer } from './leaf-buffer.js'

/** Bounds of one dictionary. Readers hold it in memory while they read the chunk. */
const MAX_ENTRIES = 32 * 1024
const MAX_BYTES = 512 * 1024

/** What the first values of a chunk may come to, lest much is spent on a dictionary that is no use. */
const SAMPLE = 512
const SAMPLE_ENTRIES = 470
const SAMPLE_BYTES = 32 * 1024
/** A dictionary is of use when its values come so many times on average: zstd does well by itself with those that don't. */
const LEAST_REPEATS = 2

/** Values that fall into one slot in such numbers were made to; they shall not cost us time. */
const MAX_PROBES = 256

/**
 * The distinct values of one column chunk, where there are few: pages then hold indices. What is stored for an entry is
 * its PLAIN encoding as it stands in the leaf's buffer, so one way serves every type.
 *
 * Source: https://github.com/apache/parquet-format/blob/master/Encodings.md, "Dictionary Encoding"
 */
export class Dictionary {
  readonly #width: number
  /** Entries one after another. */
  #bytes = new Uint8Array(1024)
  #view = new DataView(this.#bytes.buffer)
  #length = 0
  /** Where each entry begins, and where the last one ends. */
  #starts = new Uint32Array(256)
  #hashes = new Int32Array(256)
  /** Number of an entry plus 1, or 0, by hash. Twice as many as entries fit. */
  #slots = new Uint32Array(512)
  /** How many. */
  entries = 0
  /** Bytes that the entries may have by now. */
  #limit = SAMPLE_BYTES
  /** Whether later pages of the chunk do without. */
  #closed = false

  /** @param width - bytes of each value, or 0 where each begins with its length */
  constructor(width: number) {
    this.#width = width
  }

  /** Begins the dictionary of another chunk. */
  clear(): void {
    this.#slots.fill(0)
    this.#length = 0
    this.#limit = SAMPLE_BYTES
    this.entries = 0
    this.#closed = false
  }

  /** The dictionary page. */
  get plain(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  /**
   * Finds or makes the entry of each value in the buffer. False when this page, and every later one of the chunk, is
   * better off without; the dictionary is then as it was before.
   *
   * @param indices - receives the number of each value's entry; has room for them
   */
  encode(buffer: LeafBuffer, indices: Uint32Array): boolean {
    const count = buffer.entries - buffer.nulls
    if (this.#closed || count === 0) return false
    const before = this.entries
    if (this.#encode(buffer, indices, count) && (this.entries - before) * LEAST_REPEATS <= count) return true
    this.entries = before
    this.#length = this.#starts[before]!
    this.#closed = true
    return false
  }

  #encode(buffer: LeafBuffer, indices: Uint32Array, count: number): boolean {
    const { bytes, view } = buffer
    const width = this.#width
    const isFirst = this.entries === 0
    let at = 0
    for (let value = 0; value < count; value++) {
      const size = width === 0 ? 4 + view.getInt32(at, true) : width
      const index = this.#find(bytes, view, at, at + size)
      if (index === MAX_ENTRIES) return false
      indices[value] = index
      at += size
      if (value === SAMPLE && isFirst) {
        if (this.entries > SAMPLE_ENTRIES) return false
        this.#limit = MAX_BYTES
      }
    }
    return true
  }

  /** The number of the entry, made if need be; {@link MAX_ENTRIES} when that can't be. A value has four bytes or more. */
  #find(bytes: Uint8Array, view: DataView, start: number, end: number): number {
    const last = end - 4
    let hash = view.getInt32(last, true)
    for (let at = start; at < last; at += 4)
      hash = Math.imul(hash ^ (hash >>> 15) ^ view.getInt32(at, true), 0x9e3779b1)
    hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b)
    hash ^= hash >>> 13
    const mask = this.#slots.length - 1
    let slot = hash & mask
    let probes = 0
    for (let entry = this.#slots[slot]!; entry !== 0; entry = this.#slots[slot]!) {
      if (this.#isEntry(entry - 1, view, start, last)) return entry - 1
      slot = (slot + 1) & mask
      if (++probes === MAX_PROBES) return MAX_ENTRIES
    }
    if (this.entries === MAX_ENTRIES || this.#length + end - start > this.#limit) return MAX_ENTRIES
    this.#hashes[this.entries] = hash
    this.#slots[slot] = this.entries + 1
    return this.#append(bytes, start, end)
  }

  /**
   * Word by word; the last may overlap the one before it. Both are of one size, or else the first word tells them apart,
   * which is the length.
   */
  #isEntry(index: number, view: DataView, start: number, last: number): boolean {
    const own = this.#view
    const offset = this.#starts[index]! - start
    for (let at = start; at < last; at += 4) {
      if (own.getInt32(at + offset, true) !== view.getInt32(at, true)) return false
    }
    return own.getInt32(last + offset, true) === view.getInt32(last, true)
  }

  #append(bytes: Uint8Array, start: number, end: number): number {
    const index = this.entries++
    const from = this.#length
    this.#length += end - start
    if (this.#length > this.#bytes.length) this.#growBytes()
    for (let at = start, out = from; at < end; at++, out++) this.#bytes[out] = bytes[at]!
    this.#starts[index] = from
    this.#starts[index + 1] = this.#length
    if (this.entries === this.#starts.length - 1) this.#growEntries()
    return index
  }

  #growBytes(): void {
    const grown = new Uint8Array(2 * this.#length)
    grown.set(this.#bytes)
    this.#bytes = grown
    this.#view = new DataView(grown.buffer)
  }

  #growEntries(): void {
    const starts = new Uint32Array(2 * this.#starts.length)
    starts.set(this.#starts)
    const hashes = new Int32Array(starts.length)
    hashes.set(this.#hashes)
    const slots = new Uint32Array(2 * starts.length)
    const mask = slots.length - 1
    for (let index = 0; index < this.entries; index++) {
      let slot = hashes[index]! & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = index + 1
    }
    this.#starts = starts
    this.#hashes = hashes
    this.#slots = slots
  }
}
