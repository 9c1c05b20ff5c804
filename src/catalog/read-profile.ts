import { isLakeferryError, LakeferryError } from '../errors.js'
import type { Anomalies } from '../model/anomalies.js'
import { lakeKey } from '../model/lake-key.js'
import type { Profile } from '../model/profile.js'
import type { RunId } from '../model/run-id.js'
import type { ObjectStore } from '../ports/object-store.js'
import { readVersioned } from './read-result.js'
import { runIdsBelow } from './run-listing.js'

/**
 * The profile of a run; undefined when none was made.
 *
 * @throws {@link LakeferryError} `LAKE_OBJECT_DAMAGED` when it is none of this version, dataset and run
 */
export async function readProfile(lake: ObjectStore, dataset: string, runId: RunId): Promise<Profile | undefined> {
  const profile = await readOwn<Profile>(lake, dataset, runId, 'profile.json')
  if (profile === undefined || Array.isArray(profile.columns)) return profile
  throw damaged(lake, dataset, runId, 'profile.json', 'one without columns')
}

/**
 * What stood out of a run when it was last compared; undefined when it never was.
 *
 * @throws {@link LakeferryError} `LAKE_OBJECT_DAMAGED`
 */
export async function readAnomalies(lake: ObjectStore, dataset: string, runId: RunId): Promise<Anomalies | undefined> {
  const anomalies = await readOwn<Anomalies>(lake, dataset, runId, 'anomalies.json')
  if (anomalies === undefined || Array.isArray(anomalies.anomalies)) return anomalies
  throw damaged(lake, dataset, runId, 'anomalies.json', 'one without anomalies')
}

/** Profiles read at once. */
const AT_ONCE = 8
/** Runs that are asked for a profile, for each that is wanted: some were validated without. */
const LOOKS_PER_PROFILE = 2

/**
 * The newest profiles of runs before one, oldest first. A damaged one counts as none: the history goes on without it.
 *
 * @param most - of them; the lake is asked for twice as many at most
 */
export async function readProfilesBefore(
  lake: ObjectStore,
  dataset: string,
  runId: RunId,
  most: number,
): Promise<readonly Profile[]> {
  const earlier = (await runIdsBelow(lake, lakeKey.reports(dataset))).filter(other => other < runId)
  const newestFirst = earlier.toReversed().slice(0, LOOKS_PER_PROFILE * most)
  const found: Profile[] = []
  for (let at = 0; at < newestFirst.length && found.length < most; at += AT_ONCE) {
    const some = newestFirst.slice(at, at + AT_ONCE)
    const profiles = await Promise.all(some.map(other => readProfileIfSound(lake, dataset, other)))
    found.push(...profiles.filter(profile => profile !== undefined))
  }
  return found.slice(0, most).toReversed()
}

/** The same as {@link readProfile}, undefined also for a damaged one. */
export async function readProfileIfSound(
  lake: ObjectStore,
  dataset: string,
  runId: RunId,
): Promise<Profile | undefined> {
  try {
    return await readProfile(lake, dataset, runId)
  } catch (error) {
    if (isLakeferryError(error, 'LAKE_OBJECT_DAMAGED')) return undefined
    throw error
  }
}

async function readOwn<T extends { readonly version: 1; readonly dataset: string; readonly runId: RunId }>(
  lake: ObjectStore,
  dataset: string,
  runId: RunId,
  name: string,
): Promise<T | undefined> {
  const value = await readVersioned<T>(lake, lakeKey.report(dataset, runId, name), `a ${name}`)
  if (value === undefined || (value.dataset === dataset && value.runId === runId)) return value
  throw damaged(lake, dataset, runId, name, `one of run ${value.runId} of ${value.dataset}`)
}

function damaged(lake: ObjectStore, dataset: string, runId: RunId, name: string, got: string): LakeferryError {
  return new LakeferryError('LAKE_OBJECT_DAMAGED', {
    lake: lake.url,
    key: lakeKey.report(dataset, runId, name),
    wanted: `the ${name} of run ${runId} of ${dataset}`,
    got,
  })
}
