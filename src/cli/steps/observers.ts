import { setTimeout as delay } from 'node:timers/promises'
import { reasonOf } from '../../errors.js'
import { redactUris } from '../../model/redact-uri.js'
import type { RunEvent } from '../../model/run-event.js'
import type { RunObserver } from '../../ports/run-observer.js'

/**
 * Longest that a command waits for its observers at its end, in milliseconds. Each has a shorter time of its own; this one is for
 * an observer that does not keep to it.
 */
export const SETTLE_MS = 20_000

/** Several observers as one. What goes wrong in one of them is a warning, and the others do not notice. */
export class Observers {
  readonly #warn: (text: string) => void
  readonly #settleMs: number
  readonly #observers = new Set<RunObserver>()

  constructor(warn: (text: string) => void, settleMs: number = SETTLE_MS) {
    this.#warn = text => warn(redactUris(text))
    this.#settleMs = settleMs
  }

  /** Told of everything from now on. */
  add(observer: RunObserver): void {
    this.#observers.add(observer)
  }

  on(event: RunEvent): void {
    for (const observer of this.#observers) {
      try {
        observer.on(event)
      } catch (error) {
        this.#warn(reasonOf(error))
      }
    }
  }

  /** @param only - it alone, and it is told nothing afterwards. @defaultValue all of them */
  async settle(only?: RunObserver): Promise<void> {
    const leaving = only === undefined ? [...this.#observers] : [only]
    for (const observer of leaving) this.#observers.delete(observer)
    const all = Promise.all(leaving.map(observer => observer.settled().catch(error => [reasonOf(error)])))
    const done = new AbortController()
    const late = delay(this.#settleMs, undefined, { signal: done.signal }).then(
      () => [[`what observes the run was not done after ${this.#settleMs / 1000} s`]],
      () => [],
    )
    const problems = await Promise.race([all, late])
    done.abort()
    for (const problem of problems.flat()) this.#warn(problem)
  }
}
