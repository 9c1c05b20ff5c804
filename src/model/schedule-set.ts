/** Datasets that are run together, at the same times. */
export interface ScheduleSet {
  /** Safe in keys, as names of datasets are. `default` for the one that `schedule.cron` itself makes. */
  readonly name: string
  /** Five fields, or six with seconds in front. Known to be sound. */
  readonly cron: string
  /** IANA name. */
  readonly timezone: string
  /** Names, at least one. Undefined: all of them. */
  readonly datasets?: readonly string[]
  /** What becomes of slots that passed while nobody was there: the newest of them is run, or none is. */
  readonly missed: 'run-once' | 'skip'
  /** A slot is begun at a time up to so long after it, the same on every machine. */
  readonly jitterSeconds: number
  /** An attempt that takes longer is stopped. */
  readonly timeLimitSeconds: number
}
