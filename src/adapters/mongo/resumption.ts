import { setTimeout as delay } from 'node:timers/promises'

/** How long to go on trying when nothing comes any more. An election takes 12 s or so; a rolling restart, longer. */
export interface ResumeLimits {
  /** Times that reading is taken up again without a document in between. */
  readonly tries: number
  /** It is not taken up again when nothing has come for longer than this, in milliseconds. */
  readonly budgetMs: number
  /** Longest first wait, in milliseconds; it doubles with each try. */
  readonly baseMs: number
  /** Longest wait, in milliseconds. */
  readonly maxMs: number
}

export const RESUME_LIMITS: ResumeLimits = { tries: 10, budgetMs: 120_000, baseMs: 100, maxMs: 5_000 }

/**
 * How long a reply may take, in milliseconds, before its cursor is given up for lost. A server that is gone is found out
 * by the driver's monitor; this is for one that is there and does not answer. It doubles with each try, so that what only
 * is slow gets through in the end.
 */
export interface ReplyPatience {
  /** For a reply of some thousand documents in the order of their index. */
  readonly quickMs: number
  /** For the first reply, which may walk to where its range begins, and for all where a filter decides what comes. */
  readonly slowMs: number
}

export const REPLY_PATIENCE: ReplyPatience = { quickMs: 60_000, slowMs: 10 * 60_000 }

/**
 * Counts the tries to take up one reading. The waits between them are random between 0 and a bound that doubles
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), so that readers that broke off together do
 * not come back together.
 */
export class Resumption {
  readonly #limits: ResumeLimits
  #tries = 0
  #since: number | undefined

  constructor(limits: Partial<ResumeLimits> = {}) {
    this.#limits = { ...RESUME_LIMITS, ...limits }
  }

  /** Tries since the last document. */
  get tries(): number {
    return this.#tries
  }

  /** Documents flow: whatever fails next, fails anew. */
  progressed(): void {
    this.#tries = 0
    this.#since = undefined
  }

  /**
   * Waits before the next try.
   *
   * @returns false, at once, when there is none left
   * @throws AbortError when the signal is aborted meanwhile
   */
  async wait(signal?: AbortSignal): Promise<boolean> {
    const { tries, budgetMs, baseMs, maxMs } = this.#limits
    this.#since ??= performance.now()
    const ms = Math.random() * Math.min(maxMs, baseMs * 2 ** this.#tries)
    if (this.#tries === tries || performance.now() - this.#since + ms > budgetMs) return false
    this.#tries += 1
    await delay(ms, undefined, signal && { signal })
    return true
  }

  /** `8 tries in 12.3 s`; empty when there was none. */
  get spent(): string {
    if (this.#tries === 0) return ''
    const seconds = (performance.now() - (this.#since ?? performance.now())) / 1000
    return `${this.#tries} ${this.#tries === 1 ? 'try' : 'tries'} to take it up again in ${seconds.toFixed(1)} s`
  }
}
