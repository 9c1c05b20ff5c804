/**
 * Reads structs in Thrift's compact protocol, as far as it takes to find a few numbers in Parquet's footer: what is not
 * wanted is stepped over.
 *
 * Source: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */

const [STOP, TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, STRUCT] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12,
]

/** Structs within structs: Parquet has a handful, and damaged bytes may pretend to have any number. */
const MAX_DEPTH = 64

export class CompactReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** The outermost struct's field of this id, an integer; undefined when it is not there. @throws RangeError for bytes that are no struct */
  integerField(wanted: number): bigint | undefined {
    let field = 0
    for (;;) {
      const header = this.#byte()
      if (header === STOP) return undefined
      field = header >> 4 === 0 ? Number(this.#zigzag()) : field + (header >> 4)
      const type = header & 15
      if (field === wanted && (type === I16 || type === I32 || type === I64)) return this.#zigzag()
      this.#skip(type, true, 0)
    }
  }

  #skip(type: number, isField: boolean, depth: number): void {
    if (depth > MAX_DEPTH) throw new RangeError('structs are nested too deep')
    switch (type) {
      case TRUE:
      case FALSE:
        // As a field its value is in the type.
        if (!isField) this.#byte()
        return
      case BYTE:
        this.#byte()
        return
      case I16:
      case I32:
      case I64:
        this.#varint()
        return
      case DOUBLE:
        this.#move(8)
        return
      case BINARY:
        this.#move(Number(this.#varint()))
        return
      case LIST:
      case SET: {
        const header = this.#byte()
        const size = header >> 4 === 15 ? Number(this.#varint()) : header >> 4
        for (let item = 0; item < size; item++) this.#skip(header & 15, false, depth + 1)
        return
      }
      case STRUCT:
        for (let header = this.#byte(); header !== STOP; header = this.#byte()) {
          if (header >> 4 === 0) this.#varint()
          this.#skip(header & 15, true, depth + 1)
        }
        return
      default:
        throw new RangeError(`type ${type} is not expected`)
    }
  }

  #zigzag(): bigint {
    const value = this.#varint()
    return value & 1n ? -((value + 1n) >> 1n) : value >> 1n
  }

  #varint(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#byte()
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    throw new RangeError('a number is too long')
  }

  #move(bytes: number): void {
    this.#at += bytes
    if (this.#at > this.#bytes.length) throw new RangeError('the bytes end within a struct')
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++]
    if (byte === undefined) throw new RangeError('the bytes end within a struct')
    return byte
  }
}
