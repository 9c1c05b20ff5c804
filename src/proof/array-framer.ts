import { Carry } from '../ingest/carry.js'
import { DamagedPart } from '../ingest/read-lossless.js'

const [QUOTE, COMMA, BACKSLASH, OPEN_ARRAY, CLOSE_ARRAY, OPEN, CLOSE] = [0x22, 0x2c, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d]

/**
 * The documents of a `json` chunk, which is one array: brackets and strings are followed, the rest is taken as it is. For
 * chunks that an export wrote and whose SHA-256 is right, so it forgives nothing.
 */
export class ArrayFramer {
  readonly #carry = new Carry()
  /** Brackets that are open. */
  #depth = 0
  #inString = false
  #escaped = false
  #ended = false
  #documents = 0

  /** @throws {@link DamagedPart} when the array is not closed */
  end(): void {
    if (!this.#ended) throw this.#damage('the array is not closed')
  }

  /** The text of each document that ends in this chunk; valid until more is asked for. @throws {@link DamagedPart} */
  *push(chunk: Uint8Array): Generator<Uint8Array> {
    let start = 0
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]!
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false
        else if (byte === BACKSLASH) this.#escaped = true
        else if (byte === QUOTE) this.#inString = false
        continue
      }
      switch (byte) {
        case QUOTE:
          if (this.#depth < 2) throw this.#damage('text that is in no document')
          this.#inString = true
          break
        case OPEN:
        case OPEN_ARRAY:
          if (this.#ended || (this.#depth < 2 && byte !== (this.#depth === 0 ? OPEN_ARRAY : OPEN)))
            throw this.#damage('a bracket that does not belong there')
          if (this.#depth === 1) start = at
          this.#depth += 1
          break
        case CLOSE:
        case CLOSE_ARRAY:
          this.#depth -= 1
          if (this.#depth === 1) {
            this.#documents += 1
            yield this.#carry.finish(chunk.subarray(start, at + 1))
          } else if (this.#depth === 0) this.#ended = true
          else if (this.#depth < 0) throw this.#damage('a bracket that closes nothing')
          break
        default:
          if (this.#depth < 2 && byte !== COMMA && byte > 0x20) throw this.#damage('text that is in no document')
      }
    }
    if (this.#depth > 1) this.#carry.add(chunk.subarray(start))
  }

  #damage(reason: string): DamagedPart {
    return new DamagedPart(`${reason}, after document ${this.#documents}`, this.#documents)
  }
}
