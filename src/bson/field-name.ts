/**
 * A field's name as it has been met, told from others by its bytes: no hash is made and no string. This is asked for every
 * field of every document, so it goes by four bytes at a time, the first and the last of them held right here.
 */
export class FieldName {
  /** UTF-8 with the NUL that ends it in BSON, so that a match is one of the whole name. */
  readonly name: Uint8Array
  /** Bytes of that. */
  readonly size: number
  readonly #first: number
  /** The four bytes that end with the NUL; they may overlap those before them. */
  readonly #last: number
  /** Those between. */
  readonly #middle: Int32Array

  /** @param name - with its NUL; kept */
  constructor(name: Uint8Array) {
    this.name = name
    this.size = name.length
    const view = new DataView(name.buffer, name.byteOffset, name.length)
    const isShort = name.length < 4
    this.#first = isShort ? 0 : view.getInt32(0, true)
    this.#last = isShort ? 0 : view.getInt32(name.length - 4, true)
    const middle = isShort ? 0 : Math.max(Math.ceil(name.length / 4) - 2, 0)
    this.#middle = Int32Array.from({ length: middle }, (_, index) => view.getInt32(4 * index + 4, true))
  }

  /** Whether this name, NUL and all, is the one at `start` and ends by `limit`, which is within the bytes. */
  isAt(bytes: Uint8Array, view: DataView, start: number, limit: number): boolean {
    const size = this.size
    if (start + size > limit) return false
    if (size < 4) return this.#isAtByByte(bytes, start)
    if (view.getInt32(start, true) !== this.#first || view.getInt32(start + size - 4, true) !== this.#last) return false
    if (size <= 8) return true
    const middle = this.#middle
    for (let index = 0, at = start + 4; index < middle.length; index++, at += 4) {
      if (view.getInt32(at, true) !== middle[index]) return false
    }
    return true
  }

  #isAtByByte(bytes: Uint8Array, start: number): boolean {
    const name = this.name
    for (let index = 0; index < name.length; index++) if (bytes[start + index] !== name[index]) return false
    return true
  }
}
