import { readClaim } from '../catalog/claim.js'
import { isRunId } from '../catalog/run-listing.js'
import { lakeKey } from '../model/lake-key.js'
import { runIdInstant } from '../model/run-id.js'
import type { Leftover, ObjectStore } from '../ports/object-store.js'
import { reasonToKeep, silentAfterMs } from './abandoned.js'
import type { SweepRules } from './garbage.js'
import { findStaleJobs } from './stale-jobs.js'

/** What is left on the lake and belongs to no dataset's runs. */
export interface Scrap {
  /**
   * `write`: an upload or temporary file that never became an object. `probe`: an object by which `doctor` tried the lake.
   * `job`: the folder of a validation that ran elsewhere and whose answers nobody has read.
   */
  readonly kind: 'write' | 'probe' | 'job'
  /** The object, or what the write was to become; undefined where the lake does not know. */
  readonly key: string | undefined
  /** The store's own name for a write. */
  readonly id: string | undefined
  /** undefined where the lake does not tell. */
  readonly bytes: number | undefined
  /** RFC 3339, UTC. */
  readonly since: string
}

/** A scrap, and how to remove it. */
export interface RemovableScrap {
  readonly scrap: Scrap
  readonly remove: () => Promise<void>
}

/**
 * Unfinished writes, probes and jobs that nobody is at any more. Of the uploads only those to keys of Lakeferry's own: a bucket may
 * be shared, and other programs' uploads are theirs.
 */
export async function* findScraps(lake: ObjectStore, rules: SweepRules): AsyncGenerator<RemovableScrap> {
  const { now, olderThanMs } = rules
  const isOld = (since: Date): boolean => now.getTime() - since.getTime() > silentAfterMs(olderThanMs)
  for await (const leftover of lake.leftovers()) {
    if (!leftover.abandoned && !isOld(leftover.since)) continue
    if (leftover.key !== undefined && (await isOthers(lake, leftover.key, rules))) continue
    yield { scrap: writeOf(leftover), remove: () => lake.removeLeftover(leftover) }
  }
  const probes = lakeKey.probe('')
  for await (const { key, bytes } of lake.list(probes)) {
    const id = key.slice(probes.length)
    if (!isRunId(id) || !isOld(runIdInstant(id))) continue
    const since = runIdInstant(id).toISOString()
    yield { scrap: { kind: 'probe', key, id: undefined, bytes, since }, remove: () => lake.delete([key]) }
  }
  const before = new Date(now.getTime() - silentAfterMs(olderThanMs))
  for await (const { key, bytes, since, remove } of findStaleJobs(lake, before))
    yield { scrap: { kind: 'job', key, id: undefined, bytes, since: since.toISOString() }, remove }
}

function writeOf({ id, key, bytes, since }: Leftover): Scrap {
  return { kind: 'write', key, id, bytes, since: since.toISOString() }
}

/** Whether an upload to this key is another program's, or that of a writer who is still at work on the run. */
async function isOthers(lake: ObjectStore, key: string, rules: SweepRules): Promise<boolean> {
  if (/^(?:_lakeferry\/|validation-reports\/[^/]+\/run=)/.test(key)) return false
  const [, dataset, runId] = /^([^/]+)\/run=([^/]+)\//.exec(key) ?? []
  if (dataset === undefined || runId === undefined) return !/^[^/]+\/_latest\.json$/.test(key)
  if (!isRunId(runId)) return true
  const claim = await readClaim(lake, dataset, runId)
  return claim !== undefined && reasonToKeep(runId, { claim, resumable: false }, rules) !== undefined
}
