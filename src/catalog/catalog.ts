import { LakeferryError } from '../errors.js'
import { lakeKey } from '../model/lake-key.js'
import { decodeManifest, type Manifest } from '../model/manifest.js'
import { parseRunId, type RunId } from '../model/run-id.js'
import type { ObjectStore } from '../ports/object-store.js'
import { isCommitted } from './committed.js'
import { readPointer } from './pointer.js'
import { listRunIds } from './run-listing.js'
import { whySetAside } from './set-aside.js'

/**
 * The manifest of one committed run.
 *
 * @throws {@link LakeferryError} `RUN_ID_INVALID`, `RUN_MISSING` when there is no such run, `MANIFEST_INVALID`
 */
export async function readManifest(lake: ObjectStore, dataset: string, runId: RunId): Promise<Manifest> {
  const manifest = await readManifestIfCommitted(lake, dataset, runId)
  if (manifest !== undefined) return manifest
  throw new LakeferryError('RUN_MISSING', { dataset, runId, ...(await whySetAside(lake, dataset, runId)) })
}

/** The same, undefined when there is no such run. @throws {@link LakeferryError} `RUN_ID_INVALID`, `MANIFEST_INVALID` */
export async function readManifestIfCommitted(
  lake: ObjectStore,
  dataset: string,
  runId: RunId,
): Promise<Manifest | undefined> {
  const key = lakeKey.manifest(dataset, parseRunId(runId))
  const stored = await lake.get(key)
  if (!stored) return undefined
  const manifest = decodeManifest(key, stored.body)
  if (manifest.runId === runId && manifest.dataset === dataset) return manifest
  const problem = `it is of run ${manifest.runId} of ${manifest.dataset}`
  throw new LakeferryError('MANIFEST_INVALID', { key, problem })
}

/**
 * The newest committed run: the one with the greatest run id, undefined when there is none.
 *
 * The pointer only says where to begin looking. It is behind for as long as a commit takes to move it, and for ever if
 * the process died in between; it may be lost, damaged or point at a run that was removed. None of it changes the answer.
 */
export async function latestRun(lake: ObjectStore, dataset: string): Promise<RunId | undefined> {
  const { pointer } = await readPointer(lake, dataset)
  const newer = await listRunIds(lake, dataset, pointer?.runId)
  const found = await newestCommitted(lake, dataset, newer)
  if (found !== undefined || pointer === undefined) return found
  if (await isCommitted(lake, dataset, pointer.runId)) return pointer.runId
  return newestCommitted(lake, dataset, await listRunIds(lake, dataset))
}

/**
 * The manifest of {@link latestRun}.
 *
 * @throws {@link LakeferryError} `RUN_NONE` when nothing is committed yet, `MANIFEST_INVALID`
 */
export async function latestManifest(lake: ObjectStore, dataset: string): Promise<Manifest> {
  const runId = await latestRun(lake, dataset)
  if (runId === undefined) throw new LakeferryError('RUN_NONE', { dataset })
  return readManifest(lake, dataset, runId)
}

async function newestCommitted(
  lake: ObjectStore,
  dataset: string,
  ascending: readonly RunId[],
): Promise<RunId | undefined> {
  for (const runId of ascending.toReversed()) if (await isCommitted(lake, dataset, runId)) return runId
  return undefined
}

// The room's door: who reads the lake's catalogue imports from here, whichever file a function lives in.
export { type Claim, readClaim } from './claim.js'
export { isCommitted } from './committed.js'
export { movePointer } from './pointer.js'
export { readExecution, readResult } from './read-result.js'
export { type ListedRun, listRunIds, listRuns } from './run-listing.js'
