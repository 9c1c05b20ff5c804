import { setTimeout as delay } from 'node:timers/promises'

/** Replies whose median is the first baseline, and whose median stands for "now": one slow reply is no slow server. */
const WINDOW_REPLIES = 5
/** What a reply costs grows with its weight, and is never nothing: one unit, and one more for each of these, in bytes. */
const UNIT_BYTES = 1024 * 1024
/** Slow: this many times the baseline… A cache that is cold costs less than that, a queue costs more. */
const SLOW_TIMES = 4
/** …and this much above it, in milliseconds a unit: four times next to nothing is nothing. */
const SLOW_MORE_MS = 50
/** Recovered: below half of what made it slow, so that it does not go to and fro. */
const CALM_PART = 0.5
/** Longest pause as a multiple of the round trip before it: a quarter of the time is the least that reading goes on. */
const PAUSE_MOST_TIMES = 3
/** Longest pause in milliseconds, well within the time that anybody lets a cursor be idle. */
const PAUSE_MOST_MS = 5_000
/** A rise that stays is no rise: other documents, a colder disk. In this time, in milliseconds, the baseline may double. */
const BASELINE_DOUBLES_MS = 10 * 60 * 1000
/** What one request may take of a second's documents, so that the server sees an even load. */
const REQUESTS_PER_SECOND = 4

export interface PaceClock {
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number
  /** Ends early, by rejecting, when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

const CLOCK: PaceClock = {
  now: () => performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, { signal }),
}

/** Documents a second, at most, for all cursors of a source together. */
export class DocumentRate {
  /** Documents that one request may ask for. */
  readonly batchMost: number
  readonly #msPerDocument: number
  readonly #clock: PaceClock
  /** When the documents that were granted so far are used up. */
  #usedUpAt = Number.NEGATIVE_INFINITY

  /** @param perSecond undefined: as many as there are */
  constructor(perSecond: number | undefined, clock: PaceClock = CLOCK) {
    if (perSecond !== undefined && !(perSecond > 0))
      throw new RangeError(`perSecond must be positive, got ${perSecond}`)
    this.#msPerDocument = perSecond === undefined ? 0 : 1000 / perSecond
    this.batchMost =
      perSecond === undefined ? Number.POSITIVE_INFINITY : Math.max(1, Math.floor(perSecond / REQUESTS_PER_SECOND))
    this.#clock = clock
  }

  /** Takes as many, and tells how long to wait for them, in milliseconds. First come, first served. */
  take(documents: number): number {
    const now = this.#clock.now()
    const from = Math.max(now, this.#usedUpAt)
    this.#usedUpAt = from + documents * this.#msPerDocument
    return from - now
  }

  /** Those that were taken, and did not come. */
  giveBack(documents: number): void {
    this.#usedUpAt -= documents * this.#msPerDocument
  }
}

/** What came back, and how long the server took for it. */
export interface Reply {
  /** Waited for, in milliseconds: our own work meanwhile is not the server's slowness. */
  readonly ms: number
  readonly bytes: number
}

export interface PaceOptions {
  readonly rate: DocumentRate
  /** Told once, when the server slows down for the first time. */
  readonly onSlow?: (times: number) => void
  readonly clock?: PaceClock
}

/**
 * How fast one run reads. It keeps to the rate, and when the server takes much longer for a reply than it did before, it
 * has other things to do: then each cursor pauses after each reply, the longer the slower it is, until it recovers.
 */
export class Pace {
  readonly #rate: DocumentRate
  readonly #onSlow: ((times: number) => void) | undefined
  readonly #clock: PaceClock
  readonly #recent: number[] = []
  #baseline: number | undefined
  #baselineAt = 0
  #slow = false
  #told = false

  constructor({ rate, onSlow, clock = CLOCK }: PaceOptions) {
    this.#rate = rate
    this.#onSlow = onSlow
    this.#clock = clock
  }

  get batchMost(): number {
    return this.#rate.batchMost
  }

  /**
   * Resolves when as many documents may be asked for.
   *
   * @param pauseMs what {@link pauseAfter} said of the reply before
   */
  async turn(documents: number, pauseMs: number, signal: AbortSignal): Promise<void> {
    const ms = Math.max(pauseMs, this.#rate.take(documents))
    if (ms <= 0) return
    try {
      await this.#clock.sleep(ms, signal)
    } catch (error) {
      this.#rate.giveBack(documents)
      throw error
    }
  }

  /** Of the documents that a request took a turn for, those that did not come. */
  unused(documents: number): void {
    if (documents > 0) this.#rate.giveBack(documents)
  }

  /** How long the cursor that got this reply should be left alone, in milliseconds. */
  pauseAfter({ ms, bytes }: Reply): number {
    this.#recent.push(ms / (1 + bytes / UNIT_BYTES))
    if (this.#recent.length < WINDOW_REPLIES) return 0
    if (this.#recent.length > WINDOW_REPLIES) this.#recent.shift()
    const cost = this.#recent.toSorted((a, b) => a - b)[WINDOW_REPLIES >> 1]!
    const baseline = this.#baselineFor(cost)
    const part = this.#slow ? CALM_PART : 1
    this.#slow = cost > SLOW_TIMES * part * baseline && cost - baseline > SLOW_MORE_MS * part
    if (!this.#slow) return 0
    const times = cost / Math.max(baseline, 1)
    if (!this.#told) this.#onSlow?.(times)
    this.#told = true
    return Math.min(PAUSE_MOST_MS, ms * Math.min(PAUSE_MOST_TIMES, times / SLOW_TIMES))
  }

  /** The lowest there was, forgotten slowly. */
  #baselineFor(cost: number): number {
    const now = this.#clock.now()
    const risen = (this.#baseline ?? cost) * 2 ** ((now - this.#baselineAt) / BASELINE_DOUBLES_MS)
    this.#baseline = this.#baseline === undefined ? cost : Math.min(risen, cost)
    this.#baselineAt = now
    return this.#baseline
  }
}
