import { isLakeferryError, LakeferryError, reasonOf } from '../errors.js'
import { lakeKey } from '../model/lake-key.js'
import { encodeJson, type Manifest } from '../model/manifest.js'
import type { ObjectStore } from '../ports/object-store.js'

/**
 * The commit point: one conditional write. Before it the run does not exist for any reader, after it the run is whole.
 *
 * @throws {@link LakeferryError} `RUN_EXISTS` when another writer committed this run id; `COMMIT_UNKNOWN` when the answer
 * was lost and looking again did not show the manifest either. A put that timed out may still be carried out after we
 * looked, so "not there" proves nothing then, and the caller must leave the parts where they are.
 */
export async function commitManifest(lake: ObjectStore, manifest: Manifest): Promise<void> {
  const { dataset, runId } = manifest
  const key = lakeKey.manifest(dataset, runId)
  const body = encodeJson(manifest)
  let outcome: 'created' | 'exists'
  try {
    outcome = await lake.putIfAbsent(key, body, { contentType: 'application/json' })
  } catch (error) {
    if (isLakeferryError(error) && !error.retryable) throw error
    if (await isThere(lake, key, body)) return
    throw new LakeferryError('COMMIT_UNKNOWN', { dataset, runId, key, reason: reasonOf(error) }, { cause: error })
  }
  if (outcome === 'exists') throw new LakeferryError('RUN_EXISTS', { dataset, runId })
}

async function isThere(lake: ObjectStore, key: string, body: Uint8Array): Promise<boolean> {
  try {
    const stored = await lake.get(key)
    return stored !== undefined && Buffer.compare(stored.body, body) === 0
  } catch {
    return false
  }
}
