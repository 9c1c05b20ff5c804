import type { ScheduleLedger, SlotLease, TakenSlot } from '../catalog/schedule-ledger.js'
import { openSlot } from '../catalog/schedule-ledger.js'
import type { RunId } from '../model/run-id.js'
import type { ScheduleSet } from '../model/schedule-set.js'
import { dueSlots, missedRecords } from './due.js'
import { MAX_ATTEMPTS } from './settle.js'
import { nextSlot, slotsBetween, startOf } from './slots.js'
import { changed } from './write-ledger.js'

/**
 * A slot that is begun so much after its start at most, in milliseconds, is on time; on the first start, too. A cron that wakes
 * us every quarter of an hour is never later.
 */
export const ON_TIME_MS: number = 20 * 60_000

/** A ledger that knows slots so far in the future, in milliseconds, tells of a clock that is wrong. */
export const CLOCK_OFF_MS: number = 10 * 60_000

export interface Question {
  readonly set: ScheduleSet
  /** Undefined when there is none that can be read. */
  readonly ledger: ScheduleLedger | undefined
  /** Whether there is one all the same. */
  readonly damaged: boolean
  readonly now: Date
  /** For {@link startOf}. */
  readonly seed: string
  /** Whether a holder has died, or been silent for so long that nobody waits for it any more. */
  readonly isGone: (lease: SlotLease) => boolean
  /** Of who asks, when it takes a slot. */
  readonly lease: () => SlotLease
  readonly runId: () => RunId
}

export type Decision =
  /** Nothing is to be done before the next slot; null: ever. `ahead`: the ledger is further in the future than clocks differ. */
  | { readonly kind: 'idle'; readonly next: ScheduleLedger['next']; readonly ahead?: boolean }
  /** A slot is to be gone on with, later. */
  | { readonly kind: 'waiting'; readonly slot: TakenSlot; readonly until: Date }
  /** Somebody is at work. */
  | { readonly kind: 'held'; readonly slot: TakenSlot; readonly lease: SlotLease }
  /** The ledger is to become this one. Whoever manages to write it has done what is in it. */
  | { readonly kind: 'write'; readonly ledger: ScheduleLedger; readonly taken?: TakenSlot }

/** What is to be done about a set at an instant. Pure, so that two machines that see the same decide the same. */
export function decide(question: Question): Decision {
  const { ledger, now } = question
  if (ledger === undefined) return decideDue(question, firstLedger(question))
  const open = openSlot(ledger)
  if (open !== undefined) return decideOpen(question, ledger, open)
  const ahead = Date.parse(ledger.knownUntil) - now.getTime()
  const decision = decideDue(question, ledger)
  return decision.kind === 'idle' && ahead > CLOCK_OFF_MS ? { ...decision, ahead: true } : decision
}

/** Who begins to schedule has missed nothing yet. What was due a moment ago is on time: who starts us may be a cron himself. */
function firstLedger({ set, damaged, now }: Question): ScheduleLedger {
  const since = new Date(now.getTime() - ON_TIME_MS - set.jitterSeconds * 1000)
  // What was lost with a damaged ledger may have been run.
  const newest = damaged ? undefined : slotsBetween(set, since, now).at(-1)
  const knownUntil = newest === undefined ? now : new Date(newest.getTime() - 1)
  return { version: 1, set: set.name, knownUntil: knownUntil.toISOString(), next: null, slots: [], nonce: '' }
}

function decideOpen(question: Question, ledger: ScheduleLedger, open: TakenSlot): Decision {
  const { set, now, seed, isGone, lease } = question
  if (open.lease !== null && !isGone(open.lease)) return { kind: 'held', slot: open, lease: open.lease }
  const notBefore = Date.parse(open.notBefore ?? '')
  if (now.getTime() < notBefore) return { kind: 'waiting', slot: open, until: new Date(notBefore) }
  const start = startOf(set, new Date(open.slot), seed).getTime()
  const late = now.getTime() > start + set.timeLimitSeconds * 1000 + ON_TIME_MS
  const tooOften = open.attempts >= MAX_ATTEMPTS
  if (tooOften || (late && set.missed === 'skip')) {
    const reason = tooOften
      ? `begun ${open.attempts} times and never ended`
      : 'broken off, and too late to go on with it'
    const failed = { ...open, state: 'failed', lease: null, notBefore: null, ended: now.toISOString(), reason } as const
    return { kind: 'write', ledger: changed(ledger, { replace: failed }) }
  }
  const taken = { ...open, state: 'running', lease: lease(), notBefore: null, attempts: open.attempts + 1 } as const
  return { kind: 'write', ledger: changed(ledger, { replace: taken }), taken }
}

function decideDue(question: Question, ledger: ScheduleLedger): Decision {
  const { set, now, seed } = question
  const knownUntil = new Date(ledger.knownUntil)
  const due = dueSlots(set, knownUntil, now, seed)
  const nextOf = (slot: Date): ScheduleLedger['next'] => {
    const next = nextSlot(set, slot)
    return next && { slot: next.toISOString(), startsBy: startOf(set, next, seed).toISOString() }
  }
  if (due === undefined) {
    const next = nextOf(knownUntil)
    // Who looks at the ledger sees that the set is scheduled, and whether the time of a slot has passed.
    if (ledger.next?.slot !== next?.slot || ledger.next?.startsBy !== next?.startsBy)
      return { kind: 'write', ledger: changed(ledger, { next }) }
    return { kind: 'idle', next }
  }
  const onTime = now.getTime() - startOf(set, due.newest, seed).getTime() <= ON_TIME_MS
  const run = onTime || set.missed === 'run-once'
  const missed = missedRecords(ledger, due, { now, ranNewest: run })
  const known = { knownUntil: due.newest.toISOString(), next: nextOf(due.newest) }
  if (!run) return { kind: 'write', ledger: changed(ledger, { ...known, add: missed }) }
  const taken: TakenSlot = {
    ...{ slot: due.newest.toISOString(), state: 'running', runId: question.runId(), lease: question.lease() },
    ...{ began: now.toISOString(), ended: null, attempts: 1, failures: 0 },
    ...{ exitCode: null, reason: null, notBefore: null },
  }
  return { kind: 'write', ledger: changed(ledger, { ...known, add: [...missed, taken] }), taken }
}
