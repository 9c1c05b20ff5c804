import type { RunId } from '../model/run-id.js'

/**
 * What an object is that nobody needs: `plan` and `claim` of a run, an object of an `unfinished` run, an `orphan` in a
 * committed run's folder, which its manifest does not name; of a run that retention lets go, or that another sweep was
 * removing, an object of the `expired` run and a `report` that has its documents.
 */
export type GarbageKind = 'plan' | 'unfinished' | 'orphan' | 'claim' | 'expired' | 'report'

/** One object that is to go, or is gone. */
export interface Garbage {
  readonly kind: GarbageKind
  readonly key: string
  readonly bytes: number
  /** RFC 3339, UTC: the last sign of life of an unfinished run, the commit of a committed one. */
  readonly since: string
}

/** The garbage of one run, in the order in which it goes. */
export interface RunGarbage {
  readonly runId: RunId
  readonly committed: boolean
  /** Whether it is what another sweep, which died, left of a run that retention let go. */
  readonly removing: boolean
  readonly items: readonly Garbage[]
}

/** A run that has what could be garbage, and why it is left alone. */
export interface KeptRun {
  readonly runId: RunId
  readonly reason: string
}

export interface SweepRules {
  readonly now: Date
  /** What may still be needed stays for so long: `--older-than`, in milliseconds. */
  readonly olderThanMs: number
}
