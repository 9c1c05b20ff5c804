import { Carry } from './carry.js'
import type { Framed, Framer } from './framed-text.js'

/** `maxBsonObjectSize` and the 16 KiB that MongoDB allows itself on top, in bytes. */
const MAX_BSON_BYTES = 16 * 1024 * 1024 + 16 * 1024

/** Documents one after another, as `mongodump` writes them. "Line" is the number of the document, from 1. */
export class BsonFramer implements Framer {
  readonly #carry = new Carry()
  #line = 1
  #wanted: number | undefined
  #lost = false

  get line(): number {
    return this.#line
  }

  *push(chunk: Uint8Array): Generator<Framed> {
    let at = 0
    while (!this.#lost && at < chunk.length) {
      // Its first four bytes are its length, and belong to it.
      const missing = (this.#wanted ?? 4) - this.#carry.length
      const taken = chunk.subarray(at, at + missing)
      at += taken.length
      if (taken.length < missing) return this.#carry.add(taken)
      if (this.#wanted === undefined) {
        this.#carry.add(taken)
        const length = this.#carry.peekInt32()
        if (length < 5 || length > MAX_BSON_BYTES) {
          this.#lost = true
          const reason = `document ${this.#line} says it has ${length} bytes: this is no BSON, and nothing after it can be found`
          yield { kind: 'problem', line: this.#line, reason }
          return
        }
        this.#wanted = length
      } else {
        this.#wanted = undefined
        yield { kind: 'text', bytes: this.#carry.finish(taken), line: this.#line }
        this.#line += 1
      }
    }
  }

  *end(): Generator<Framed> {
    if (this.#lost || this.#carry.length === 0) return
    yield { kind: 'problem', line: this.#line, reason: `document ${this.#line} is cut off at the end of the file` }
  }
}
