/** How old a total may be, in milliseconds. */
const FRESH_MS = 1_000
/** Of different conditions. */
const MOST_KEPT = 500

/**
 * Counts that are asked for with every page. One is kept for a second, so that a page is one question to the database; a
 * write of ours makes all of them new at once, and those who ask for the same at the same time wait for one answer.
 */
export class Totals {
  readonly #kept = new Map<string, { readonly total: number; readonly at: number }>()
  readonly #asked = new Map<string, Promise<number>>()
  #written = 0

  async of(key: string, count: () => Promise<number>): Promise<number> {
    const kept = this.#kept.get(key)
    if (kept !== undefined && performance.now() - kept.at < FRESH_MS) return kept.total
    const asked = this.#asked.get(key)
    if (asked !== undefined) return asked
    const written = this.#written
    const at = performance.now()
    const asking = count()
      .then(total => {
        if (written === this.#written) this.#keep(key, { total, at })
        return total
      })
      .finally(() => {
        if (this.#asked.get(key) === asking) this.#asked.delete(key)
      })
    this.#asked.set(key, asking)
    return asking
  }

  /** Something was written: what was counted before that is not right any more. */
  forget(): void {
    this.#written += 1
    this.#kept.clear()
    this.#asked.clear()
  }

  #keep(key: string, counted: { readonly total: number; readonly at: number }): void {
    this.#kept.delete(key)
    this.#kept.set(key, counted)
    if (this.#kept.size > MOST_KEPT)
      for (const oldest of [...this.#kept.keys()].slice(0, MOST_KEPT / 2)) this.#kept.delete(oldest)
  }
}
