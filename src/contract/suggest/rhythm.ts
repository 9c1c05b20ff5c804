import { countText } from '../../model/count-text.js'

/** Fewer runs have no rhythm. */
const LEAST_RUNS = 5
const HOUR_MS = 3_600_000

export interface SuggestedFreshness {
  readonly value: number
  readonly unit: 'h' | 'd'
  readonly evidence: string
}

/**
 * How old the newest run may be, by the longest pause there was between two, and a quarter more. Whole hours, or days from
 * three on. Undefined when there are too few runs.
 *
 * @param starts - when each run began, in any order
 */
export function freshnessOf(starts: readonly Date[]): SuggestedFreshness | undefined {
  const times = starts.map(start => start.getTime()).sort((a, b) => a - b)
  if (times.length < LEAST_RUNS) return undefined
  const pauses = times.slice(1).map((time, at) => time - times[at]!)
  const [median, longest] = [middleOf(pauses), Math.max(...pauses)]
  const hours = Math.max(1, Math.ceil((longest * 1.25) / HOUR_MS))
  const evidence = `${countText(times.length)} runs, ${hoursText(median)} apart by the median, ${hoursText(longest)} at most`
  return hours > 72 ? { value: Math.ceil(hours / 24), unit: 'd', evidence } : { value: hours, unit: 'h', evidence }
}

function middleOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

function hoursText(ms: number): string {
  return `${Number((ms / HOUR_MS).toFixed(1))} h`
}
