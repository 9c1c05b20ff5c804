import { spanText } from '../model/duration.js'
import type { ClockReading } from '../ports/source-health.js'
import { type About, cannotTell, type Draft } from './draft.js'
import type { Finding } from './finding.js'
import { MAX_CLOCK_SKEW_SECONDS } from './freshness.js'

/** By how much this machine's clock may differ from another's before somebody hears of it, in seconds. */
export const CLOCK_TOLERANCE_SECONDS = 60

/**
 * Whether this machine's clock is that of the lake, or of MongoDB. Undefined where the other tells no time.
 *
 * @param reading - undefined where it is not asked
 */
export function clockCheck(
  whose: 'lake' | 'source',
  reading: Finding<ClockReading | undefined> | undefined,
): Draft | undefined {
  if (reading === undefined) return undefined
  const other = whose === 'lake' ? 'the lake' : 'MongoDB'
  const about: About = {
    kind: 'clock',
    subject: whose,
    severity: 'warning',
    promised: `this machine's clock is within ${spanText(CLOCK_TOLERANCE_SECONDS)} of that of ${other}`,
    look: 'date -u',
  }
  if (!reading.known) return cannotTell({ ...about, look: 'lakeferry doctor', blames: [whose] }, reading.why)
  if (reading.value === undefined) return undefined
  const { aheadMs, withinMs } = reading.value
  // What an answer that was long on its way may have added proves nothing.
  const atLeast = Math.max(0, Math.abs(aheadMs) - withinMs) / 1000
  if (atLeast <= CLOCK_TOLERANCE_SECONDS) {
    if (withinMs / 1000 > CLOCK_TOLERANCE_SECONDS) return cannotTell(about, `${other} took too long to answer`)
    return {
      ...about,
      state: 'fine',
      seen: `it is within ${spanText(Math.max(1, Math.ceil((Math.abs(aheadMs) + withinMs) / 1000)))}`,
    }
  }
  const severity = atLeast > MAX_CLOCK_SKEW_SECONDS ? 'critical' : 'warning'
  const seen = `it is ${spanText(Math.abs(aheadMs) / 1000)} ${aheadMs > 0 ? 'behind' : 'ahead'}`
  return { ...about, state: 'wrong', severity, seen }
}
