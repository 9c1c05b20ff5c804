import { setTimeout as delay } from 'node:timers/promises'
import { interruption, LakeferryError } from '../errors.js'
import { type AwsFailure, awsFailure, nextStep } from './aws-failure.js'

/** Time, for whoever waits for a service; a test brings its own. */
export interface Patience {
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number
  /** 0 inclusive to 1 exclusive. */
  readonly random: () => number
  /** How long one question is asked again while the answer is an outage, in milliseconds. */
  readonly outageMs: number
}

export const PATIENCE: Patience = {
  sleep: (ms, signal) => delay(ms, undefined, signal === undefined ? {} : { signal }),
  now: () => performance.now(),
  random: Math.random,
  outageMs: 180_000,
}

const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 20_000

export interface AwsQuestion {
  readonly runner: string
  /** Fits after "could not": `ask for the state of step s-1`. */
  readonly operation: string
  /** IAM action. */
  readonly permission: string
  readonly signal?: AbortSignal
  /**
   * Looks whether a request that got no answer was done all the same. Absent: asking twice does no harm.
   */
  readonly wasDone?: () => Promise<boolean>
}

/**
 * Asks AWS, and again while the failure is one that passes: with full jitter (AWS Architecture Blog, "Exponential backoff
 * and jitter"), and not before the service wants to be asked. The SDK's own retries are off, because it repeats what may
 * have been done.
 *
 * @returns the answer, or undefined when there was none and `wasDone` says that it was done
 * @throws `JOB_UNAVAILABLE`, or the signal's reason
 */
export async function askAws<T>(
  question: AwsQuestion,
  patience: Patience,
  request: () => Promise<T>,
): Promise<T | undefined> {
  const { signal } = question
  const begun = patience.now()
  for (let attempt = 1; ; attempt++) {
    if (signal?.aborted) throw interruption(signal)
    try {
      return await request()
    } catch (error) {
      const failure = awsFailure(error)
      const backOff = patience.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1))
      const pause = backOff + failure.retryAfterMs
      if (failure.kind === 'final' || patience.now() + pause - begun > patience.outageMs) {
        throw unavailable(question, failure, error, attempt)
      }
      await pauseFor(pause, patience, signal)
      if (failure.kind === 'passing' && question.wasDone !== undefined && (await question.wasDone())) return undefined
    }
  }
}

/** @throws the signal's reason when it aborts */
export async function pauseFor(ms: number, patience: Patience, signal: AbortSignal | undefined): Promise<void> {
  try {
    await patience.sleep(ms, signal)
  } catch (error) {
    if (signal?.aborted) throw interruption(signal, error)
    throw error
  }
}

/** The SDK's error holds the whole request, signature and token included: only its words are kept. */
export function unavailable(
  { runner, operation, permission }: AwsQuestion,
  failure: AwsFailure,
  error: unknown,
  attempts = 1,
): LakeferryError<'JOB_UNAVAILABLE'> {
  const cause = new Error(failure.reason)
  cause.name = failure.name === '' ? 'Error' : failure.name
  if (error instanceof Error && error.stack !== undefined) cause.stack = error.stack
  const tries = attempts > 1 ? ` (${attempts} attempts)` : ''
  return new LakeferryError(
    'JOB_UNAVAILABLE',
    { runner, operation, reason: `${failure.reason}${tries}`, next: nextStep(failure, permission) },
    { cause },
  )
}
