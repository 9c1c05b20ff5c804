import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isLakeferryError, LakeferryError } from '../errors.js'
import type { Leftover, ListedObject, ObjectStore, PutOutcome } from '../ports/object-store.js'

/**
 * The budget of one call: no attempt of it begins later than this after the first has failed. It counts from the failure,
 * because an attempt may take long: a large part over a slow line is sent again if it breaks at the end, and a request
 * that nobody answers, which the adapter gives up after 30 s, is repeated twice.
 */
export const RETRY_BUDGET_MS = 60_000
/**
 * Once a call has spent its budget: the whole time that any other may take, an attempt under way included, until the store
 * answers again. Taking back a broken export is several calls, and must not take minutes.
 */
const SPENT_BUDGET_MS = 15_000
/** Of a call on a store that has never answered: a wrong address is told within seconds, not after a minute. */
const FIRST_ATTEMPTS = 8
/** Of any call. The budget ends it before. */
const ATTEMPTS = 60

/** Bodies above this are compared on the disk and not in memory: bytes. */
const COMPARED_IN_MEMORY_BYTES = 8 * 1024 * 1024

export interface RetryOptions {
  /** No attempt begins later than this after the first has failed, in milliseconds. @defaultValue {@link RETRY_BUDGET_MS} */
  readonly budgetMs?: number
  /** What calls may take that follow one that used up its budget, in milliseconds. @defaultValue 15_000 */
  readonly spentBudgetMs?: number
  /** Most attempts of one call, the first included. @defaultValue 60, and 8 until the store has answered once */
  readonly attempts?: number
  /** Longest first wait, in milliseconds; it doubles with each attempt. @defaultValue 100 */
  readonly baseMs?: number
  /** Longest wait, in milliseconds. @defaultValue 10_000 */
  readonly maxMs?: number
  /** In [0, 1). @defaultValue Math.random */
  readonly random?: () => number
  /** Ends early, by rejecting, when the signal aborts. @defaultValue a timer */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>
  /** Milliseconds of a clock that only goes forward. @defaultValue performance.now */
  readonly now?: () => number
}

/**
 * A store that repeats what failed and may succeed when repeated (`retryable`), with exponential back-off and full
 * jitter: each wait is random between 0 and a bound that doubles
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 *
 * A failed conditional write may have been done, its answer lost. When a later attempt is then refused, the object is
 * read: with our bytes in it, it was our own write that refused us. Two writers of the same bytes can therefore both be
 * told that they won; whoever has to know the winner puts something of its own into the bytes.
 *
 * When the store asks to be left alone for longer (`Retry-After`), the wait is that long; when that is past the budget, the
 * call ends at once.
 *
 * The error of the last attempt is raised, with the number of attempts in its reason. `close` also ends all waiting.
 */
export function withRetry(store: ObjectStore, options: RetryOptions = {}): ObjectStore {
  const retry = new Retry(store.url, options)
  const { localPath, readClock } = store
  return {
    url: store.url,
    ...(localPath === undefined ? {} : { localPath: (key: string) => localPath.call(store, key) }),
    ...(readClock === undefined ? {} : { readClock: () => retry.run(() => readClock.call(store)) }),
    get: key => retry.run(() => store.get(key)),
    head: key => retry.run(() => store.head(key)),
    download: (key, file) => retry.run(() => store.download(key, file)),
    put: (key, body, put) => retry.run(() => store.put(key, body, put)),
    delete: keys => retry.run(() => store.delete(keys)),
    putIfAbsent: (key, body, put) =>
      retry.run(async (failedBefore): Promise<PutOutcome> => {
        const outcome = await store.putIfAbsent(key, body, put)
        return outcome === 'exists' && failedBefore && (await holds(store, key, body)) ? 'created' : outcome
      }),
    putIfMatch: (key, body, etag) =>
      retry.run(async failedBefore => {
        const { written } = await store.putIfMatch(key, body, etag)
        return { written: written || (failedBefore && (await holds(store, key, body))) }
      }),
    list: (prefix, list) => resumedList(store, retry, prefix, list),
    leftovers: async function* () {
      // They are few, and come in no order that one could go on from.
      yield* await retry.run(async () => {
        const found: Leftover[] = []
        for await (const leftover of store.leftovers()) found.push(leftover)
        return found
      })
    },
    removeLeftover: leftover => retry.run(() => store.removeLeftover(leftover)),
    close: () => {
      retry.end()
      return store.close()
    },
  }
}

/** After a failure the listing goes on behind the last key that was told, so none is told twice. */
async function* resumedList(
  store: ObjectStore,
  retry: Retry,
  prefix: string,
  options: { delimiter?: '/'; startAfter?: string } = {},
): AsyncGenerator<ListedObject> {
  let startAfter = options.startAfter
  for (;;) {
    // A new run, and so a new budget, for each piece: a long listing may meet more than one failure.
    const listing = await retry.run(async () => {
      const iterator = store
        .list(prefix, { ...options, ...(startAfter === undefined ? {} : { startAfter }) })
        [Symbol.asyncIterator]()
      return { iterator, first: await iterator.next() }
    })
    try {
      for (let next = listing.first; !next.done; next = await listing.iterator.next()) {
        startAfter = next.value.key
        yield next.value
      }
      return
    } catch (error) {
      if (!isRetryable(error)) throw error
    } finally {
      await listing.iterator.return?.()
    }
  }
}

/** Whether the object has these bytes. A large one is not read into memory beside them. */
async function holds(store: ObjectStore, key: string, body: Uint8Array): Promise<boolean> {
  if (body.length <= COMPARED_IN_MEMORY_BYTES) {
    const there = await store.get(key)
    return there !== undefined && Buffer.compare(there.body, body) === 0
  }
  if ((await store.head(key))?.bytes !== body.length) return false
  const directory = await mkdtemp(join(tmpdir(), 'lakeferry-compare-'))
  try {
    const { sha256 } = await store.download(key, join(directory, 'object'))
    return sha256 === createHash('sha256').update(body).digest('hex')
  } catch (error) {
    if (isLakeferryError(error, 'LAKE_OBJECT_MISSING')) return false
    throw error
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

function isRetryable(error: unknown): error is LakeferryError {
  return error instanceof LakeferryError && error.family === 'service' && error.retryable
}

class Retry {
  readonly #lake: string
  readonly #options: Required<RetryOptions>
  readonly #ending = new AbortController()
  /** What the store was like when it was last heard of. */
  #store: 'never answered' | 'answers' | 'silent' = 'never answered'

  constructor(lake: string, options: RetryOptions) {
    this.#lake = lake
    this.#options = {
      budgetMs: RETRY_BUDGET_MS,
      spentBudgetMs: Math.min(SPENT_BUDGET_MS, options.budgetMs ?? RETRY_BUDGET_MS),
      attempts: ATTEMPTS,
      baseMs: 100,
      maxMs: 10_000,
      random: Math.random,
      sleep: (ms, signal) => delay(ms, undefined, { signal }),
      now: () => performance.now(),
      ...options,
    }
    const { attempts } = this.#options
    if (!Number.isInteger(attempts) || attempts < 1) {
      throw new RangeError(`attempts must be a positive integer, got ${attempts}`)
    }
  }

  end(): void {
    this.#ending.abort()
  }

  /** @param call is told whether an earlier attempt failed, and may so have been done all the same */
  async run<T>(call: (failedBefore: boolean) => Promise<T>): Promise<T> {
    const { baseMs, maxMs, random, sleep, now } = this.#options
    const begun = now()
    let firstFailure: number | undefined
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await this.#attempt(() => call(attempt > 1))
        this.#store = 'answers'
        return answer
      } catch (error) {
        if (!isRetryable(error)) {
          // A refusal is an answer, too.
          this.#store = 'answers'
          throw error
        }
        const backOff = random() * Math.min(maxMs, baseMs * 2 ** (attempt - 1))
        const wait = backOff + askedWait(error)
        const failed = now()
        firstFailure ??= failed
        const { until, attempts } = this.#bounds(begun, firstFailure)
        if (attempt >= attempts || failed + wait > until || this.#ending.signal.aborted) {
          if (this.#store === 'answers') this.#store = 'silent'
          throw afterAttempts(error, attempt, failed - begun)
        }
        try {
          await sleep(wait, this.#ending.signal)
        } catch {
          throw afterAttempts(error, attempt, now() - begun)
        }
      }
    }
  }

  /** As things are now: while one call waits, another may find that the store is gone. */
  #bounds(begun: number, firstFailure: number): { until: number; attempts: number } {
    const { budgetMs, spentBudgetMs, attempts } = this.#options
    if (this.#store === 'silent') return { until: begun + spentBudgetMs, attempts }
    const most = this.#store === 'answers' ? attempts : Math.min(attempts, FIRST_ATTEMPTS)
    return { until: firstFailure + budgetMs, attempts: most }
  }

  /** One attempt; of a store that is known to be silent, not for as long as the adapter would wait. */
  async #attempt<T>(call: () => Promise<T>): Promise<T> {
    if (this.#store !== 'silent') return call()
    const { spentBudgetMs } = this.#options
    const answered = new AbortController()
    const late = delay(spentBudgetMs, undefined, { signal: answered.signal }).then(() => {
      const reason = `no answer within ${spentBudgetMs / 1000} s, nor to the requests before`
      throw new LakeferryError('LAKE_UNREACHABLE', { lake: this.#lake, operation: 'a request', reason })
    })
    try {
      return await Promise.race([call(), late])
    } finally {
      answered.abort()
    }
  }
}

/** Milliseconds. */
function askedWait(error: LakeferryError): number {
  return isLakeferryError(error, 'LAKE_UNREACHABLE') ? (error.details.retryAfterMs ?? 0) : 0
}

function afterAttempts(error: LakeferryError, attempts: number, elapsedMs: number): LakeferryError {
  if (!isLakeferryError(error, 'LAKE_UNREACHABLE')) return error
  const { retryAfterMs = 0 } = error.details
  const notes = [
    ...(attempts > 1 ? [`${attempts} attempts in ${(elapsedMs / 1000).toFixed(1)} s`] : []),
    ...(retryAfterMs > 0 ? [`asked to be left alone for ${Math.ceil(retryAfterMs / 1000)} s`] : []),
  ]
  if (notes.length === 0) return error
  const reason = `${error.details.reason} (${notes.join('; ')})`
  return new LakeferryError('LAKE_UNREACHABLE', { ...error.details, reason }, { cause: error })
}
