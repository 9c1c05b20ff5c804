interface Timer {
  readonly at: number
  readonly order: number
  readonly fire: () => void
}

/** Time that passes only when nothing else is left to do: 400 days in seconds, and every interleaving repeatable. */
export class VirtualTime {
  #now: number
  #order = 0
  /** A binary heap by instant, then by who asked first. */
  readonly #timers: Timer[] = []

  constructor(start: Date) {
    this.#now = start.getTime()
  }

  get ms(): number {
    return this.#now
  }

  now(): Date {
    return new Date(this.#now)
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve()
    return new Promise(resolve => {
      const fire = (): void => {
        signal?.removeEventListener('abort', fire)
        resolve()
      }
      signal?.addEventListener('abort', fire, { once: true })
      this.#push({ at: this.#now + Math.max(0, ms), order: this.#order++, fire })
    })
  }

  /** Lets everything happen up to that instant. */
  async runUntil(end: Date): Promise<void> {
    for (;;) {
      // All promises that can go on without time do so first.
      await new Promise(resolve => setImmediate(resolve))
      const next = this.#timers[0]
      if (next === undefined || next.at > end.getTime()) break
      this.#pop()
      this.#now = Math.max(this.#now, next.at)
      next.fire()
    }
    this.#now = end.getTime()
  }

  #push(timer: Timer): void {
    const heap = this.#timers
    let at = heap.push(timer) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!before(heap[at]!, heap[parent]!)) break
      ;[heap[at], heap[parent]] = [heap[parent]!, heap[at]!]
      at = parent
    }
  }

  #pop(): void {
    const heap = this.#timers
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    heap[0] = last
    for (let at = 0; ; ) {
      let least = at
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < heap.length && before(heap[child]!, heap[least]!)) least = child
      }
      if (least === at) return
      ;[heap[at], heap[least]] = [heap[least]!, heap[at]!]
      at = least
    }
  }
}

function before(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}
