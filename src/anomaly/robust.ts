/**
 * Makes the median absolute deviation of a normal distribution an estimate of its standard deviation:
 * 1 / Φ⁻¹(3/4).
 */
const MAD_TO_SIGMA = 1.482602218505602

/** Iglewicz and Hoaglin's cut-off for the modified z-score. */
export const Z_LIMIT = 3.5

/** No z-score is told as greater: where the history never changed at all, every change is infinitely far out. */
export const Z_MOST = 1_000

export interface RobustScore {
  readonly median: number
  /** Estimated standard deviation, the floor at least. */
  readonly sigma: number
  /** `(value − median) / sigma`, ±{@link Z_MOST} at most. */
  readonly z: number
}

/**
 * How far a value lies from a history, by the modified z-score of B. Iglewicz and D. C. Hoaglin, "How to Detect and Handle
 * Outliers" (ASQC, 1993), as in the NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.17:
 *
 *     z = (value − median) / max(1.4826 · median(|x − median|), floor)
 *
 * Their 0.6745 is 1 / 1.4826. Median and median absolute deviation do not move for an outlier in the history, where a mean
 * and a standard deviation would hide the next one behind it. Both are 0 once half of the history is equal, hence the floor.
 *
 * @param history - at least one finite number, in any order
 * @param floorOf - the least standard deviation that is believed, by the median: 0 or more
 */
export function robustScore(
  history: readonly number[],
  value: number,
  floorOf: (median: number) => number,
): RobustScore {
  const middle = median(history)
  const spread = MAD_TO_SIGMA * median(history.map(past => Math.abs(past - middle)))
  const sigma = Math.max(spread, floorOf(middle))
  const distance = value - middle
  const z = distance === 0 ? 0 : distance / sigma
  return { median: middle, sigma, z: Math.min(Z_MOST, Math.max(-Z_MOST, z)) }
}

/** @throws RangeError when there are no values, which is a caller's bug */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('no median of nothing')
  const sorted = values.toSorted((a, b) => a - b)
  const half = Math.floor(sorted.length / 2)
  const upper = sorted[half]!
  // Not (a + b) / 2, which may overflow.
  return sorted.length % 2 === 1 ? upper : sorted[half - 1]! / 2 + upper / 2
}
