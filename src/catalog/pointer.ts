import { setTimeout as sleep } from 'node:timers/promises'
import { lakeKey } from '../model/lake-key.js'
import { encodeJson, type Manifest, type Pointer } from '../model/manifest.js'
import { parseRunId } from '../model/run-id.js'
import type { ObjectStore } from '../ports/object-store.js'
import { isCommitted } from './committed.js'

/**
 * `_latest.json` as it is now. Damaged counts as absent, with the version that is needed to replace it: whatever a
 * cache says wrong, the manifests say right.
 */
export async function readPointer(
  lake: ObjectStore,
  dataset: string,
): Promise<{ pointer: Pointer | undefined; etag: string | undefined }> {
  const stored = await lake.get(lakeKey.pointer(dataset))
  if (!stored) return { pointer: undefined, etag: undefined }
  try {
    const pointer: Pointer = JSON.parse(new TextDecoder().decode(stored.body))
    parseRunId(pointer.runId)
    return { pointer, etag: stored.etag }
  } catch {
    return { pointer: undefined, etag: stored.etag }
  }
}

/** `_latest.json` of a dataset whose newest run this is, to the byte. */
export function pointerBytes({ dataset, runId, committedAt }: Manifest): Uint8Array {
  const manifest = lakeKey.manifest(dataset, runId)
  return encodeJson({ version: 1, runId, manifest, committedAt } satisfies Pointer)
}

/** Tries of a compare-and-set. Each lost one means that another export moved the pointer meanwhile. */
export const POINTER_TRIES = 12
/** Longest wait before a second try, in milliseconds; grows with the tries. */
const POINTER_WAIT_MS = 20

/**
 * `moved`; `newer`: it is at this run or a later one already; `contended`: others kept winning. The last is no failure
 * either: the run is committed, and every reader finds it by listing.
 */
export type PointerOutcome = 'moved' | 'newer' | 'contended'

/** Points `_latest.json` at a committed run by compare-and-set. It never goes backwards. */
export async function movePointer(lake: ObjectStore, manifest: Manifest): Promise<PointerOutcome> {
  const { dataset, runId } = manifest
  const body = pointerBytes(manifest)
  for (let tries = 0; tries < POINTER_TRIES; tries++) {
    // Random, so that two who collided do not collide again.
    if (tries > 0) await sleep(Math.random() * POINTER_WAIT_MS * tries)
    const { pointer, etag } = await readPointer(lake, dataset)
    if (pointer !== undefined && pointer.runId >= runId) {
      // Past a run that is not there, it would hold the pointer for ever.
      if (await isCommitted(lake, dataset, pointer.runId)) return 'newer'
    }
    if ((await lake.putIfMatch(lakeKey.pointer(dataset), body, etag)).written) return 'moved'
  }
  return 'contended'
}
