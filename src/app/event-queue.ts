/** What one producer tells one consumer, in order; it ends when the consumer lets too much wait. */
export class EventQueue<T> implements AsyncIterable<T> {
  readonly #most: number
  #waiting: T[] = []
  #wake: (() => void) | undefined
  #ended = false

  /** @param most - events that may wait */
  constructor(most: number) {
    this.#most = most
  }

  /** @returns false where that was one too many: the queue has ended, and what waited is dropped */
  push(event: T): boolean {
    if (this.#ended) return false
    if (this.#waiting.length >= this.#most) {
      this.#waiting = []
      this.end()
      return false
    }
    this.#waiting.push(event)
    this.#wake?.()
    return true
  }

  /** What waits is still told. */
  end(): void {
    this.#ended = true
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      while (this.#waiting.length > 0) yield this.#waiting.shift()!
      if (this.#ended) return
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
      this.#wake = undefined
    }
  }
}
