/**
 * How cron patterns are read, wherever they are: options of croner. Five fields, or six with seconds in front.
 *
 * `no-wildcard`: a pattern that names its hours, minutes and seconds (`30 2 * * *`, `0 2,14 * * *`) keeps to the clock on
 * the wall: a time that a day doesn't have comes at the first instant after the gap, one that it has twice comes the first
 * time only. A pattern with `*` or a step in one of the three (`0 * * * *`) keeps to real time.
 */
export const CRON_OPTIONS = { mode: '5-or-6-parts', fixedTimeRule: 'no-wildcard' } as const

/** The set that `schedule.cron` itself makes. */
export const DEFAULT_SET = 'default'
