import type { Contract } from '../model/contract.js'
import type { FreshnessPromise } from './freshness.js'

/** A dataset as the monitor looks at it. */
export interface WatchedDataset {
  readonly name: string
  /** How fresh it has to be, and who says so. */
  readonly promise: FreshnessPromise
  /** What its runs are held to; undefined where they are only exported. */
  readonly contract: Contract | undefined
  /** Why the contract that it has cannot be read: then neither its promise nor its verdict can be told. */
  readonly contractProblem?: string
  readonly allowedRejects?: number
  /** Of the sets of the schedule that it belongs to, the longest time limit. */
  readonly timeLimitSeconds?: number
  /** Names of those sets. */
  readonly sets: readonly string[]
}

/** A set of the schedule as the monitor looks at it. */
export interface WatchedSet {
  readonly name: string
  /** Names. */
  readonly datasets: readonly string[]
  /** A slot that is due and that nobody has taken is late after so long. */
  readonly graceSeconds: number
}
