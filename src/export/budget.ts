/**
 * Back-pressure: a budget that is taken before work is begun and given back when it is done. First come, first served.
 * A request larger than the whole budget waits until nothing else is out, and then has it alone: one 16 MB document
 * must pass whatever the budget.
 */
export class Budget {
  readonly #limit: number
  #taken = 0
  #failure: unknown
  readonly #waiting: { amount: number; resolve: () => void; reject: (reason: unknown) => void }[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  async take(amount: number): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure
    if (this.#waiting.length === 0 && this.#fits(amount)) {
      this.#taken += amount
      return
    }
    await new Promise<void>((resolve, reject) => this.#waiting.push({ amount, resolve, reject }))
  }

  give(amount: number): void {
    this.#taken -= amount
    for (let next = this.#waiting[0]; next && this.#fits(next.amount); next = this.#waiting[0]) {
      this.#waiting.shift()
      this.#taken += next.amount
      next.resolve()
    }
  }

  /** Nobody waits any longer: what they waited for will not come. */
  fail(reason: unknown): void {
    this.#failure = reason
    for (const { reject } of this.#waiting.splice(0)) reject(reason)
  }

  #fits(amount: number): boolean {
    return this.#taken === 0 || this.#taken + amount <= this.#limit
  }
}
