import type { RawBlock } from '../ports/document-source.js'

/** A block is given out when it has this many bytes or more. */
const BLOCK_BYTES = 1024 * 1024

/** Gathers documents into blocks, copying each once. */
export class BlockBuilder {
  #bytes = new Uint8Array(BLOCK_BYTES)
  #length = 0
  #starts: number[] = []

  /** @returns a block, when with this document it is full */
  add(document: Uint8Array): RawBlock | undefined {
    const needed = this.#length + document.length
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(needed)
      grown.set(this.#bytes.subarray(0, this.#length))
      this.#bytes = grown
    }
    this.#bytes.set(document, this.#length)
    this.#starts.push(this.#length)
    this.#length = needed
    return needed >= BLOCK_BYTES ? this.take() : undefined
  }

  /** What there is, or undefined when that is nothing; begins anew. */
  take(): RawBlock | undefined {
    if (this.#starts.length === 0) return undefined
    const block = { bytes: this.#bytes.subarray(0, this.#length), starts: Uint32Array.from(this.#starts) }
    this.#bytes = new Uint8Array(BLOCK_BYTES)
    this.#length = 0
    this.#starts = []
    return block
  }
}
