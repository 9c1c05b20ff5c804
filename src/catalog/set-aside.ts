import { LakeferryError } from '../errors.js'
import { lakeKey } from '../model/lake-key.js'
import { decodeManifest, encodeJson, type Manifest } from '../model/manifest.js'
import { parseRunId, type RunId } from '../model/run-id.js'
import type { ObjectStore } from '../ports/object-store.js'

/**
 * `_lakeferry/quarantine/<dataset>/<runId>.json`: a run that somebody has set aside, since its objects are damaged or it is
 * not to be read. Without a manifest in its folder no reader finds it; the manifest is kept here, so that it can come back.
 */
export interface SetAside {
  readonly version: 1
  readonly dataset: string
  readonly runId: RunId
  /** RFC 3339, UTC. */
  readonly at: string
  /** For people: machine and process. */
  readonly by: string
  readonly reason: string
  /** The manifest as it was, to the byte, in base64: a damaged one is no text. */
  readonly manifest: string
}

/** How often a record is written again that somebody else changed in between. */
const TRIES = 5

/** What is known of a run that was set aside; undefined when it was not, or when the record itself cannot be read. */
export async function readSetAside(lake: ObjectStore, dataset: string, runId: RunId): Promise<SetAside | undefined> {
  return (await readRecord(lake, dataset, runId)).record
}

/** For an error about a run that has no manifest. */
export async function whySetAside(
  lake: ObjectStore,
  dataset: string,
  runId: RunId,
): Promise<{ readonly setAside?: string }> {
  const record = await readSetAside(lake, dataset, runId)
  return record === undefined ? {} : { setAside: setAsideText(record) }
}

/** `at 2026-11-22T03:00:00.000Z by host, process 12: a part was lost`. */
export function setAsideText({ at, by, reason }: SetAside): string {
  return `at ${at} by ${by}: ${reason}`
}

async function readRecord(
  lake: ObjectStore,
  dataset: string,
  runId: RunId,
): Promise<{ record: SetAside | undefined; etag: string | undefined }> {
  const stored = await lake.get(lakeKey.setAside(dataset, runId))
  if (stored === undefined) return { record: undefined, etag: undefined }
  try {
    const record: SetAside = JSON.parse(new TextDecoder().decode(stored.body))
    if (record.runId === runId && typeof record.manifest === 'string') return { record, etag: stored.etag }
  } catch {
    // Damaged: it says nothing, and is written anew.
  }
  return { record: undefined, etag: stored.etag }
}

/** All of a dataset's, oldest run first. */
export async function listSetAside(lake: ObjectStore, dataset: string): Promise<SetAside[]> {
  const [before = '', after = ''] = lakeKey.setAside(dataset, '*').split('*')
  const found: SetAside[] = []
  for await (const { key } of lake.list(before)) {
    const runId = key.slice(before.length, -after.length)
    const record = key.endsWith(after) ? await readSetAside(lake, dataset, runId) : undefined
    if (record !== undefined) found.push(record)
  }
  return found
}

/**
 * Hides a committed run from readers: its manifest moves into the record, and nothing else of it is touched. The record
 * comes first, so that whatever dies in between leaves the run as it was, or set aside; repeated, it ends what was begun.
 *
 * @throws {@link LakeferryError} `RUN_MISSING` when there is no such run
 */
export async function setAside(
  lake: ObjectStore,
  dataset: string,
  runId: RunId,
  { at, by, reason }: Pick<SetAside, 'at' | 'by' | 'reason'>,
): Promise<SetAside> {
  const key = lakeKey.manifest(dataset, parseRunId(runId))
  for (let tries = 1; ; tries++) {
    const { record: before, etag } = await readRecord(lake, dataset, runId)
    const stored = await lake.get(key)
    if (stored === undefined) {
      if (before !== undefined) return before
      throw new LakeferryError('RUN_MISSING', { dataset, runId })
    }
    const manifest = Buffer.from(stored.body).toString('base64')
    const record: SetAside = { version: 1, dataset, runId, at, by, reason, manifest }
    if ((await lake.putIfMatch(lakeKey.setAside(dataset, runId), encodeJson(record), etag)).written) {
      await lake.delete([key])
      return record
    }
    if (tries === TRIES)
      throw new LakeferryError('USAGE', {
        problem: `somebody else is setting run ${runId} of ${dataset} aside, or putting it back`,
        next: `See \`lakeferry quarantine ${dataset}\`.`,
      })
  }
}

/**
 * The manifest of a run that is set aside.
 *
 * @throws {@link LakeferryError} `USAGE` when it is not; `MANIFEST_INVALID`
 */
export async function setAsideManifest(lake: ObjectStore, dataset: string, runId: RunId): Promise<Manifest> {
  const { manifest } = await needRecord(lake, dataset, runId)
  return decodeManifest(lakeKey.setAside(dataset, runId), Buffer.from(manifest, 'base64'))
}

/** Puts a run back as it was, for readers to find. @throws {@link LakeferryError} `USAGE` when it is not set aside */
export async function putBack(lake: ObjectStore, dataset: string, runId: RunId): Promise<void> {
  const { manifest } = await needRecord(lake, dataset, runId)
  // When it is there already, somebody was stopped between these two.
  await lake.putIfAbsent(lakeKey.manifest(dataset, runId), Buffer.from(manifest, 'base64'), {
    contentType: 'application/json',
  })
  await lake.delete([lakeKey.setAside(dataset, runId)])
}

/**
 * Removes every object of a run that is set aside; the record last, so that a discard that was broken off can be repeated.
 *
 * @returns the keys that were removed
 * @throws {@link LakeferryError} `USAGE` when it is not set aside
 */
export async function discard(lake: ObjectStore, dataset: string, runId: RunId): Promise<string[]> {
  await needRecord(lake, dataset, runId)
  // Of a run that was only about to be set aside; a reader must not find it without its parts.
  await lake.delete([lakeKey.manifest(dataset, runId)])
  const keys: string[] = []
  for await (const { key } of lake.list(lakeKey.run(dataset, runId))) keys.push(key)
  await lake.delete(keys)
  await lake.delete([lakeKey.setAside(dataset, runId)])
  return keys
}

async function needRecord(lake: ObjectStore, dataset: string, runId: RunId): Promise<SetAside> {
  const record = await readSetAside(lake, dataset, parseRunId(runId))
  if (record !== undefined) return record
  throw new LakeferryError('USAGE', {
    problem: `run ${runId} of ${dataset} is not set aside`,
    next: `\`lakeferry quarantine ${dataset}\` lists those that are, \`lakeferry runs ${dataset}\` all runs.`,
  })
}
