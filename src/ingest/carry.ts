/** The beginning of something whose end is in a later chunk. */
export class Carry {
  #bytes: Uint8Array = new Uint8Array()
  length = 0

  add(bytes: Uint8Array): void {
    const needed = this.length + bytes.length
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2, 64 * 1024))
      grown.set(this.#bytes.subarray(0, this.length))
      this.#bytes = grown
    }
    this.#bytes.set(bytes, this.length)
    this.length = needed
  }

  /** What was carried with these bytes after it, and nothing is carried any more. Valid until the next `add`. */
  finish(bytes: Uint8Array): Uint8Array {
    if (this.length === 0) return bytes
    this.add(bytes)
    const whole = this.#bytes.subarray(0, this.length)
    this.length = 0
    return whole
  }

  /** The first four bytes of what is carried, little-endian. */
  peekInt32(): number {
    return new DataView(this.#bytes.buffer).getInt32(0, true)
  }

  clear(): void {
    this.length = 0
  }
}
