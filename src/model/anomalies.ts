import type { Measure } from './profile.js'
import type { RunId } from './run-id.js'

/** `quiet`: too little history to say anything. `calm`: nothing stands out. `attention`: something does. */
export type AnomalyStatus = 'quiet' | 'calm' | 'attention'

/**
 * `validation-reports/<dataset>/run=<runId>/anomalies.json`: what of a run stands out against the runs before it. It is
 * told, and never part of a verdict: what is unusual may be right. Schema: `schema/anomalies.schema.json`.
 */
export interface Anomalies {
  readonly version: 1
  readonly dataset: string
  readonly runId: RunId
  readonly status: AnomalyStatus
  /** Earlier runs that it was compared with. */
  readonly runs: number
  /** Earlier runs with a measure that it takes to say anything of it. */
  readonly runsNeeded: number
  /** The farthest out first. */
  readonly anomalies: readonly Anomaly[]
}

export interface Anomaly {
  /** Empty for the data set. */
  readonly column: string
  readonly measure: Measure
  readonly value: number
  /** The median of the history. */
  readonly expected: number
  /** Within these, inclusive, nothing would have been told. */
  readonly low: number
  readonly high: number
  /** Robust z-score: how many standard deviations from the median, as the history's own spread estimates them. */
  readonly z: number
  /** What the earlier runs had, oldest first. */
  readonly history: readonly { readonly runId: RunId; readonly value: number }[]
}
