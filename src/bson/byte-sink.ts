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

  /** @param capacity - room to begin with, in bytes */
  constructor(capacity: number = 64 * 1024) {
    this.bytes = new Uint8Array(Math.max(capacity, 64))
    this.words = new DataView(this.bytes.buffer)
  }

  /** Makes room for `extra` bytes more, at least doubling when it has to grow. */
  reserve(extra: number): void {
    const wanted = this.length + extra
    if (wanted > this.bytes.length) this.#grow(wanted)
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
    const grown = new Uint8Array(Math.max(wanted, this.bytes.length * 2))
    grown.set(this.view())
    this.bytes = grown
    this.words = new DataView(grown.buffer)
  }
}

/** Below this many bytes a loop is faster than making a subarray. */
const SHORT_COPY = 48
