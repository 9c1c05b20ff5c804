import type { GateOutcome } from './gate.js'
import type { RunId } from './run-id.js'

/**
 * One attempt at a run, as the lake remembers it: an export that failed takes everything else of it away. Kept in one
 * object a dataset, so that reading them takes one request however many there were.
 */
export interface Attempt {
  /** Null when it failed before a run was begun. */
  readonly runId: RunId | null
  /** RFC 3339, UTC. */
  readonly began: string
  /** Null as long as it is under way, or when it died. */
  readonly ended: string | null
  /** `unjudged`: committed, and not held to a contract. */
  readonly outcome: 'under way' | 'failed' | 'interrupted' | 'unjudged' | GateOutcome
  readonly documents: number | null
  /** Bytes of its parts, all formats. */
  readonly bytes: number | null
  readonly exportSeconds: number | null
  readonly validationSeconds: number | null
  /** Violations of rules of any severity. */
  readonly violated: number | null
  readonly error: AttemptError | null
  /** The process that makes it, as in a claim: for the question whether it still lives. */
  readonly owner?: string
}

/** Of what failed: code, message and hint of the error table, without secrets. */
export interface AttemptError {
  readonly step: 'export' | 'validation'
  readonly code: string
  readonly message: string
  /** Left out for a defect of ours. */
  readonly hint?: string
}

/** `_lakeferry/attempts/<dataset>.json`. A cache but for the failures: whatever it says of a committed run, the manifest says right. */
export interface Attempts {
  readonly version: 1
  readonly dataset: string
  /** The newest last, at most {@link ATTEMPTS_KEPT}. */
  readonly attempts: readonly Attempt[]
}

export const ATTEMPTS_KEPT = 60
