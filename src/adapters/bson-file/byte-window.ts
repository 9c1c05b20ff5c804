import { interruption } from '../../errors.js'
import type { Place } from './backup-error.js'
import type { ByteSource } from './byte-source.js'

/** What is read of a file at once, and so about what one block of documents has. */
export const WINDOW_BYTES: number = 4 * 1024 * 1024

/**
 * The bytes around a place in a file that only goes forward. Memory is never written to again once it was handed over: a
 * block of documents is a view into it, and the reader's to keep.
 */
export class ByteWindow {
  readonly #source: ByteSource
  readonly #file: string
  readonly #size: number
  readonly #signal: AbortSignal | undefined
  #bytes: Uint8Array = new Uint8Array()
  #view = new DataView(new ArrayBuffer(0))
  #start = 0
  #end = 0
  /** Of the first byte of `#bytes` in the file's content. */
  #offset = 0

  /** @param options.size bytes to read at once. @defaultValue {@link WINDOW_BYTES} */
  constructor(source: ByteSource, file: string, options: { size?: number; signal?: AbortSignal | undefined } = {}) {
    this.#source = source
    this.#file = file
    this.#size = options.size ?? WINDOW_BYTES
    this.#signal = options.signal
  }

  /** Of the next byte, or of one that is `ahead`. */
  place(ahead = 0): Place {
    return { file: this.#file, offset: this.#offset + this.#start + ahead, unpacked: this.#source.unpacked }
  }

  /** Bytes at hand. */
  get length(): number {
    return this.#end - this.#start
  }

  /**
   * Makes `count` bytes be at hand; false when the file ends before, and then what is left is.
   *
   * @throws the signal's reason, or `INTERRUPTED`; what reading throws
   */
  async has(count: number): Promise<boolean> {
    if (this.length >= count) return true
    if (this.#signal?.aborted) throw interruption(this.#signal)
    const bytes = Buffer.allocUnsafeSlow(Math.max(this.#size, count))
    bytes.set(this.#bytes.subarray(this.#start, this.#end))
    let end = this.length
    while (end < bytes.length) {
      const read = await this.#source.read(bytes.subarray(end))
      if (read === 0) break
      end += read
      if (this.#signal?.aborted) throw interruption(this.#signal)
    }
    this.#offset += this.#start
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#start = 0
    this.#end = end
    return end >= count
  }

  /** Of the bytes at hand: little-endian, `ahead` of the next one. */
  int32(ahead: number): number {
    return this.#view.getInt32(this.#start + ahead, true)
  }

  byte(ahead: number): number {
    return this.#bytes[this.#start + ahead]!
  }

  /** Goes on by `count` of the bytes at hand, which it hands over. */
  take(count: number): Uint8Array {
    const taken = this.#bytes.subarray(this.#start, this.#start + count)
    this.#start += count
    return taken
  }
}
