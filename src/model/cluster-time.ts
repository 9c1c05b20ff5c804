/** A point in a replica set's history: BSON's timestamp. */
export interface ClusterTime {
  /** Seconds since 1970. */
  readonly t: number
  /** Which operation of that second, from 1. */
  readonly i: number
}
