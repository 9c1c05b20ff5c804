/** A struct of Thrift's compact protocol by field id; structs within as such, binaries as bytes, numbers as numbers. */
export type ThriftStruct = { readonly [field: number]: ThriftValue }
export type ThriftValue = number | boolean | Uint8Array | ThriftStruct | readonly ThriftValue[]

/**
 * Reads what the writer wrote, by the specification and as plainly as can be:
 * https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
export class ThriftReader {
  readonly bytes: Uint8Array
  offset: number

  constructor(bytes: Uint8Array, offset = 0) {
    this.bytes = bytes
    this.offset = offset
  }

  struct(): ThriftStruct {
    const struct: Record<number, ThriftValue> = {}
    let field = 0
    for (let header = this.#byte(); header !== 0; header = this.#byte()) {
      field = header >> 4 === 0 ? this.#zigzag() : field + (header >> 4)
      struct[field] = this.#value(header & 15, true)
    }
    return struct
  }

  #value(type: number, isField: boolean): ThriftValue {
    switch (type) {
      case 1:
      case 2:
        return isField ? type === 1 : this.#byte() === 1
      case 4:
      case 5:
      case 6:
        return this.#zigzag()
      case 8: {
        const length = this.#varint()
        this.offset += length
        return this.bytes.slice(this.offset - length, this.offset)
      }
      case 9: {
        const header = this.#byte()
        const size = header >> 4 === 15 ? this.#varint() : header >> 4
        return Array.from({ length: size }, () => this.#value(header & 15, false))
      }
      case 12:
        return this.struct()
      default:
        throw new Error(`type ${type} is not expected`)
    }
  }

  #zigzag(): number {
    const value = this.#varint()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  #varint(): number {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = this.#byte()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      scale *= 0x80
    }
  }

  #byte(): number {
    const byte = this.bytes[this.offset++]
    if (byte === undefined) throw new Error('the bytes end within a struct')
    return byte
  }
}
