import { latestManifest, listRuns, readManifest } from '../catalog/catalog.js'
import { LakeferryError } from '../errors.js'
import type { Manifest } from '../model/manifest.js'
import type { ObjectStore } from '../ports/object-store.js'

/** The newest committed run, and the committed one before it. */
export const LATEST = 'latest'
export const PREVIOUS = 'previous'

/**
 * The manifest of the run that somebody means: an id, `latest` or `previous`.
 *
 * @throws {@link LakeferryError} `RUN_NONE`, `RUN_MISSING`, `RUN_ID_INVALID`, `MANIFEST_INVALID`
 */
export async function chooseRun(lake: ObjectStore, dataset: string, run: string): Promise<Manifest> {
  if (run === LATEST) return await latestManifest(lake, dataset)
  if (run !== PREVIOUS) return await readManifest(lake, dataset, run)
  const latest = await latestManifest(lake, dataset)
  const before = (await listRuns(lake, dataset)).find(({ runId, committed }) => committed && runId < latest.runId)
  if (before === undefined) {
    throw new LakeferryError('USAGE', {
      problem: `no committed run of ${dataset} before ${latest.runId}, which is its only one`,
      next: `Export again: lakeferry export ${dataset}`,
    })
  }
  return await readManifest(lake, dataset, before.runId)
}
