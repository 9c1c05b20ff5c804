/** Grows as it is written; what it holds is copied out at the end. */
export class BsonBuffer {
  bytes: Uint8Array = new Uint8Array(16 * 1024)
  length = 0
  #view = new DataView(this.bytes.buffer)

  #reserve(count: number): void {
    const needed = this.length + count
    if (needed <= this.bytes.length) return
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2))
    grown.set(this.bytes.subarray(0, this.length))
    this.bytes = grown
    this.#view = new DataView(grown.buffer)
  }

  byte(value: number): void {
    this.#reserve(1)
    this.bytes[this.length++] = value
  }

  int32(value: number): void {
    this.#reserve(4)
    this.#view.setInt32(this.length, value, true)
    this.length += 4
  }

  int64(value: bigint): void {
    this.#reserve(8)
    this.#view.setBigInt64(this.length, value, true)
    this.length += 8
  }

  double(value: number): void {
    this.#reserve(8)
    this.#view.setFloat64(this.length, value, true)
    this.length += 8
  }

  copy(source: Uint8Array, start = 0, end: number = source.length): void {
    this.#reserve(end - start)
    this.bytes.set(start === 0 && end === source.length ? source : source.subarray(start, end), this.length)
    this.length += end - start
  }

  /** Leaves room to be filled in later. */
  skip(count: number): number {
    this.#reserve(count)
    this.length += count
    return this.length - count
  }

  setByte(at: number, value: number): void {
    this.bytes[at] = value
  }

  setInt32(at: number, value: number): void {
    this.#view.setInt32(at, value, true)
  }
}
