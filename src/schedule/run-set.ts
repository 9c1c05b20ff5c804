import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { readLedger, type ScheduleLedger, type SlotLease, type TakenSlot } from '../catalog/schedule-ledger.js'
import { LakeferryError, reasonOf } from '../errors.js'
import { isDead, newProcessOwner, type ProcessOwner } from '../host/process-owner.js'
import { newRunId } from '../model/run-id.js'
import type { ScheduleSet } from '../model/schedule-set.js'
import type { Clock } from '../ports/clock.js'
import type { ObjectStore } from '../ports/object-store.js'
import type { SlotRunner } from '../ports/slot-runner.js'
import { type Decision, decide } from './decide.js'
import { HeldSlot } from './held-slot.js'
import { runSlot } from './run-slot.js'
import type { ScheduleEvent } from './schedule-event.js'
import type { ScheduleTimings } from './timings.js'
import { writeLedger } from './write-ledger.js'

export interface ScheduleDeps {
  readonly lake: ObjectStore
  readonly clock: Clock
  readonly runner: SlotRunner
  readonly timings: ScheduleTimings
  /** Resolves after so long, or at once when the signal is aborted; never rejects. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** Asks everything to stop: what is at work is left for the next to go on with. */
  readonly signal: AbortSignal
  readonly tell: (event: ScheduleEvent) => void
  /** Who we are. @defaultValue this process */
  readonly owner?: ProcessOwner
  /** Whether an owner is dead beyond doubt. */
  readonly isDead?: (owner: ProcessOwner) => boolean
}

export interface RunSetOptions {
  /** Ends when nothing is due any more, or when somebody else is at work. @defaultValue false */
  readonly once?: boolean
}

/**
 * The schedule of one set: takes slots as they come due, runs them, goes on with what others left, and writes down what was
 * missed; until the signal is aborted. Any number of processes may do this over one lake.
 *
 * @throws what the lake raises, with `once`; otherwise it is told, and tried again
 */
export async function runSet(
  deps: ScheduleDeps,
  set: ScheduleSet,
  { once = false }: RunSetOptions = {},
): Promise<void> {
  const { clock, sleep, signal, timings, tell } = deps
  // Whoever looks is not at work: a lease of ours that is still there was written by a request whose answer never came.
  let ours = ''
  const owner = deps.owner ?? newProcessOwner()
  const lease = (now: Date): SlotLease => {
    const made = newLease(owner, now)
    ours = made.nonce
    return made
  }
  let said = ''
  /** What would be the same again and again is told the first time. */
  const tellOnce = (event: ScheduleEvent): void => {
    const text = JSON.stringify({ ...event, slot: undefined })
    if (said !== text) tell(event)
    said = text
  }
  while (!signal.aborted) {
    let pause = timings.lookEveryMs
    try {
      const decision = await look(deps, set, { make: lease, isOurs: ({ nonce }) => nonce === ours })
      if (decision.kind === 'write') {
        if (decision.taken !== undefined) await run(deps, set, decision.taken)
        continue
      }
      const event = eventOf(set.name, decision)
      if (event !== undefined) tellOnce(event)
      if (once && (decision.kind === 'held' || decision.kind === 'idle')) return
      const until = decision.kind === 'waiting' ? decision.until : startOfNext(decision)
      if (until !== undefined) pause = Math.min(pause, Math.max(0, until.getTime() - clock.now().getTime()))
    } catch (error) {
      if (once || signal.aborted) throw error
      tellOnce({ event: 'trouble', set: set.name, text: reasonOf(error) })
    }
    await sleep(pause, signal)
  }
}

async function run(deps: ScheduleDeps, set: ScheduleSet, taken: TakenSlot): Promise<void> {
  const after = await runSlot(deps, set, new HeldSlot(deps.lake, set.name, taken))
  if (after === undefined) deps.tell({ event: 'lost', set: set.name, slot: taken })
  else deps.tell({ event: 'finished', set: set.name, slot: after })
}

/** What there is to be said of a decision that leaves nothing to do. */
function eventOf(set: string, decision: Decision): ScheduleEvent | undefined {
  if (decision.kind === 'held') return { event: 'held', set, slot: decision.slot, by: decision.lease.by }
  if (decision.kind !== 'idle') return undefined
  const { next, ahead = false } = decision
  if (!ahead) return { event: 'next', set, next }
  const then = next === null ? 'ever' : `before ${next.slot}`
  const text = `its ledger knows what became of slots that are still to come: a clock is wrong, here or where they were run. Nothing is run ${then}`
  return { event: 'trouble', set, text }
}

function startOfNext(decision: Decision): Date | undefined {
  return decision.kind === 'idle' && decision.next !== null ? new Date(decision.next.startsBy) : undefined
}

interface Leases {
  readonly make: (now: Date) => SlotLease
  readonly isOurs: (lease: SlotLease) => boolean
}

/** Tries of a write that others come before. Each lost one means that another has done something: mostly what we wanted to do. */
const TRIES = 12

/** Decides, and does what is decided. */
async function look(deps: ScheduleDeps, set: ScheduleSet, leases: Leases): Promise<Decision> {
  const { lake, clock, tell, timings } = deps
  const dead = deps.isDead ?? ((other: ProcessOwner) => isDead(other, false))
  for (let tries = 1; ; tries++) {
    deps.signal.throwIfAborted()
    const { ledger, etag } = await readLedger(lake, set.name)
    const now = clock.now()
    const decision = decide({
      ...{ set, ledger, damaged: ledger === undefined && etag !== undefined, now, seed: lake.url },
      isGone: lease =>
        leases.isOurs(lease) ||
        dead(lease.owner) ||
        now.getTime() - Date.parse(lease.renewedAt) > timings.silentAfterMs,
      lease: () => leases.make(now),
      runId: () => newRunId(now),
    })
    if (decision.kind !== 'write') return decision
    if (await writeLedger(lake, decision.ledger, etag)) {
      tellWritten(tell, set.name, ledger, decision)
      return decision
    }
    if (tries >= TRIES) throw new LakeferryError('LAKE_NO_CONDITIONAL_WRITE', { lake: lake.url, operation: 'If-Match' })
  }
}

function tellWritten(
  tell: ScheduleDeps['tell'],
  set: string,
  before: ScheduleLedger | undefined,
  { ledger, taken }: Decision & { kind: 'write' },
): void {
  const known = new Map(before?.slots.map(record => [record.slot, record]))
  for (const record of ledger.slots) {
    const old = known.get(record.slot)
    if (record.state === 'missed' && old === undefined) tell({ event: 'missed', set, slots: record })
    // Given up without another attempt.
    if (record.state === 'failed' && old !== undefined && old.state !== 'failed')
      tell({ event: 'finished', set, slot: record })
  }
  if (taken !== undefined) tell({ event: 'started', set, slot: taken, resumed: known.has(taken.slot) })
}

function newLease(owner: ProcessOwner, now: Date): SlotLease {
  const at = now.toISOString()
  return { by: `${hostname()}, process ${process.pid}`, owner, since: at, renewedAt: at, nonce: randomUUID() }
}
