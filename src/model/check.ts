import type { RunId } from './run-id.js'

/** What the monitor looks at. Part of a check's identity, so that a name, once written to a lake, keeps its meaning. */
export const CHECK_KINDS = [
  /** The newest committed run is as fresh as promised. */
  'freshness',
  /** The last attempt at a run came to its end. */
  'run',
  /** No run is under way for longer than it may be, and none was left half-done. */
  'stuck',
  /** The newest run's verdict: good, or what is wrong with it. */
  'verdict',
  /** The newest run has about as many documents as those before it. */
  'volume',
  /** A validation that runs elsewhere (EMR) is under way as it should be. */
  'job',
  /** The oplog reaches further back than an export takes. */
  'oplog',
  /** The schedule's slots were run. */
  'slots',
  /** The lake can be reached. */
  'lake',
  /** MongoDB can be reached. */
  'source',
  /** This machine's clock is that of the lake and of MongoDB. */
  'clock',
  /** A channel of the alerts takes messages. */
  'channel',
] as const

export type CheckKind = (typeof CHECK_KINDS)[number]

/**
 * `fine`: looked at, and as promised. `wrong`: looked at, and not. `none`: there is nothing to look at yet, such as no
 * export, which is not fine either. `unknown`: it could not be looked at; what was known of it before stays.
 */
export type CheckState = 'fine' | 'wrong' | 'none' | 'unknown'

export type CheckSeverity = 'critical' | 'warning'

/** One thing that the monitor looked at, and how it found it. */
export interface Check {
  readonly kind: CheckKind
  /** What of that kind: a dataset, a set of the schedule, a channel; empty where there is one only. */
  readonly subject: string
  readonly state: CheckState
  /** Of it when it is not fine. */
  readonly severity: CheckSeverity
  /** What was promised: a phrase, `at most 26h old`. */
  readonly promised: string
  /** What was seen: a phrase, `3d 2h old`. */
  readonly seen: string
  /** Since when it has been so, RFC 3339 UTC, where that can be told from the lake; else from when it was first seen. */
  readonly since?: string
  readonly runId?: RunId
  /** The command, or an address, to look at. */
  readonly look: string
  /** {@link checkId} of another check that is the cause of this one: a lake that is gone makes every dataset unknown. */
  readonly cause?: string
}

/** Everything that one pass of the monitor looked at. */
export interface Observation {
  /** RFC 3339, UTC. */
  readonly at: string
  readonly checks: readonly Check[]
}

/** `freshness papers`, `lake`: the same for the same thing at any time. */
export function checkId({ kind, subject }: Pick<Check, 'kind' | 'subject'>): string {
  return subject === '' ? kind : `${kind} ${subject}`
}
