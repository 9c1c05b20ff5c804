import { LakeferryError } from '../errors.js'
import { lakeKey } from '../model/lake-key.js'
import type { RunId } from '../model/run-id.js'
import type { ObjectStore } from '../ports/object-store.js'
import { latestRun, readManifest } from './catalog.js'
import { POINTER_TRIES, pointerBytes, readPointer } from './pointer.js'

/**
 * `right`: it was as it should be. `written`: it was lost, damaged or at another run. `removed`: it pointed to a run that is
 * not there, and there is none. `none`: there is no run, and no pointer.
 */
export type PointerState = 'right' | 'written' | 'removed' | 'none'

export interface RebuiltPointer {
  readonly state: PointerState
  /** The newest committed run. */
  readonly runId: RunId | undefined
  /** What it pointed to before; undefined when it was not there or could not be read. */
  readonly before: RunId | undefined
}

/**
 * Makes `_latest.json` what the manifests say, to the byte: also backwards, which an export never does. An export that
 * commits meanwhile wins, by compare-and-set.
 *
 * @throws {@link LakeferryError} `MANIFEST_INVALID` when the newest run cannot be read; of the LAKE_ family
 */
export async function rebuildPointer(lake: ObjectStore, dataset: string): Promise<RebuiltPointer> {
  const key = lakeKey.pointer(dataset)
  for (let tries = 1; tries <= POINTER_TRIES; tries++) {
    // Before the look at the runs: what is committed after it has moved the pointer on, and then this version is gone.
    const { pointer, etag } = await readPointer(lake, dataset)
    const runId = await latestRun(lake, dataset)
    const before = pointer?.runId
    if (runId === undefined) {
      if (etag === undefined) return { state: 'none', runId, before }
      await lake.delete([key])
      // Unless the first run of all was committed meanwhile, and pointed to.
      if ((await latestRun(lake, dataset)) === undefined) return { state: 'removed', runId, before }
      continue
    }
    const body = pointerBytes(await readManifest(lake, dataset, runId))
    const stored = await lake.get(key)
    if (stored !== undefined && Buffer.compare(stored.body, body) === 0) return { state: 'right', runId, before }
    if ((await lake.putIfMatch(key, body, etag)).written) return { state: 'written', runId, before }
  }
  throw new LakeferryError('LAKE_UNREACHABLE', {
    lake: lake.url,
    operation: 'move',
    key,
    reason: `others moved it ${POINTER_TRIES} times meanwhile`,
  })
}
