import { RUNS_NEEDED } from '../anomaly/detect.js'
import { type ReadAttempts, readAttempts } from '../catalog/attempts.js'
import { latestManifest, readResult } from '../catalog/catalog.js'
import { readAnomalies } from '../catalog/read-profile.js'
import { listUnfinished, type UnfinishedRun } from '../catalog/run-listing.js'
import { isLakeferryError } from '../errors.js'
import type { Anomalies } from '../model/anomalies.js'
import type { Manifest } from '../model/manifest.js'
import type { ValidationResult } from '../model/result.js'
import type { RunId } from '../model/run-id.js'
import type { ObjectStore } from '../ports/object-store.js'
import { documentsBefore } from './attempt-history.js'
import { type Finding, find } from './finding.js'
import { type JobOnLake, readJobs } from './jobs-on-lake.js'

/** What the lake says of one dataset. Each question stands for itself: one that fails leaves the others their answers. */
export interface DatasetFacts {
  /** The newest committed run; `value` is undefined when there is none. */
  readonly newest: Finding<Manifest | undefined>
  /** Of the newest run; `value` is undefined as long as it has not been validated. */
  readonly result: Finding<ValidationResult | undefined>
  /** Of the newest run; asked for only where the attempts have too little history of their own. */
  readonly anomalies: Finding<Anomalies | undefined>
  readonly attempts: Finding<ReadAttempts>
  readonly unfinished: Finding<readonly UnfinishedRun[]>
  readonly jobs: Finding<readonly JobOnLake[]>
}

/** Runs that were begun and not finished that are looked at, at most: the newest. */
const UNFINISHED_MOST = 10

/**
 * Reads them, side by side. About ten requests; their number grows neither with the runs on the lake nor with the objects of
 * a run, only with what lies about half-done, and that up to a bound.
 */
export async function readDatasetFacts(lake: ObjectStore, dataset: string, now: Date): Promise<DatasetFacts> {
  const newest = find(() => newestManifest(lake, dataset))
  const attempts = find(() => readAttempts(lake, dataset))
  const ofNewest = async <T>(read: (runId: RunId) => Promise<T | undefined>): Promise<Finding<T | undefined>> => {
    const found = await newest
    if (!found.known) return found
    const manifest = found.value
    return manifest === undefined ? { known: true, value: undefined } : find(() => read(manifest.runId))
  }
  const [found, made, result, anomalies, unfinished, jobs] = await Promise.all([
    newest,
    attempts,
    ofNewest(runId => readResult(lake, dataset, runId)),
    ofNewest(async runId => {
      const made = await attempts
      const history = made.known ? documentsBefore(made.value.attempts, runId) : []
      return history.length >= RUNS_NEEDED ? undefined : readAnomalies(lake, dataset, runId)
    }),
    find(() => listUnfinished(lake, dataset, now, UNFINISHED_MOST)),
    find(() => readJobs(lake, dataset)),
  ])
  return { newest: found, result, anomalies, attempts: made, unfinished, jobs }
}

async function newestManifest(lake: ObjectStore, dataset: string): Promise<Manifest | undefined> {
  try {
    return await latestManifest(lake, dataset)
  } catch (error) {
    if (isLakeferryError(error, 'RUN_NONE')) return undefined
    throw error
  }
}
