/** An answer that is made once for all who ask within a time, so that ten dashboards ask the lake no more than one. */
export class Remembered<T> {
  readonly #make: () => Promise<T>
  readonly #forMs: number
  #last: { readonly value: T; readonly at: number } | undefined
  #making: Promise<T> | undefined

  constructor(make: () => Promise<T>, forMs: number) {
    this.#make = make
    this.#forMs = forMs
  }

  /** @throws what making it throws, which is not remembered */
  async get(): Promise<T> {
    if (this.#last !== undefined && performance.now() - this.#last.at < this.#forMs) return this.#last.value
    // Whoever asks meanwhile waits for the same one.
    this.#making ??= this.#begin()
    return await this.#making
  }

  /** Something has changed that it tells of: it is made anew, also if one is being made now. */
  forget(): void {
    this.#last = undefined
    this.#making = undefined
  }

  #begin(): Promise<T> {
    const making: Promise<T> = this.#make()
      .then(value => {
        if (this.#making === making) this.#last = { value, at: performance.now() }
        return value
      })
      .finally(() => {
        if (this.#making === making) this.#making = undefined
      })
    return making
  }
}
