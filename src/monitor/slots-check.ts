import { openSlot, type ScheduleLedger, type TakenSlot } from '../catalog/schedule-ledger.js'
import { nounText } from '../model/count-text.js'
import { type About, cannotTell, type Draft, unread } from './draft.js'
import type { Finding } from './finding.js'
import { ago } from './run-check.js'
import type { WatchedSet } from './watched.js'

/** How late anything of the schedule may be before somebody hears of it, in seconds. */
export const SLOT_GRACE_SECONDS = 900

/** A ledger, or `damaged`; undefined when nobody has scheduled the set yet. */
export type LedgerFound = ScheduleLedger | 'damaged' | undefined

/** Whether the slots of a set were run, and whether there is anybody who runs them. */
export function slotsCheck(
  { name, datasets, graceSeconds }: WatchedSet,
  ledger: Finding<LedgerFound>,
  now: Date,
): Draft {
  const about: About = {
    kind: 'slots',
    subject: name,
    severity: 'critical',
    promised: 'each slot of the schedule is run in its time',
    look: 'lakeferry schedule',
  }
  if (!ledger.known) return unread(about, ledger)
  if (ledger.value === 'damaged') return cannotTell(about, 'the ledger of the schedule on the lake is damaged')
  if (ledger.value === undefined) {
    return { ...about, state: 'none', severity: 'warning', seen: 'no scheduler has ever been there' }
  }
  const { next, slots } = ledger.value
  const late = (instant: string): boolean => now.getTime() - Date.parse(instant) > graceSeconds * 1000
  const open = openSlot(ledger.value)
  if (open !== undefined) {
    const stalled = stalledSlot(open, late, now)
    if (stalled !== undefined) return { ...about, runId: open.runId, state: 'wrong', ...stalled }
  } else if (next !== null && late(next.startsBy)) {
    const seen = `the slot of ${next.slot} was due ${ago(next.startsBy, now)}, and no scheduler is there to take it`
    return { ...about, state: 'wrong', seen, since: next.startsBy }
  }
  const failed = slots.findLast(record => record.state !== 'running' && record.state !== 'waiting')
  const coming = next === null ? '' : `; the next is ${next.slot}`
  if (failed?.state === 'failed') {
    const { slot, reason, runId, ended, attempts } = failed
    const seen = `the slot of ${slot} was given up after ${nounText(attempts, 'attempt')}: ${reason ?? 'nobody knows why'}`
    const look = `lakeferry run ${datasets.join(' ')}`
    const blames = ['lake', ...datasets.map(dataset => `run ${dataset}`)]
    return { ...about, runId, state: 'wrong', seen, since: ended ?? slot, look, blames }
  }
  if (failed?.state === 'missed' && failed.instead === null) {
    const { slot, last, count, reason } = failed
    const which = slot === last ? `the slot of ${slot} was` : `${count ?? 'the'} slots from ${slot} to ${last} were`
    const why = reason === 'overrun' ? 'the run of an earlier one was still at work' : 'no scheduler was there'
    const seen = `${which} not run: ${why}${coming}`
    return {
      ...about,
      state: 'wrong',
      severity: 'warning',
      seen,
      since: slot,
      look: `lakeferry run ${datasets.join(' ')}`,
    }
  }
  if (open !== undefined) {
    const seen = `the slot of ${open.slot} is ${open.state === 'running' ? 'under way' : 'to be gone on with'}`
    return { ...about, runId: open.runId, state: 'fine', seen }
  }
  const done = failed === undefined ? 'no slot was due yet' : `the slot of ${failed.slot} was run`
  return { ...about, state: 'fine', seen: `${done}${coming}` }
}

/** A slot that was taken, and that nobody works on or comes back to. */
function stalledSlot(
  { slot, state, lease, notBefore, reason }: TakenSlot,
  late: (instant: string) => boolean,
  now: Date,
): Pick<Draft, 'seen' | 'since'> | undefined {
  if (state === 'running') {
    if (lease === null || !late(lease.renewedAt)) return undefined
    const seen = `${lease.by} took the slot of ${slot}, and its last sign of life was ${ago(lease.renewedAt, now)}`
    return { seen, since: lease.renewedAt }
  }
  if (notBefore === null || !late(notBefore)) return undefined
  const seen = `the slot of ${slot} waits to be tried again since ${ago(notBefore, now)}, and no scheduler is there: ${reason ?? ''}`
  return { seen, since: notBefore }
}
