import { mappedBytes } from '../model/mapped-bytes.js'
import type { LeafSchema } from './schema.js'

/** Below this many bytes a loop is faster than making a subarray to copy from. */
const SHORT_COPY = 128

/**
 * Memory kept between pages, for values and for either kind of level: what pages of the usual size come to, twice at most by
 * growing. One larger document must not be paid for until the end.
 */
const KEPT_BYTES = 2.5 * 1024 * 1024
const KEPT_LEVELS = 512 * 1024

const HEX_DIGITS = new Uint8Array(512)
for (let byte = 0; byte < 256; byte++) {
  HEX_DIGITS[2 * byte] = '0123456789abcdef'.charCodeAt(byte >>> 4)
  HEX_DIGITS[2 * byte + 1] = '0123456789abcdef'.charCodeAt(byte & 15)
}

/**
 * The values of one leaf that are not in a page yet: in Parquet's PLAIN encoding, so that a string goes from BSON to the
 * page by one copy, with their levels. A row can be taken back as long as no later one was begun: {@link LeafBuffer.mark}
 * before its first value, {@link LeafBuffer.rollback} to undo.
 *
 * Each write makes one entry. A repetition level of 0 begins a row.
 */
export class LeafBuffer {
  readonly schema: LeafSchema
  /** Room; only the first `length` bytes mean anything. */
  bytes: Uint8Array<ArrayBuffer>
  view: DataView<ArrayBuffer>
  length = 0
  /** Entries, null or not. */
  entries = 0
  /**
   * A byte for each entry; of a leaf that is in no list only once there is a null, because without one the number of entries
   * says it all. A field that every document has is the most frequent there is.
   */
  definitions: Uint8Array
  /** Empty for a leaf that is in no list. */
  repetitions: Uint8Array
  /** Entries that hold no value. */
  nulls = 0
  readonly #definition: number
  readonly #repeated: boolean
  #markedLength = 0
  #markedEntries = 0
  #markedNulls = 0

  constructor(schema: LeafSchema) {
    this.schema = schema
    this.bytes = new Uint8Array(1024)
    this.view = new DataView(this.bytes.buffer)
    this.definitions = new Uint8Array(256)
    this.#definition = schema.definition
    this.#repeated = schema.repetition > 0
    this.repetitions = new Uint8Array(this.#repeated ? 256 : 0)
  }

  mark(): void {
    this.#markedLength = this.length
    this.#markedEntries = this.entries
    this.#markedNulls = this.nulls
  }

  /** Back to the last mark. */
  rollback(): void {
    this.length = this.#markedLength
    this.entries = this.#markedEntries
    this.nulls = this.#markedNulls
    const bits = (this.entries - this.nulls) & 7
    // The rest of a byte of booleans is in the page, where equal rows shall make equal bytes.
    if (bits > 0 && this.schema.physical === 'boolean') this.bytes[this.length - 1]! &= (1 << bits) - 1
    this.#trim()
  }

  /** Begins again in the same memory, unless that has grown out of proportion. */
  clear(): void {
    this.length = 0
    this.entries = 0
    this.nulls = 0
    this.mark()
    this.#trim()
  }

  /** Nothing here: what is missing is told by the definition level. */
  absent(definition: number, repetition: number): void {
    if (this.nulls++ === 0 && !this.#repeated) this.#fillDefinitions()
    this.#entry(definition, repetition)
  }

  /** Up to 2^31 bytes, `source[start, end)`; `sourceView` is over the same memory. */
  byteArray(repetition: number, source: Uint8Array, sourceView: DataView, start: number, end: number): void {
    const size = end - start
    const from = this.#room(repetition, size + 4)
    const { bytes, view } = this
    view.setInt32(from, size, true)
    let out = from + 4
    let at = start
    if (size >= SHORT_COPY) {
      bytes.set(source.subarray(start, end), out)
      return
    }
    for (; at + 4 <= end; at += 4, out += 4) view.setInt32(out, sourceView.getInt32(at, true), true)
    for (; at < end; at++, out++) bytes[out] = source[at]!
  }

  /** The bytes as text of two hex digits each. */
  hex(repetition: number, source: Uint8Array, start: number, end: number): void {
    const size = 2 * (end - start)
    const from = this.#room(repetition, size + 4)
    const bytes = this.bytes
    this.view.setInt32(from, size, true)
    for (let at = start, out = from + 4; at < end; at++, out += 2) {
      const digits = 2 * source[at]!
      bytes[out] = HEX_DIGITS[digits]!
      bytes[out + 1] = HEX_DIGITS[digits + 1]!
    }
  }

  int32(repetition: number, value: number): void {
    const from = this.#room(repetition, 4)
    this.view.setInt32(from, value, true)
  }

  /** Of two words, so that no bigint has to be made. Also a double by its bits: NaNs keep theirs. */
  words(repetition: number, low: number, high: number): void {
    const from = this.#room(repetition, 8)
    this.view.setInt32(from, low, true)
    this.view.setInt32(from + 4, high, true)
  }

  double(repetition: number, value: number): void {
    const from = this.#room(repetition, 8)
    this.view.setFloat64(from, value, true)
  }

  /** The unscaled value of a decimal; it fits, since the precision was kept. */
  decimal(repetition: number, unscaled: bigint): void {
    if (this.schema.physical === 'int32') {
      this.int32(repetition, Number(unscaled))
    } else if (this.schema.physical === 'int64') {
      const from = this.#room(repetition, 8)
      this.view.setBigInt64(from, unscaled, true)
    } else {
      const from = this.#room(repetition, 16)
      this.view.setBigInt64(from, unscaled >> 64n, false)
      this.view.setBigUint64(from + 8, BigInt.asUintN(64, unscaled), false)
    }
  }

  /** Eight to a byte, lowest bit first. */
  boolean(repetition: number, value: boolean): void {
    const index = this.entries - this.nulls
    const bit = 1 << (index & 7)
    // The number of values and not `length` says where it goes: a rollback may have left the last byte half full.
    this.length = index >>> 3
    const at = this.#room(repetition, 1)
    const below = this.bytes[at]! & (bit - 1)
    this.bytes[at] = value ? below | bit : below
  }

  /** Makes an entry with a value of so many bytes and says where it goes. */
  #room(repetition: number, size: number): number {
    this.#entry(this.#definition, repetition)
    const from = this.length
    const end = from + size
    if (end > this.bytes.length) this.#resize(end)
    this.length = end
    return from
  }

  #entry(definition: number, repetition: number): void {
    const index = this.entries++
    if (this.nulls === 0 && !this.#repeated) return
    if (index === this.definitions.length) this.#resizeLevels(2 * index)
    this.definitions[index] = definition
    if (this.#repeated) this.repetitions[index] = repetition
  }

  #trim(): void {
    if (this.bytes.length > KEPT_BYTES && this.length < KEPT_BYTES / 2) this.#resize(this.length)
    if (this.definitions.length > KEPT_LEVELS && this.entries < KEPT_LEVELS / 2) {
      this.#resizeLevels(Math.max(2 * this.entries, 256))
    }
  }

  #resize(wanted: number): void {
    const resized = mappedBytes(Math.max(wanted, 2 * this.length, 1024))
    resized.set(this.bytes.subarray(0, this.length))
    this.bytes = resized
    this.view = new DataView(resized.buffer, 0, resized.length)
  }

  /** Of the entries so far, which are all there. */
  #fillDefinitions(): void {
    if (this.entries >= this.definitions.length) this.definitions = new Uint8Array(2 * this.entries)
    this.definitions.fill(this.#definition, 0, this.entries)
  }

  #resizeLevels(room: number): void {
    this.definitions = resized(this.definitions, room, this.entries)
    if (this.#repeated) this.repetitions = resized(this.repetitions, room, this.entries)
  }
}

function resized(levels: Uint8Array, room: number, used: number): Uint8Array {
  const copy = new Uint8Array(room)
  copy.set(levels.subarray(0, Math.min(used, levels.length)))
  return copy
}
