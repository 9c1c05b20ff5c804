import type { RunId } from './run-id.js'

/**
 * `validation-reports/<dataset>/run=<runId>/profile.json`: what the columns of a run are like, in a few numbers each, so
 * that later runs can be held to them. Made of the run alone: the same run has the same profile. Schema:
 * `schema/profile.schema.json`.
 */
export interface Profile {
  readonly version: 1
  readonly dataset: string
  readonly runId: RunId
  /** In the parts. */
  readonly documents: number
  /** In the run's order. */
  readonly columns: readonly ColumnProfile[]
}

/** A measure that does not apply to the column, or could not be told, is left out. */
export interface ColumnProfile {
  /** `title`, `address.city`. */
  readonly column: string
  /** As `typeText` writes it: measures of another type are not compared. */
  readonly type: string
  /** Documents without the field, or with null in it, by the export's census. Left out where the census was cut short. */
  readonly nulls?: number
  /** Distinct values; of scalar columns. */
  readonly distinct?: number
  /** Of numeric columns: the numbers that {@link mean} is of, without those that are not finite or beyond 10^15. */
  readonly numbers?: number
  /** Their arithmetic mean, from an exact sum; left out when there are none. */
  readonly mean?: number
  /** Their standard deviation, of the population, to three significant digits: how much a mean may wander. */
  readonly deviation?: number
}

/** What is held to the history. `documents` is about the data set. */
export type Measure = 'documents' | 'nullRate' | 'distinct' | 'mean'
