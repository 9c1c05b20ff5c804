import { readManifestIfCommitted } from '../catalog/catalog.js'
import { readSetAside } from '../catalog/set-aside.js'
import { isLakeferryError } from '../errors.js'
import type { Manifest } from '../model/manifest.js'
import type { RunId } from '../model/run-id.js'
import type { ObjectStore } from '../ports/object-store.js'
import type { KeptRun } from './garbage.js'
import { type RemovalDeps, removeInBatches, withTakenRun } from './removal.js'
import { type CommittedRun, newestGood } from './retention.js'
import { expiredItems } from './run-items.js'
import type { SurveyedRun, VerdictReader } from './survey.js'

/** A committed run that retention lets go. */
export interface ExpiredRun {
  readonly dataset: string
  readonly run: SurveyedRun
  /** When it was committed, as the survey saw it. */
  readonly committedAt: Date
  /** All committed runs of the dataset, as the survey saw them. */
  readonly among: readonly CommittedRun[]
  readonly verdict: VerdictReader
}

/**
 * Removes a committed run: it takes a claim that nobody can go on from, removes the manifest, then the rest, and the claim
 * last. Broken off before the manifest is gone, the run is whole; after it no reader finds the run, and by the claim the
 * next sweep knows that it is to be finished.
 *
 * What decided is looked at again first, since other sweeps, validations and people may have been there.
 *
 * @returns why the run was left alone after all, undefined when it was not
 */
export async function expireRun(deps: RemovalDeps, expired: ExpiredRun): Promise<KeptRun | undefined> {
  const { lake, clock } = deps
  const { dataset, run, committedAt } = expired
  const { runId, plan, claim } = run
  const since = committedAt.toISOString()
  const kept = await withTakenRun(deps, { dataset, runId, now: clock.now(), removing: true }, async held => {
    const reason = await reasonAgainst(lake, expired)
    if (reason !== undefined) return reason
    await removeInBatches(deps, await expiredItems(lake, dataset, { runId, plan, claim: undefined }, since), held)
    return undefined
  })
  if (kept === undefined && claim !== undefined)
    deps.removed([{ kind: 'claim', key: claim.key, bytes: claim.bytes, since }])
  return kept
}

async function reasonAgainst(lake: ObjectStore, expired: ExpiredRun): Promise<string | undefined> {
  const { dataset, run, committedAt, among, verdict } = expired
  const { runId } = run
  const manifest = await readOrTell(lake, dataset, runId)
  if (typeof manifest === 'string') return manifest
  if (manifest === undefined) {
    const aside = await readSetAside(lake, dataset, runId)
    // Otherwise another sweep began to remove it, and left it to us.
    return aside === undefined ? undefined : `run ${runId} was set aside meanwhile`
  }
  if (Date.parse(manifest.committedAt) !== committedAt.getTime())
    return `run ${runId} was removed, and exported anew at ${manifest.committedAt}`
  // The newest good run stays, even if it is another one than a moment ago.
  const good = newestGood(among)?.runId
  if (good !== undefined && good > runId) {
    const standing = await readOrTell(lake, dataset, good)
    const verdictNow = typeof standing === 'object' ? (await verdict(standing)).verdict : undefined
    return verdictNow === 'good' ? undefined : `run ${good} was the newest good one, and is not any more`
  }
  const { verdict: now } = await verdict(manifest)
  return now === 'good' ? `run ${runId} was validated meanwhile, and is good` : undefined
}

/** A manifest; undefined when there is none; the problem in words when it cannot be read. */
async function readOrTell(lake: ObjectStore, dataset: string, runId: RunId): Promise<Manifest | string | undefined> {
  try {
    return await readManifestIfCommitted(lake, dataset, runId)
  } catch (error) {
    if (isLakeferryError(error, 'MANIFEST_INVALID')) return error.message
    throw error
  }
}
