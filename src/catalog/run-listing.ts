import { isLakeferryError, LakeferryError } from '../errors.js'
import { lakeKey, runIdInKey } from '../model/lake-key.js'
import { decodeManifest, type Manifest } from '../model/manifest.js'
import { parseRunId, type RunId } from '../model/run-id.js'
import type { ObjectStore } from '../ports/object-store.js'
import { claimState, readClaim } from './claim.js'
import { isCommitted } from './committed.js'
import { readSetAside, setAsideText } from './set-aside.js'

/** One run as `lakeferry runs` lists it. */
export interface ListedRun {
  readonly runId: RunId
  /** Without a manifest it is being written, or was broken off. */
  readonly committed: boolean
  /** Absent when not committed, or when it cannot be read, which `problem` tells; as it tells that the run was set aside. */
  readonly manifest?: Manifest
  readonly problem?: string
}

/** Manifests read at once. */
const AT_ONCE = 8

/** Runs of a dataset, newest first, committed or not. @param options - `limit`: how many at most; all when left out */
export async function listRuns(
  lake: ObjectStore,
  dataset: string,
  options: { limit?: number } = {},
): Promise<ListedRun[]> {
  const newestFirst = (await listRunIds(lake, dataset)).toReversed().slice(0, options.limit)
  const runs: ListedRun[] = []
  for (let at = 0; at < newestFirst.length; at += AT_ONCE) {
    const some = newestFirst.slice(at, at + AT_ONCE)
    runs.push(...(await Promise.all(some.map(runId => readListedRun(lake, dataset, runId)))))
  }
  return runs
}

/**
 * Ids of the runs that have any object on the lake, oldest first, from every page of the listing. Other names, and
 * `run=` with something that is no run id, are not ours.
 *
 * @param after - leaves this one and older ones out
 */
export async function listRunIds(lake: ObjectStore, dataset: string, after?: RunId): Promise<RunId[]> {
  return runIdsBelow(lake, lakeKey.dataset(dataset), after)
}

/** The same of any folder that has `run=…/` folders in it, such as that of the reports. */
export async function runIdsBelow(lake: ObjectStore, folder: string, after?: RunId): Promise<RunId[]> {
  const prefix = `${folder}run=`
  // `0` is the character after `/`: past every key of that run, before every key of the next.
  const options = after === undefined ? {} : { startAfter: `${prefix}${after}0` }
  const found: RunId[] = []
  for await (const { key } of lake.list(prefix, { delimiter: '/', ...options })) {
    const runId = runIdInKey(key)
    if (key.endsWith('/') && runId !== undefined && isRunId(runId) && (after === undefined || runId > after))
      found.push(runId)
  }
  return found.sort()
}

/** A run that somebody began and neither committed nor took back: it is being written, or its process died. */
export interface UnfinishedRun {
  readonly runId: RunId
  /** RFC 3339, UTC; as the claim says, undefined when it cannot be read. */
  readonly since: string | undefined
  readonly by: string | undefined
  /** Its last sign of life. */
  readonly renewedAt: string | undefined
  /** `gone`: nobody is at work on it any more. */
  readonly state: 'gone' | 'alive'
}

/**
 * Claims on run ids whose run is not committed, oldest first.
 *
 * @param most - claims that are looked at: the newest. All when left out
 */
export async function listUnfinished(
  lake: ObjectStore,
  dataset: string,
  now: Date,
  most: number = Number.POSITIVE_INFINITY,
): Promise<UnfinishedRun[]> {
  const unfinished: UnfinishedRun[] = []
  const prefix = lakeKey.claim(dataset, '').replace(/\.json$/, '')
  const runIds: RunId[] = []
  for await (const { key } of lake.list(prefix)) {
    const runId = key.slice(prefix.length).replace(/\.json$/, '')
    if (isRunId(runId)) runIds.push(runId)
  }
  for (const runId of runIds.slice(Math.max(0, runIds.length - most))) {
    if (await isCommitted(lake, dataset, runId)) continue
    const claim = await readClaim(lake, dataset, runId)
    // Released between the listing and now: it is finished. And what is being removed is nobody's to go on with.
    if (!claim || claim.removing) continue
    const { since, by, renewedAt } = claim
    unfinished.push({ runId, since, by, renewedAt, state: claimState(claim, now) })
  }
  return unfinished
}

async function readListedRun(lake: ObjectStore, dataset: string, runId: RunId): Promise<ListedRun> {
  const key = lakeKey.manifest(dataset, runId)
  const stored = await lake.get(key)
  if (!stored) {
    const aside = await readSetAside(lake, dataset, runId)
    return { runId, committed: false, ...(aside && { problem: `set aside ${setAsideText(aside)}` }) }
  }
  try {
    return { runId, committed: true, manifest: decodeManifest(key, stored.body) }
  } catch (error) {
    // One damaged manifest must not hide the other runs.
    if (error instanceof LakeferryError) return { runId, committed: true, problem: error.message }
    throw error
  }
}

export function isRunId(text: string): boolean {
  try {
    parseRunId(text)
    return true
  } catch (error) {
    if (isLakeferryError(error, 'RUN_ID_INVALID')) return false
    throw error
  }
}
