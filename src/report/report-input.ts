import type { Anomalies } from '../model/anomalies.js'
import type { Gate } from '../model/gate.js'
import type { Manifest } from '../model/manifest.js'
import type { Execution, ResultStatus, ValidationResult, Violation } from '../model/result.js'
import type { RunId } from '../model/run-id.js'

/**
 * Everything a report says, as data. Every format is a pure function of this: no clock, no network, so the same input
 * gives the same bytes.
 */
export interface ReportInput {
  readonly manifest: Manifest
  readonly result: ValidationResult
  readonly execution: Execution
  /** The first few violations of each rule, in the order of `violations/`: enough to understand, never all. */
  readonly samples: readonly Violation[]
  /** Earlier validated runs of the dataset, oldest first; without the run reported on. */
  readonly history: readonly HistoryPoint[]
  /** Earlier runs that have a result nobody could read: told, so that a gap in the trend is no mystery. */
  readonly unreadableHistory: readonly RunId[]
  /** What the contract says of its columns: dotted column name to text. Empty when it says nothing. */
  readonly contractNotes: Readonly<Record<string, string>>
  /** The contract's own name, when it is at hand. */
  readonly contractName?: string
  /** The program and its version, `lakeferry 0.1.0`. */
  readonly generatedBy: string
  /** What the run is good for, where it was judged. */
  readonly gate?: Gate
  /** How it stands out against earlier runs, where it was compared with them. */
  readonly anomalies?: Anomalies
}

/** One earlier run, as far as the trend needs it. */
export interface HistoryPoint {
  readonly runId: RunId
  readonly documents: number
  /** Bytes on the lake in all formats; absent when the run was removed from the lake and only its result was kept. */
  readonly bytes?: number
  readonly status: ResultStatus
  readonly failingDocuments: { readonly error: number; readonly any: number }
  /** Rule id to documents that violated it, for every rule of that run. */
  readonly ruleViolated: Readonly<Record<string, number>>
  /** SHA-256 of the contract's file, hex: tells where the yardstick changed. */
  readonly contractFingerprint: string
}
