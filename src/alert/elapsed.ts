import { CLOCK_TOLERANCE_SECONDS } from './alert-settings.js'

/**
 * Seconds from one instant to a later one, 0 at least. A beginning that lies further ahead than clocks may differ was written
 * by one that was wrong: it is taken for long ago, so that it holds nothing up until its time comes.
 */
export function elapsedSeconds(from: string, to: string): number {
  const seconds = (Date.parse(to) - Date.parse(from)) / 1000
  if (Number.isNaN(seconds) || seconds < -CLOCK_TOLERANCE_SECONDS) return Number.POSITIVE_INFINITY
  return Math.max(0, seconds)
}

/** Whole seconds that something lasted, 0 at least. */
export function lastedSeconds(from: string, to: string): number {
  return Math.max(0, Math.floor((Date.parse(to) - Date.parse(from)) / 1000))
}
