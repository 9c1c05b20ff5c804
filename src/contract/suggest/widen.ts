/** Bounds that leave room around what was seen, so that the next run's ordinary values do not break the contract. */
export interface Range {
  readonly minimum?: number
  readonly maximum?: number
}

/**
 * A range about three times as wide as the one seen, with ends of one digit's precision: 2013 to 2024 gives 2000 to
 * 2040. It never crosses zero when no value did. An end beyond the whole numbers that every reader of JSON keeps is left
 * out. Of one value only there is no telling how far others may lie: none.
 */
export function widenedRange(min: number, max: number): Range {
  const span = max - min
  if (!(span > 0)) return {}
  const step = 10 ** Math.floor(Math.log10(span))
  const low = roundTo(min - span, step, Math.floor)
  const high = roundTo(max + span, step, Math.ceil)
  const minimum = min >= 0 ? Math.max(low, 0) : low
  const maximum = max <= 0 ? Math.min(high, 0) : high
  const usable = (bound: number): boolean => Number.isFinite(bound) && Math.abs(bound) <= Number.MAX_SAFE_INTEGER
  return {
    ...(usable(minimum) && minimum <= min ? { minimum } : {}),
    ...(usable(maximum) && maximum >= max ? { maximum } : {}),
  }
}

/** Division by a step below 1 makes 0.30000000000000004 of 3 tenths; the digits of the step are all that are meant. */
function roundTo(value: number, step: number, round: (value: number) => number): number {
  const digits = Math.max(0, -Math.floor(Math.log10(step)))
  if (digits > 15) return value
  return Number((round(value / step) * step).toFixed(digits)) + 0
}

/** Twice as much, up to the next number of one digit: 187 gives 400. At least 1. */
export function widenedCount(most: number): number {
  const twice = Math.max(1, most * 2)
  const step = 10 ** Math.floor(Math.log10(twice))
  return Math.ceil(twice / step) * step
}

/** Half of it, down to two digits: 8,623 gives 4,300. */
export function halfOf(count: number): number {
  const half = Math.floor(count / 2)
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(half, 1))) - 1)
  return Math.floor(half / step) * step
}

const YEAR_2100 = Date.UTC(2100, 0, 1)

/**
 * From the first day of the year before the earliest instant, until 2100 where that is still to come: later instants are
 * seconds taken for milliseconds, or "never".
 *
 * @param min - milliseconds since 1970
 */
export function widenedInstants(min: number, max: number): { readonly minimum?: string; readonly maximum?: string } {
  const year = new Date(min).getUTCFullYear() - 1
  return {
    ...(year >= 1 && year <= 9998 ? { minimum: `${String(year).padStart(4, '0')}-01-01` } : {}),
    ...(max <= YEAR_2100 ? { maximum: '2100-01-01' } : {}),
  }
}
