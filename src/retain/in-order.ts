/**
 * Events of works that go on at once, told in the order of the works: what the one at the front tells is passed on at
 * once, what those behind it tell is held until all before them have ended.
 */
export class InOrder {
  readonly #held = new Map<number, (() => void)[]>()
  readonly #ended = new Set<number>()
  #front = 0

  tell(work: number, event: () => void): void {
    if (work === this.#front) {
      event()
      return
    }
    const held = this.#held.get(work)
    if (held === undefined) this.#held.set(work, [event])
    else held.push(event)
  }

  /** Nothing more comes from this one. */
  end(work: number): void {
    this.#ended.add(work)
    while (this.#ended.delete(this.#front)) this.#pass(++this.#front)
  }

  /** For the end of everything: tells what is still held, because a work that never ends would keep it back. */
  flush(): void {
    for (const work of [...this.#held.keys()].sort((a, b) => a - b)) this.#pass(work)
  }

  #pass(work: number): void {
    const held = this.#held.get(work) ?? []
    this.#held.delete(work)
    for (const event of held) event()
  }
}
