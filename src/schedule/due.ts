import type { MissedReason, MissedSlots, ScheduleLedger } from '../catalog/schedule-ledger.js'
import type { ScheduleSet } from '../model/schedule-set.js'
import { newestSlots, slotsBetween, startOf } from './slots.js'

/** Slots that are counted one by one at most: a second's work, and more than anybody reads. */
const COUNTED = 10_000

/** Slots whose time has come and that nobody has taken. */
export interface DueSlots {
  /** Those before the newest, in order; undefined when they are too many to be told one by one. */
  readonly earlier: readonly Date[] | undefined
  /** First of all of them, and the last before the newest; the newest itself where it is alone. */
  readonly first: Date
  readonly last: Date
  readonly newest: Date
}

/** @returns undefined when there is none */
export function dueSlots(set: ScheduleSet, knownUntil: Date, now: Date, seed: string): DueSlots | undefined {
  // The first alone tells whether there is anything to look for, which there mostly is not.
  const [first] = slotsBetween(set, knownUntil, now, 1)
  if (first === undefined) return undefined
  const pair = newestSlots(set, knownUntil, now)
  const started = pair.filter(slot => startOf(set, slot, seed) <= now)
  // Starts are in the order of the slots: of two, at most the newer one is still to come.
  const newest = started.at(-1)
  if (newest === undefined) return undefined
  const earlier = slotsBetween(set, knownUntil, new Date(newest.getTime() - 1), COUNTED + 1)
  if (earlier.length <= COUNTED) return { earlier, first, last: earlier.at(-1) ?? newest, newest }
  const last = newestSlots(set, knownUntil, new Date(newest.getTime() - 1)).at(-1)
  return { earlier: undefined, first, last: last ?? newest, newest }
}

/** Records of those that are not run: one for all in a row that have one reason. */
export function missedRecords(
  ledger: ScheduleLedger,
  { earlier, first, last, newest }: DueSlots,
  { now, ranNewest }: { readonly now: Date; readonly ranNewest: boolean },
): MissedSlots[] {
  const common = {
    state: 'missed',
    ended: now.toISOString(),
    instead: ranNewest ? newest.toISOString() : null,
  } as const
  if (earlier === undefined) {
    const range = { slot: first.toISOString(), last: (ranNewest ? last : newest).toISOString() }
    return [{ ...common, ...range, count: null, reason: 'absent' }]
  }
  const records: MissedSlots[] = []
  for (const slot of ranNewest ? earlier : [...earlier, newest]) {
    const at = slot.toISOString()
    const reason = reasonFor(ledger, at)
    const before = records.at(-1)
    if (before?.reason === reason) records[records.length - 1] = { ...before, last: at, count: (before.count ?? 0) + 1 }
    else records.push({ ...common, slot: at, last: at, count: 1, reason })
  }
  return records
}

/** Texts of one shape, RFC 3339 in UTC with milliseconds, compare like the instants that they are. */
function reasonFor(ledger: ScheduleLedger, slot: string): MissedReason {
  const during = ledger.slots.some(
    record => record.state !== 'missed' && record.began <= slot && slot < (record.ended ?? slot),
  )
  return during ? 'overrun' : 'absent'
}
