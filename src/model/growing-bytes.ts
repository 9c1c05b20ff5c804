/** Addresses that are set aside at first: more than most parts come to. Only what is written to is memory. */
const FIRST_BYTES = 32 * 1024 * 1024

/**
 * Bytes that are put together from pieces, to be given away: to another thread, and from there to the lake.
 *
 * They are in a resizable ArrayBuffer, because those are mapped one by one and unmapped as soon as they are collected; glibc
 * would keep the memory of ordinary ones below 32 MiB ({@link mappedBytes}). And unlike an ordinary one that is made larger
 * than that for the purpose, it counts with the garbage collector as what is in it: 32 MiB for each part of 4 MB made it look
 * through the whole heap of the main thread for every second part, a tenth of all CPU of an export.
 */
export class GrowingBytes {
  #buffer: ArrayBuffer
  length = 0

  /** @param expected - how many there will be, if that is known */
  constructor(expected = 0) {
    this.#buffer = resizable(expected, expected === 0 ? FIRST_BYTES : expected)
  }

  append(piece: Uint8Array): void {
    const end = this.length + piece.length
    if (end > this.#buffer.byteLength) this.#grow(end)
    new Uint8Array(this.#buffer, this.length, piece.length).set(piece)
    this.length = end
  }

  /** What was appended, in an ArrayBuffer of its own and of just that size. Nothing can be appended after. */
  finish(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#buffer, 0, this.length)
  }

  #grow(wanted: number): void {
    if (wanted <= this.#buffer.maxByteLength) {
      this.#buffer.resize(wanted)
      return
    }
    const larger = resizable(wanted, 2 * wanted)
    new Uint8Array(larger).set(new Uint8Array(this.#buffer, 0, this.length))
    this.#buffer = larger
  }
}

function resizable(bytes: number, most: number): ArrayBuffer {
  return new ArrayBuffer(bytes, { maxByteLength: most })
}
