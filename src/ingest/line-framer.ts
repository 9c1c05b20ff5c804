import { Carry } from './carry.js'
import { type Framed, type Framer, MAX_TEXT_BYTES, tooLong } from './framed-text.js'

const LF = 0x0a

/** JSON Lines: every line stands for itself, so a broken one costs no other. Blank lines are none. */
export class LineFramer implements Framer {
  readonly #carry = new Carry()
  readonly #maxBytes: number
  #line = 1
  /** Within a line that is too long, already told. */
  #skipping = false

  /** @param maxBytes - of one line */
  constructor(maxBytes: number = MAX_TEXT_BYTES) {
    this.#maxBytes = maxBytes
  }

  get line(): number {
    return this.#line
  }

  *push(chunk: Uint8Array): Generator<Framed> {
    let from = 0
    for (;;) {
      const newline = chunk.indexOf(LF, from)
      if (newline < 0) break
      if (!this.#skipping) yield* this.#whole(this.#carry.finish(chunk.subarray(from, newline)))
      this.#skipping = false
      this.#line += 1
      from = newline + 1
    }
    if (this.#skipping) return
    const rest = chunk.subarray(from)
    if (this.#carry.length + rest.length <= this.#maxBytes) return this.#carry.add(rest)
    this.#carry.clear()
    this.#skipping = true
    yield { kind: 'problem', line: this.#line, reason: tooLong(this.#maxBytes) }
  }

  *end(): Generator<Framed> {
    if (!this.#skipping) yield* this.#whole(this.#carry.finish(new Uint8Array()))
  }

  *#whole(bytes: Uint8Array): Generator<Framed> {
    for (const byte of bytes) {
      if (byte === 0x20 || byte === 0x09 || byte === 0x0d) continue
      yield { kind: 'text', bytes, line: this.#line }
      return
    }
  }
}
