import type { Row } from '../../ports/query-engine.js'

/**
 * Lines for rows that come sorted by `_id`. Different ids can have one text (the string `5f…` and the ObjectId `5f…`),
 * and engines order such rows as they like: their lines are held back until the next id and sorted, so that every
 * engine's file is the same.
 */
export class SameIdLines {
  readonly #linesOf: (row: Row) => readonly string[]
  #id: unknown
  #groups: (readonly string[])[] = []

  /** @param linesOf - the lines of one document, in their order */
  constructor(linesOf: (row: Row) => readonly string[]) {
    this.#linesOf = linesOf
  }

  /** The lines that are settled now. */
  *push(rows: readonly Row[]): Generator<string> {
    for (const row of rows) {
      if (row[0] !== this.#id) yield* this.end()
      this.#id = row[0]
      this.#groups.push(this.#linesOf(row))
    }
  }

  *end(): Generator<string> {
    const groups = this.#groups
    this.#groups = []
    if (groups.length > 1) groups.sort((a, b) => Buffer.compare(Buffer.from(a.join('\n')), Buffer.from(b.join('\n'))))
    for (const group of groups) yield* group
  }
}
