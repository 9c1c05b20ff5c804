/** The time that a rate is of, in milliseconds: long enough to be calm, short enough to tell how it goes now. */
export const RATE_WINDOW_MS = 10_000
/** Between two readings that are kept. */
const READING_INTERVAL_MS = 250
/** A rate over less than this is noise. */
const LEAST_MEASURED_MS = 100

interface Reading {
  /** In milliseconds. */
  readonly at: number
  readonly documents: number
  /** Of the whole, from 0 to 1; undefined where nobody knows. */
  readonly share: number | undefined
}

/**
 * How fast it goes over the last {@link RATE_WINDOW_MS}, not since the beginning: a server that got slow, or a run that was
 * resumed and began with most of its documents, would make that a figure about nothing.
 */
export class RecentRate {
  readonly #readings: Reading[] = []

  note(reading: Reading): void {
    // Begun again, under a newer point in time.
    if (reading.documents < (this.#readings.at(-1)?.documents ?? 0)) this.#readings.length = 0
    const previous = this.#readings.at(-2)
    // The last one is always the newest.
    if (previous !== undefined && reading.at - previous.at < READING_INTERVAL_MS) this.#readings.pop()
    this.#readings.push(reading)
    // One that is as old as the window stays, to measure from.
    while ((this.#readings[1]?.at ?? reading.at) <= reading.at - RATE_WINDOW_MS) this.#readings.shift()
  }

  /** Documents a second; undefined while it is too early to say. @param now in milliseconds */
  documentsPerSecond(now: number): number | undefined {
    const measured = this.#measured(now)
    return measured && (measured.last.documents - measured.first.documents) / measured.seconds
  }

  /** Undefined when nobody knows how much there is, when it stands still, and at the end. */
  secondsLeft(now: number): number | undefined {
    const measured = this.#measured(now)
    if (measured?.last.share === undefined || measured.first.share === undefined || measured.last.share >= 1)
      return undefined
    const perSecond = (measured.last.share - measured.first.share) / measured.seconds
    return perSecond > 0 ? (1 - measured.last.share) / perSecond : undefined
  }

  /** Up to now and not to the newest reading: where none comes any more the rate falls. */
  #measured(now: number): { first: Reading; last: Reading; seconds: number } | undefined {
    const [first, last] = [this.#readings[0], this.#readings.at(-1)]
    if (first === undefined || last === undefined || now - first.at < LEAST_MEASURED_MS) return undefined
    return { first, last, seconds: (now - first.at) / 1000 }
  }
}
