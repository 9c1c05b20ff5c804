interface Reading<T> {
  running: Promise<T>
  next: Promise<T> | undefined
}

/**
 * Readings that several ask for at the same time are done once. Nobody gets what was read before they asked: who comes
 * while a reading is under way waits for the next one, together with all who come until it begins. So a page that everybody
 * wants is at most one question to the database at a time.
 */
export class SharedReads<T> {
  readonly #readings = new Map<string, Reading<T>>()

  read(key: string, work: () => Promise<T>): Promise<T> {
    const reading = this.#readings.get(key)
    if (reading === undefined) return this.#begin(key, work)
    reading.next ??= reading.running.then(
      () => this.#begin(key, work),
      () => this.#begin(key, work),
    )
    return reading.next
  }

  #begin(key: string, work: () => Promise<T>): Promise<T> {
    const running = work()
    const reading: Reading<T> = { running, next: undefined }
    this.#readings.set(key, reading)
    const done = (): void => {
      if (reading.next === undefined) this.#readings.delete(key)
    }
    running.then(done, done)
    return running
  }
}
