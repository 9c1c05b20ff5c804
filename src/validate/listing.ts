import type { Row } from '../ports/query-engine.js'
import { LineParts } from './line-parts.js'
import { SameIdLines } from './read/same-id.js'

/** A list of documents on its way from the engine's pages to parts on the lake. */
export class Listing {
  readonly #parts: LineParts
  readonly #order = new SameIdLines(row => this.linesOf(row))
  /** The lines of one document, in their order. Set when the statement is written. */
  linesOf: (row: Row) => readonly string[] = () => []

  /** @param put - stores one part and tells its key */
  constructor(put: (part: number, body: Uint8Array) => Promise<string>) {
    this.#parts = new LineParts(put)
  }

  get count(): number {
    return this.#parts.count
  }

  async write(page: readonly Row[]): Promise<void> {
    await this.#parts.write(this.#order.push(page))
  }

  /** The keys of all parts. */
  async end(): Promise<readonly string[]> {
    await this.#parts.write(this.#order.end())
    return this.#parts.end()
  }
}
