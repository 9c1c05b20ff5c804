import { mappedBytes } from '../model/mapped-bytes.js'

/**
 * Growing bytes that everything is written to. Inner loops call {@link ByteSink.reserve} and then write to `bytes` and
 * `length` themselves; they read `bytes` again after each `reserve`, because growing replaces the array.
 */
export class ByteSink {
  /** Room; only the first `length` bytes mean anything. */
  bytes: Uint8Array<ArrayBuffer>
  /** The same memory, for words and floats. */
  words: DataView<ArrayBuffer>
  /** Bytes written so far. */
  length = 0
  readonly #capacity: number
  readonly #drain: (() => void) | undefined

  /**
   * @param capacity - room to begin with, in bytes
   * @param drain - called before the sink would grow; may take bytes from its beginning and make `length` smaller, so that
   * what one document comes to need not all be in memory
   */
  constructor(capacity: number = 64 * 1024, drain?: () => void) {
    this.#capacity = Math.max(capacity, 64)
    this.#drain = drain
    this.bytes = new Uint8Array(this.#capacity)
    this.words = new DataView(this.bytes.buffer)
  }

  /** Makes room for `extra` bytes more, and for some to come when it has to grow. */
  reserve(extra: number): void {
    const wanted = this.length + extra
    if (wanted > this.bytes.length) this.#grow(wanted)
  }

  /** Makes room for `extra` bytes more and for nothing else: for what is large, and known to be all. */
  reserveExactly(extra: number): void {
    const wanted = this.length + extra
    if (wanted > this.bytes.length) this.#resize(wanted)
  }

  byte(value: number): void {
    if (this.length === this.bytes.length) this.#grow(this.length + 1)
    this.bytes[this.length++] = value
  }

  /** Text whose characters are all below U+0080; anything else would be cut to its low byte. */
  ascii(text: string): void {
    this.reserve(text.length)
    const bytes = this.bytes
    let length = this.length
    for (let i = 0; i < text.length; i++) bytes[length++] = text.charCodeAt(i)
    this.length = length
  }

  /** `source[start]` up to, not including, `source[end]`. */
  copy(source: Uint8Array, start: number, end: number): void {
    this.reserve(end - start)
    const bytes = this.bytes
    let length = this.length
    if (end - start < SHORT_COPY) for (let i = start; i < end; i++) bytes[length++] = source[i]!
    else {
      bytes.set(source.subarray(start, end), length)
      length += end - start
    }
    this.length = length
  }

  /** Forgets what was written after the first `length` bytes. */
  truncate(length: number): void {
    if (length < this.length) this.length = length
  }

  /** Begins again in the same memory. */
  clear(): void {
    this.length = 0
  }

  /**
   * Lets memory go that has grown beyond `kept` bytes, down to the capacity it began with if that holds what was written:
   * one large document must not be paid for until the end.
   */
  shrink(kept: number): void {
    if (this.bytes.length > Math.max(kept, this.#capacity)) this.#resize(Math.max(this.length, this.#capacity))
  }

  /** What was written, without a copy: it changes with the next write. */
  view(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(0, this.length)
  }

  /** What was written, in an ArrayBuffer of its own and of just that size; the sink is empty again and keeps its memory. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.bytes.slice(0, this.length)
    this.length = 0
    return taken
  }

  #grow(wanted: number): void {
    const extra = wanted - this.length
    this.#drain?.()
    const least = this.length + extra
    const { length } = this.bytes
    if (least > length) this.#resize(Math.max(least, length < LARGE ? length * 2 : Math.ceil(length * LARGE_GROWTH)))
  }

  #resize(capacity: number): void {
    // All of it, where there is more than was asked for: it costs nothing until it is written to.
    const { buffer } = mappedBytes(capacity)
    const resized = new Uint8Array(buffer)
    resized.set(this.view())
    this.bytes = resized
    this.words = new DataView(buffer)
  }
}

/** From here on memory counts for more than the time to copy: while growing, old and new are there at once. */
const LARGE = 16 * 1024 * 1024
const LARGE_GROWTH = 1.25

/** Below this many bytes a loop is faster than making a subarray. */
const SHORT_COPY = 48
