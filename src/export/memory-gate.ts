/** What a collection must have a chance to free before another is worth the time. */
const WORTH_COLLECTING_BYTES = 16 * 1024 * 1024

export interface MemoryGateOptions {
  /** What the process may have in memory when something is let in, what that will need included. */
  readonly ceilingBytes: number
  /** Resolves when nothing is under way that needs memory or holds any that it will give back. */
  readonly quiet: () => Promise<void>
  /** Collects the garbage of all threads. */
  readonly collect: () => Promise<void>
  /** Resident memory of the process. @defaultValue as the system tells */
  readonly resident?: () => number
}

/**
 * Lets work in as long as there is memory for it. What a document will come to, and how well it compresses, nobody knows
 * before; so this looks at what the process really has, garbage and the allocator's hoard included. Where that is too
 * much, work goes in one piece at a time, after what was before it is done with and collected.
 */
export class MemoryGate {
  readonly #options: MemoryGateOptions
  readonly #resident: () => number
  /** After the last collection. */
  #floor = 0
  #last = Promise.resolve()

  constructor(options: MemoryGateOptions) {
    this.#options = options
    this.#resident = options.resident ?? (() => process.memoryUsage.rss())
  }

  /**
   * Resolves when the work may begin: first come, first served, and one after another, so that each begins before the next
   * is looked at.
   *
   * @param bytes - what it will need, with what was let in and is not done yet; asked when its turn comes
   */
  pass(bytes: () => number): Promise<void> {
    const turn = this.#last.then(() => this.#wait(bytes))
    this.#last = turn
    return turn
  }

  async #wait(bytes: () => number): Promise<void> {
    const { ceilingBytes, quiet, collect } = this.#options
    if (this.#resident() + bytes() <= ceilingBytes) return
    await quiet()
    if (this.#resident() < this.#floor + WORTH_COLLECTING_BYTES) return
    await collect()
    this.#floor = this.#resident()
  }
}
