import type { Gate } from './gate.js'
import type { Manifest } from './manifest.js'
import type { ValidationResult } from './result.js'
import type { RunId } from './run-id.js'

/**
 * What happens on the way of a dataset through `run`, `export` or `validate`, in order: `export.started`, then
 * `export.committed` or `run.failed`; `validation.started`, then `validation.finished` or `run.failed`; at last, when
 * neither failed, `run.finished`. Of each dataset that was asked for, one of the last two is told, once: where the failure of
 * another, or of what all of them need, left one out, too. One stream of events feeds the log, traces, lineage, metrics and the record of attempts.
 */
export type RunEvent =
  | (RunMoment & { readonly event: 'export.started'; readonly collection: string })
  | (RunMoment & { readonly event: 'export.committed'; readonly manifest: Manifest; readonly resumed: number })
  | (RunMoment & { readonly event: 'validation.started'; readonly engine: string; readonly manifest: Manifest })
  | (RunMoment & {
      readonly event: 'validation.finished'
      readonly engine: string
      readonly gate: Gate
      readonly violated: number
      readonly manifest: Manifest
      /** Keys of the reports on the lake. */
      readonly reports: readonly string[]
      /** What was found, and the version of the engine that found it. */
      readonly result?: ValidationResult
      readonly engineVersion?: string
    })
  | (RunMoment & { readonly event: 'run.finished'; readonly gate: Gate | undefined; readonly manifest: Manifest })
  | (RunMoment & {
      readonly event: 'run.failed'
      readonly step: 'export' | 'validation'
      /** Of the error table; `UNEXPECTED` for a defect of ours. */
      readonly code: string
      readonly message: string
      /** The next thing to try; undefined for a defect of ours. */
      readonly hint?: string
      /** Whether somebody stopped it. */
      readonly interrupted: boolean
    })

export interface RunMoment {
  readonly dataset: string
  /** Undefined when it failed before a run was begun. */
  readonly runId: RunId | undefined
  /** RFC 3339, UTC. */
  readonly at: string
  /** The set of the schedule and the slot (RFC 3339) that it was for. */
  readonly slot?: { readonly set: string; readonly at: string }
}
