/** What is run together, and when: a set of the configuration. */
export interface ScheduledSet {
  readonly name: string
  /** Five fields, or six with seconds in front. Known to be sound. */
  readonly cron: string
  /** IANA name. */
  readonly timezone: string
  /** Undefined: all. */
  readonly datasets?: readonly string[]
  /** What becomes of slots that passed while nobody was there: the newest of them is run, or none is. */
  readonly missed: 'run-once' | 'skip'
  readonly jitterSeconds: number
  /** Of each attempt. */
  readonly timeLimitSeconds: number
}
