import type { Manifest } from '../model/manifest.js'
import type { Finding } from './finding.js'

/** How old the newest committed run of a dataset may be, and who said so. */
export interface FreshnessPromise {
  readonly seconds: number
  readonly from: 'contract' | 'monitor.freshness'
}

/**
 * `fresh`: its age is within the promise, inclusive. `stale`: it is not. `none`: nothing was ever committed, which keeps
 * no promise either. `unknown`: it cannot be told, which is never taken for fresh.
 */
export type FreshnessState = 'fresh' | 'stale' | 'none' | 'unknown'

export interface Freshness {
  readonly state: FreshnessState
  readonly promise: FreshnessPromise
  /** The newest committed run; absent for `none` and when it could not be read. */
  readonly manifest?: Manifest
  /** Since the data were read: whole seconds, 0 at least. */
  readonly ageSeconds?: number
  /** For `unknown`: why. */
  readonly problem?: string
}

/** A run that claims to be from further ahead than this, in seconds, has a clock that cannot be trusted. */
export const MAX_CLOCK_SKEW_SECONDS = 300

/** The contract's own word, where it has one, comes before the configuration's. */
export function freshnessPromise(contractSeconds: number | undefined, configuredSeconds: number): FreshnessPromise {
  return contractSeconds === undefined
    ? { seconds: configuredSeconds, from: 'monitor.freshness' }
    : { seconds: contractSeconds, from: 'contract' }
}

/**
 * Judges the newest committed run.
 *
 * Age counts from `startedAt`, not from `committedAt`: the documents are as they were when the snapshot was taken, and
 * an export that runs for six hours delivers data that is six hours old. Counting from the commit would flatter it.
 */
export function judgeFreshness(manifest: Manifest | undefined, promise: FreshnessPromise, now: Date): Freshness {
  if (manifest === undefined) return { state: 'none', promise }
  const age = (now.getTime() - Date.parse(manifest.startedAt)) / 1000
  if (Number.isNaN(age))
    return { state: 'unknown', promise, manifest, problem: `startedAt is no date: ${manifest.startedAt}` }
  if (age < -MAX_CLOCK_SKEW_SECONDS) {
    const problem = `the newest run says it began at ${manifest.startedAt}, which is yet to come: check the clocks`
    return { state: 'unknown', promise, manifest, problem }
  }
  return {
    state: age <= promise.seconds ? 'fresh' : 'stale',
    promise,
    manifest,
    ageSeconds: Math.max(0, Math.floor(age)),
  }
}

/** The same of what was found on the lake. A lake that could not be read gives `unknown`, with the reason. */
export function freshnessOf(newest: Finding<Manifest | undefined>, promise: FreshnessPromise, now: Date): Freshness {
  return newest.known ? judgeFreshness(newest.value, promise, now) : { state: 'unknown', promise, problem: newest.why }
}
