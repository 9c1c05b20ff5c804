import { LARGE_BYTES } from './mapped-bytes.js'

/** Addresses that are set aside for large ones: more than most parts come to. Only what is written to is memory. */
const ASIDE_BYTES = 32 * 1024 * 1024

/**
 * Bytes that are put together from pieces, to be given away: to another thread, and from there to the lake.
 *
 * Large ones are in a resizable ArrayBuffer, because those are mapped one by one and unmapped as soon as they are collected;
 * glibc would keep the memory of ordinary ones below 32 MiB ({@link mappedBytes}). And unlike an ordinary one that is made
 * larger than that for the purpose, it counts with the garbage collector as what is in it: 32 MiB for each part of 4 MB made
 * it look through the whole heap of the main thread for every second part, a tenth of all CPU of an export. Small ones are in
 * ordinary memory: there may be thousands of them, and a process has only so many mappings.
 */
export class GrowingBytes {
  #buffer: ArrayBuffer
  length = 0

  /** @param expected - how many there will be, if that is known */
  constructor(expected = 0) {
    this.#buffer = expected < LARGE_BYTES ? new ArrayBuffer(expected) : resizable(expected, expected)
  }

  append(piece: Uint8Array): void {
    const end = this.length + piece.length
    if (end > this.#buffer.byteLength) this.#grow(end)
    new Uint8Array(this.#buffer, this.length, piece.length).set(piece)
    this.length = end
  }

  /** What was appended, in an ArrayBuffer of its own and of just that size. Nothing can be appended after. */
  finish(): Uint8Array<ArrayBuffer> {
    const { length } = this
    return new Uint8Array(this.#buffer.byteLength === length ? this.#buffer : this.#buffer.slice(0, length), 0, length)
  }

  #grow(wanted: number): void {
    if (this.#buffer.resizable && wanted <= this.#buffer.maxByteLength) {
      this.#buffer.resize(wanted)
      return
    }
    const larger =
      wanted < LARGE_BYTES
        ? new ArrayBuffer(Math.min(2 * wanted, LARGE_BYTES))
        : resizable(wanted, Math.max(ASIDE_BYTES, 2 * wanted))
    new Uint8Array(larger).set(new Uint8Array(this.#buffer, 0, this.length))
    this.#buffer = larger
  }
}

function resizable(bytes: number, most: number): ArrayBuffer {
  return new ArrayBuffer(bytes, { maxByteLength: most })
}
