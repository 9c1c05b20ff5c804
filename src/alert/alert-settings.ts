import type { CheckKind } from '../model/check.js'

/** What the life of an alert goes by, from the configuration. */
export interface AlertSettings {
  /** The lake that it is about, without secrets. */
  readonly lake: string
  /** Between two messages about an alert that lasts, in seconds. */
  readonly reminderSeconds: number
  /** How long a dataset may be without its first export before that is told, in seconds, from when that was first seen. */
  readonly graceSeconds: number
  /** Names that the configuration has now. */
  readonly known: {
    readonly datasets: readonly string[]
    /** Of the schedule. */
    readonly sets: readonly string[]
    readonly channels: readonly string[]
  }
}

/** "Cannot tell" is told when it has lasted for so long, in seconds, in every pass: a blip wakes nobody. */
export const UNKNOWN_PATIENCE_SECONDS = 300
/** As long for a channel that does not take messages: most take the next one. */
export const CHANNEL_PATIENCE_SECONDS = 300
/** What comes back within so long after its end, in seconds, is the same alert, opened again. */
export const REOPENED_WITHIN_SECONDS = 3600
/** So often it is told anew that an alert is open again; after that its end is told only once it has lasted for the time above. */
export const REOPENINGS_TOLD = 2
/**
 * What nobody has looked at for so long, in seconds, is closed when it is no longer in the configuration (another machine's may
 * still have it), or when there is nothing of it to look at any more.
 */
export const GONE_AFTER_SECONDS = 86_400
/** A time that is further ahead of this pass than this, in seconds, was written by a clock that was wrong, and holds nothing up. */
export const CLOCK_TOLERANCE_SECONDS = 300

/** What the subject of a check is the name of, if it is one of the configuration's. */
export const SUBJECTS: Readonly<Record<CheckKind, 'dataset' | 'set' | 'channel' | 'fixed'>> = {
  freshness: 'dataset',
  run: 'dataset',
  stuck: 'dataset',
  verdict: 'dataset',
  volume: 'dataset',
  job: 'dataset',
  oplog: 'dataset',
  slots: 'set',
  lake: 'fixed',
  source: 'fixed',
  clock: 'fixed',
  channel: 'channel',
}

/**
 * The kinds of which "there is nothing yet" is told, after its grace. Of the others it says no more than that: a volume
 * that has nothing to be compared with, a job that there is none of.
 */
export const NONE_IS_TOLD: ReadonlySet<CheckKind> = new Set(['freshness'])
