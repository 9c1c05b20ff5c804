/**
 * Writes structs in Thrift's compact protocol, as far as Parquet's headers and footer need it.
 *
 * Source: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */

const BOOLEAN_TRUE = 1
const BOOLEAN_FALSE = 2
const I32 = 5
const I64 = 6
const BINARY = 8
const LIST = 9
const STRUCT = 12

const textEncoder = new TextEncoder()

export class CompactWriter {
  #bytes = new Uint8Array(256)
  #length = 0
  /** Field ids are written as the difference from the one before within the same struct, so they must ascend. */
  #lastField = 0

  i32(field: number, value: number): void {
    this.#field(field, I32)
    this.#zigzag(value)
  }

  /** @param value - within ±2^52, as sizes and offsets of files are */
  i64(field: number, value: number): void {
    this.#field(field, I64)
    this.#zigzag(value)
  }

  boolean(field: number, value: boolean): void {
    this.#field(field, value ? BOOLEAN_TRUE : BOOLEAN_FALSE)
  }

  text(field: number, value: string): void {
    this.binary(field, textEncoder.encode(value))
  }

  binary(field: number, value: Uint8Array): void {
    this.#field(field, BINARY)
    this.#blob(value)
  }

  struct(field: number, members: () => void): void {
    this.#field(field, STRUCT)
    this.#members(members)
  }

  i32List(field: number, values: readonly number[]): void {
    this.#list(field, I32, values.length)
    for (const value of values) this.#zigzag(value)
  }

  textList(field: number, values: readonly string[]): void {
    this.#list(field, BINARY, values.length)
    for (const value of values) this.#blob(textEncoder.encode(value))
  }

  structList<T>(field: number, items: readonly T[], members: (item: T) => void): void {
    this.#list(field, STRUCT, items.length)
    for (const item of items) this.#members(() => members(item))
  }

  /** Ends the outermost struct and hands its bytes over, in a buffer of their own; the writer begins anew. */
  finish(): Uint8Array {
    this.#byte(0)
    const bytes = this.#bytes.slice(0, this.#length)
    this.#length = 0
    this.#lastField = 0
    return bytes
  }

  #members(members: () => void): void {
    const outer = this.#lastField
    this.#lastField = 0
    members()
    this.#byte(0)
    this.#lastField = outer
  }

  #field(field: number, type: number): void {
    const delta = field - this.#lastField
    // The long form of a field header exists for other ids; Parquet's never need it.
    if (delta < 1 || delta > 15) throw new RangeError(`field ${field} cannot follow field ${this.#lastField}`)
    this.#byte((delta << 4) | type)
    this.#lastField = field
  }

  #list(field: number, type: number, size: number): void {
    this.#field(field, LIST)
    if (size < 15) {
      this.#byte((size << 4) | type)
    } else {
      this.#byte(0xf0 | type)
      this.#varint(size)
    }
  }

  #blob(value: Uint8Array): void {
    this.#varint(value.length)
    this.#reserve(value.length)
    this.#bytes.set(value, this.#length)
    this.#length += value.length
  }

  #zigzag(value: number): void {
    this.#varint(value < 0 ? -2 * value - 1 : 2 * value)
  }

  /** By division and not by shifts, which would cut numbers at 32 bits. */
  #varint(value: number): void {
    let rest = value
    while (rest >= 0x80) {
      this.#byte((rest % 0x80) | 0x80)
      rest = Math.floor(rest / 0x80)
    }
    this.#byte(rest)
  }

  #byte(byte: number): void {
    this.#reserve(1)
    this.#bytes[this.#length++] = byte
  }

  #reserve(extra: number): void {
    if (this.#length + extra <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + extra))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
  }
}
