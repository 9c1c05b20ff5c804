import { setTimeout as delay } from 'node:timers/promises'

/** Raised when an answer does not come in the time that it was given. */
export class TooLate extends Error {
  override readonly name = 'TooLate'

  constructor(ms: number) {
    super(`no answer within ${ms / 1000} s`)
  }
}

/** What the work gives, if it gives it in time. What it gives later is nobody's. @throws {@link TooLate}, or what the work throws */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const answered = new AbortController()
  const late = delay(ms, undefined, { signal: answered.signal }).then(() => {
    throw new TooLate(ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    answered.abort()
  }
}
