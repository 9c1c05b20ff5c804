import type { TakenSlot } from '../catalog/schedule-ledger.js'
import type { SlotOutcome } from '../ports/slot-runner.js'

/** Attempts at a slot that may fail before it is given up. */
export const MAX_FAILURES = 3

/** How often a slot is begun or gone on with at most, whatever ended it: a machine that dies of its run dies of it again. */
export const MAX_ATTEMPTS = 30

/** Pauses after the first and the second failure, in milliseconds. */
const RETRY_AFTER_MS = [60_000, 5 * 60_000] as const

/** The first pause where somebody else is at work on the run, in milliseconds; each is twice the one before it, up to a limit. */
const CLAIMED_AFTER_MS = 15_000
const CLAIMED_AFTER_MOST_MS = 10 * 60_000

/** Codes that say that another process is at the run: of a scheduler that died or was suspended, and is stopping. */
const CLAIMED = new Set(['RUN_CLAIMED', 'RUN_LOST', 'RUN_EXISTS'])

/** Exit codes of runs that came to their end, whatever they found. */
const ENDED = new Set([0, 1, 4])

/** Why we stopped the run ourselves: because somebody asked us to, or because it took too long. */
export interface Stopped {
  readonly why: 'asked' | 'time limit'
  /** For people. */
  readonly text: string
}

/** What a slot's record becomes when its attempt is over. */
export function settle(slot: TakenSlot, outcome: SlotOutcome, stopped: Stopped | undefined, now: Date): TakenSlot {
  const { exitCode, error } = outcome
  const over = { ...slot, exitCode, lease: null }
  const ended = { ...over, notBefore: null, ended: now.toISOString() }
  const wait = (ms: number, reason: string): TakenSlot => {
    return { ...over, state: 'waiting', reason, notBefore: new Date(now.getTime() + ms).toISOString() }
  }
  // It may have been at its end when it was asked to stop.
  if (exitCode !== null && ENDED.has(exitCode)) return { ...ended, state: 'done', reason: null }
  if (stopped?.why === 'asked') return wait(0, stopped.text)
  const failures = slot.failures + 1
  if (stopped !== undefined) return { ...ended, state: 'failed', reason: stopped.text, failures }
  const reason = error === undefined ? endText(exitCode) : `${error.code}: ${error.message}`
  if (slot.attempts < MAX_ATTEMPTS) {
    if (error !== undefined && CLAIMED.has(error.code)) {
      return wait(Math.min(CLAIMED_AFTER_MS * 2 ** (slot.attempts - 1), CLAIMED_AFTER_MOST_MS), reason)
    }
    const pause = failures < MAX_FAILURES ? RETRY_AFTER_MS[failures - 1] : undefined
    if (pause !== undefined && (error?.retryable ?? true)) return { ...wait(pause, reason), failures }
  }
  return { ...ended, state: 'failed', reason, failures }
}

function endText(exitCode: number | null): string {
  return exitCode === null ? 'its process was killed' : `its process ended with exit code ${exitCode}`
}
