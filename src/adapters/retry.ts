import { setTimeout as delay } from 'node:timers/promises'
import { isLakeferryError, LakeferryError } from '../errors.js'
import type { ListedObject, ObjectStore, PutOutcome } from '../ports/object-store.js'

export interface RetryOptions {
  /** No attempt begins later than this after the first, in milliseconds. @defaultValue 60_000 */
  readonly budgetMs?: number
  /** Most attempts of one call, the first included. @defaultValue 8 */
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
 * The error of the last attempt is raised, with the number of attempts in its reason. `close` also ends all waiting.
 */
export function withRetry(store: ObjectStore, options: RetryOptions = {}): ObjectStore {
  const retry = new Retry(options)
  const { localPath } = store
  return {
    url: store.url,
    ...(localPath === undefined ? {} : { localPath: (key: string) => localPath.call(store, key) }),
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

async function holds(store: ObjectStore, key: string, body: Uint8Array): Promise<boolean> {
  const there = await store.get(key)
  return there !== undefined && Buffer.compare(there.body, body) === 0
}

function isRetryable(error: unknown): error is LakeferryError {
  return error instanceof LakeferryError && error.family === 'service' && error.retryable
}

class Retry {
  readonly #options: Required<RetryOptions>
  readonly #ending = new AbortController()

  constructor(options: RetryOptions) {
    this.#options = {
      budgetMs: 60_000,
      attempts: 8,
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
    const { budgetMs, attempts, baseMs, maxMs, random, sleep, now } = this.#options
    const begun = now()
    for (let attempt = 1; ; attempt++) {
      try {
        return await call(attempt > 1)
      } catch (error) {
        if (!isRetryable(error)) throw error
        const wait = random() * Math.min(maxMs, baseMs * 2 ** (attempt - 1))
        const elapsed = now() - begun
        if (attempt === attempts || elapsed + wait > budgetMs || this.#ending.signal.aborted) {
          throw afterAttempts(error, attempt, elapsed)
        }
        try {
          await sleep(wait, this.#ending.signal)
        } catch {
          throw afterAttempts(error, attempt, now() - begun)
        }
      }
    }
  }
}

function afterAttempts(error: LakeferryError, attempts: number, elapsedMs: number): LakeferryError {
  if (attempts === 1 || !isLakeferryError(error, 'LAKE_UNREACHABLE')) return error
  const reason = `${error.details.reason} (${attempts} attempts in ${(elapsedMs / 1000).toFixed(1)} s)`
  return new LakeferryError('LAKE_UNREACHABLE', { ...error.details, reason }, { cause: error })
}
