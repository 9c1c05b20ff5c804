import type { Anomalies, Anomaly } from '../model/anomalies.js'
import type { ColumnProfile, Measure, Profile } from '../model/profile.js'
import { median, robustScore, Z_LIMIT } from './robust.js'

/** Earlier runs with a measure that it takes before anything is said of it: of fewer, a median deviation tells little. */
export const RUNS_NEEDED = 7
/** Earlier runs that are looked at, at most: a month of nights. */
export const RUNS_MOST = 30

/** Share of the median by which counts may wander without being told, before the factor of {@link Z_LIMIT}. */
const COUNT_FLOOR = 0.01
/** The same for null rates, which are shares already. */
const RATE_FLOOR = 0.002
/** The same for means, as a share of their numbers' standard deviation: it does not depend on where their scale begins. */
const MEAN_FLOOR = 0.02

/**
 * Holds a run's profile to those of earlier runs, measure by measure. Each looks back on the earlier runs that have it, of
 * the same column and type.
 *
 * @param earlier - in any order; the newest {@link RUNS_MOST} count
 */
export function detectAnomalies(profile: Profile, earlier: readonly Profile[]): Anomalies {
  const past = earlier.toSorted((a, b) => (a.runId < b.runId ? -1 : 1)).slice(-RUNS_MOST)
  const anomalies: Anomaly[] = []
  let judged = false
  for (const measured of measuresOf(profile)) {
    const { column, measure, value } = measured
    const history = past.flatMap(other => {
      const same = valueIn(other, measured)
      return same === undefined ? [] : [{ runId: other.runId, ...same }]
    })
    if (history.length < RUNS_NEEDED) continue
    judged = true
    const numbers = history.map(point => point.value)
    const scatter = median(history.map(point => point.deviation))
    const score = robustScore(numbers, value, floorOf(measured, scatter))
    const { sigma, z } = score
    if (Math.abs(z) <= Z_LIMIT) continue
    const [low, high] = band(measure, score.median, Z_LIMIT * sigma)
    anomalies.push({
      ...{ column, measure, value, low, high },
      expected: score.median,
      z: Math.round(z * 100) / 100,
      history: history.map(point => ({ runId: point.runId, value: point.value })),
    })
  }
  // Array.sort is stable: equally far ones stay in the run's order.
  anomalies.sort((a, b) => Math.abs(b.z) - Math.abs(a.z))
  const { dataset, runId } = profile
  const status = !judged ? 'quiet' : anomalies.length > 0 ? 'attention' : 'calm'
  return { version: 1, dataset, runId, status, runs: past.length, runsNeeded: RUNS_NEEDED, anomalies }
}

interface Measured {
  readonly column: string
  /** Of the column; empty for the data set. */
  readonly type: string
  readonly measure: Measure
  readonly value: number
  /** What it is of: documents, or numbers. */
  readonly of: number
}

/** A value of the history. */
interface Past {
  readonly value: number
  /** Of a mean: the standard deviation of its numbers. 0 otherwise. */
  readonly deviation: number
}

function measuresOf(profile: Profile): Measured[] {
  const of = profile.documents
  const documents: Measured = { column: '', type: '', measure: 'documents', value: profile.documents, of }
  return [
    documents,
    ...profile.columns.flatMap(column =>
      (['nullRate', 'distinct', 'mean'] as const).flatMap(measure => {
        const value = columnValue(column, measure, profile.documents)
        if (value === undefined) return []
        const numbers = measure === 'mean' ? (column.numbers ?? 0) : of
        return [{ column: column.column, type: column.type, measure, value, of: numbers }]
      }),
    ),
  ]
}

function valueIn(profile: Profile, { column, type, measure }: Measured): Past | undefined {
  if (measure === 'documents') return { value: profile.documents, deviation: 0 }
  const same = profile.columns.find(other => other.column === column && other.type === type)
  const value = same && columnValue(same, measure, profile.documents)
  return value === undefined ? undefined : { value, deviation: same?.deviation ?? 0 }
}

function columnValue(
  column: ColumnProfile,
  measure: Exclude<Measure, 'documents'>,
  documents: number,
): number | undefined {
  if (measure !== 'nullRate') return column[measure]
  // An empty run says nothing of shares.
  return column.nulls === undefined || documents === 0 ? undefined : column.nulls / documents
}

/**
 * The least standard deviation that is believed. Where documents come and go by chance, counts scatter by their square root,
 * shares by `√(p(1 − p) / n)` and means by `σ / √n`; on top of that a little is nobody's business.
 *
 * @param scatter - σ of the numbers behind a mean, as the history has it: this run's own may be what is wrong
 */
function floorOf({ measure, of }: Measured, scatter: number): (median: number) => number {
  const n = Math.max(1, of)
  switch (measure) {
    case 'documents':
    case 'distinct':
      return middle => Math.max(1, Math.sqrt(middle), COUNT_FLOOR * middle)
    case 'nullRate':
      return middle => Math.max(RATE_FLOOR, Math.sqrt((middle * (1 - middle)) / n))
    case 'mean':
      // A column of one value has no scale but that value.
      return middle => (scatter > 0 ? scatter * Math.max(MEAN_FLOOR, 1 / Math.sqrt(n)) : COUNT_FLOOR * Math.abs(middle))
  }
}

/** No count is below 0, and no share outside 0 to 1. */
function band(measure: Measure, middle: number, width: number): readonly [number, number] {
  const [low, high] = [middle - width, middle + width]
  if (measure === 'mean') return [low, high]
  return [Math.max(0, low), measure === 'nullRate' ? Math.min(1, high) : high]
}
