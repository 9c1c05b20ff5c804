import type { ProcessOwner } from '../host/process-owner.js'
import { lakeKey } from '../model/lake-key.js'
import type { RunId } from '../model/run-id.js'
import type { ObjectStore } from '../ports/object-store.js'

/**
 * `_lakeferry/schedule/<set>.json`: what became of the slots of one set of the schedule. Every change is a compare-and-set
 * of the whole, so that of two machines only one can take a slot. docs/lake-format.md describes it.
 */
export interface ScheduleLedger {
  readonly version: 1
  readonly set: string
  /**
   * Every slot up to this one, inclusive, has its record, or had one that was dropped with age: none of them is ever taken
   * again, whatever a clock says. RFC 3339, UTC.
   */
  readonly knownUntil: string
  /**
   * The slot after that, as the cron was when this was written, and when it is to begin at the latest (with its jitter).
   * Null when the cron has no further one. RFC 3339, UTC.
   */
  readonly next: { readonly slot: string; readonly startsBy: string } | null
  /** The oldest first; at most {@link SLOTS_KEPT}. At most one is `running` or `waiting`. */
  readonly slots: readonly SlotRecord[]
  /** No two writes have the same, so that a repeated put can tell its own from another's. */
  readonly nonce: string
}

export const SLOTS_KEPT = 60

/** One slot that was taken, or one or more in a row that nobody ran. */
export type SlotRecord = TakenSlot | MissedSlots

export interface TakenSlot {
  /** RFC 3339, UTC; it names the slot. */
  readonly slot: string
  /**
   * `running`: under way, by the holder of `lease`. `waiting`: to be gone on with, by anybody, not before `notBefore`.
   * `done`: ran to its end, whatever it found in the data. `failed`: given up.
   */
  readonly state: 'running' | 'waiting' | 'done' | 'failed'
  /** Of the runs of all its datasets, from the first attempt to the last. */
  readonly runId: RunId
  /** When it was first taken. RFC 3339, UTC, like all below. */
  readonly began: string
  /** With `done` and `failed`. */
  readonly ended: string | null
  /** How often it was begun or gone on with, by whomever. */
  readonly attempts: number
  /** Attempts that failed. */
  readonly failures: number
  /** Exit code of the last attempt that ended (docs/cli.md); null when none has, or when a signal ended it. */
  readonly exitCode: number | null
  /** Why it waits or was given up, in words: code and message of the error, or that the time limit was reached. */
  readonly reason: string | null
  /** With `waiting`. */
  readonly notBefore: string | null
  /** With `running`. */
  readonly lease: SlotLease | null
}

/** Who runs a slot. */
export interface SlotLease {
  /** For people. */
  readonly by: string
  /** For the question whether it still lives. */
  readonly owner: ProcessOwner
  /** Since when this holder has it. */
  readonly since: string
  /** The holder's last sign of life, by its own clock. */
  readonly renewedAt: string
  /** No two holders have the same, nor one that has it twice. */
  readonly nonce: string
}

/** `absent`: nobody was there at its time. `overrun`: the run of an earlier slot was still at work. */
export type MissedReason = 'absent' | 'overrun'

export interface MissedSlots {
  /** The first of them. */
  readonly slot: string
  /** The last of them, inclusive. */
  readonly last: string
  /** How many; null when they are more than anybody counted. */
  readonly count: number | null
  readonly state: 'missed'
  readonly reason: MissedReason
  /** When that was seen. */
  readonly ended: string
  /** A later slot that was run in their place. */
  readonly instead: string | null
}

/**
 * The ledger of a set and its version. Without a ledger nobody has scheduled the set yet. A damaged one counts as absent,
 * with the version that is needed to replace it.
 */
export async function readLedger(
  lake: ObjectStore,
  set: string,
): Promise<{ ledger: ScheduleLedger | undefined; etag: string | undefined }> {
  const stored = await lake.get(lakeKey.schedule(set))
  if (!stored) return { ledger: undefined, etag: undefined }
  return { ledger: decodeLedger(stored.body), etag: stored.etag }
}

function decodeLedger(body: Uint8Array): ScheduleLedger | undefined {
  try {
    const ledger: ScheduleLedger | null = JSON.parse(new TextDecoder().decode(body))
    const sound = ledger?.version === 1 && !Number.isNaN(Date.parse(ledger.knownUntil)) && Array.isArray(ledger.slots)
    return sound ? ledger : undefined
  } catch {
    return undefined
  }
}

/** The slot that is under way or to be gone on with, if there is one. */
export function openSlot(ledger: ScheduleLedger): TakenSlot | undefined {
  return ledger.slots.find((record): record is TakenSlot => record.state === 'running' || record.state === 'waiting')
}

/** The newest slot that was taken and ended, if there is one. */
export function lastEnded(ledger: ScheduleLedger): TakenSlot | undefined {
  return ledger.slots.findLast((record): record is TakenSlot => record.state === 'done' || record.state === 'failed')
}
