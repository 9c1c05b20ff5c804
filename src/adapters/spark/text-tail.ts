/** Characters that are kept of a stream. */
const KEPT = 65_536

/** The end of a text that comes in pieces, in bounded memory. */
export class TextTail {
  readonly #decoder = new TextDecoder()
  readonly #kept: number
  #text = ''

  constructor(kept: number = KEPT) {
    this.#kept = kept
  }

  add(chunk: Uint8Array): void {
    this.#text += this.#decoder.decode(chunk, { stream: true })
    // Not at each piece: that would copy the whole text for a line.
    if (this.#text.length > 2 * this.#kept) this.#text = this.#text.slice(-this.#kept)
  }

  get text(): string {
    return this.#text.slice(-this.#kept)
  }
}
