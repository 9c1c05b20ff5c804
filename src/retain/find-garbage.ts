import { readManifest } from '../catalog/catalog.js'
import { readClaim } from '../catalog/claim.js'
import { readSetAside, setAsideText } from '../catalog/set-aside.js'
import { isLakeferryError } from '../errors.js'
import { lakeKey } from '../model/lake-key.js'
import type { Manifest } from '../model/manifest.js'
import type { ObjectStore } from '../ports/object-store.js'
import { lastSign, reasonToKeep } from './abandoned.js'
import type { KeptRun, RunGarbage, SweepRules } from './garbage.js'
import { expiredItems, garbageOf, planFirst, unfinishedItems } from './run-items.js'
import type { RunObjects } from './runs-on-lake.js'

export type Finding = { readonly garbage: RunGarbage } | { readonly kept: KeptRun }

/** What there is to say of one run. */
export interface Judged {
  readonly committed: boolean
  /** undefined: it is whole, and has nothing too many. */
  readonly finding: Finding | undefined
  /** Absent unless it is committed and can be read. */
  readonly manifest?: Manifest
  /** Why its manifest cannot be read. */
  readonly problem?: string
  /** Who is at it, in words, although it is committed. */
  readonly atWork?: string
}

/**
 * What a dead writer left of a run. Nothing is changed.
 *
 * It may be out of date a moment later, so whoever removes an unfinished run takes it over first and looks again.
 */
export async function judgeRun(
  lake: ObjectStore,
  dataset: string,
  run: RunObjects,
  rules: SweepRules,
): Promise<Judged> {
  const manifestKey = lakeKey.manifest(dataset, run.runId)
  const listed = run.folder.some(({ key }) => key === manifestKey)
  if (listed || (await lake.head(manifestKey)) !== undefined) return judgeCommitted(lake, dataset, run, rules)
  return { committed: false, finding: await judgeUnfinished(lake, dataset, run, rules) }
}

async function judgeUnfinished(
  lake: ObjectStore,
  dataset: string,
  run: RunObjects,
  rules: SweepRules,
): Promise<Finding> {
  const { runId } = run
  const aside = await readSetAside(lake, dataset, runId)
  if (aside !== undefined) return { kept: { runId, reason: `set aside ${setAsideText(aside)}` } }
  // Read after the listing: a claim that came in between is seen, and so is a plan.
  const claim = await readClaim(lake, dataset, runId)
  const planned = run.plan.length > 0 ? run.plan.some(({ key }) => key === lakeKey.planFile(dataset, runId)) : undefined
  const resumable = planned ?? (await lake.head(lakeKey.planFile(dataset, runId))) !== undefined
  const reason = reasonToKeep(runId, { claim, resumable }, rules)
  if (reason !== undefined) return { kept: { runId, reason } }
  const since = lastSign(runId, claim).toISOString()
  const removing = claim?.removing === true
  const items = removing ? await expiredItems(lake, dataset, run, since) : unfinishedItems(dataset, run, since)
  return { garbage: { runId, committed: false, removing, items } }
}

async function judgeCommitted(lake: ObjectStore, dataset: string, run: RunObjects, rules: SweepRules): Promise<Judged> {
  const { runId } = run
  // Without one at the listing, nobody can have begun to write it since: it is committed.
  const claim = run.claim === undefined ? undefined : await readClaim(lake, dataset, runId)
  const reason = claim === undefined ? undefined : reasonToKeep(runId, { claim, resumable: false }, rules)
  const atWork = reason === undefined ? {} : { atWork: reason }
  let manifest: Manifest
  try {
    manifest = await readManifest(lake, dataset, runId)
  } catch (error) {
    // Removed by another sweep, or set aside, just now.
    if (isLakeferryError(error, 'RUN_MISSING')) return { committed: false, finding: undefined }
    // What cannot be read names nothing, and then everything would be an orphan.
    if (!isLakeferryError(error, 'MANIFEST_INVALID')) throw error
    return { committed: true, finding: { kept: { runId, reason: error.message } }, problem: error.message, ...atWork }
  }
  const manifestKey = lakeKey.manifest(dataset, runId)
  const named = namedIn(manifest, lakeKey.run(dataset, runId))
  const orphans = run.folder.filter(({ key }) => key !== manifestKey && !named.has(key))
  const since = manifest.committedAt
  const items = [
    ...garbageOf('orphan', orphans, since),
    // A writer that lives is about to tidy up by itself; one that cannot be asked has ten minutes for it.
    ...(reason === undefined ? garbageOf('plan', planFirst(run.plan, dataset, runId), since) : []),
    ...(reason === undefined && run.claim !== undefined ? garbageOf('claim', [run.claim], since) : []),
  ]
  const garbage: RunGarbage = { runId, committed: true, removing: false, items }
  return { committed: true, finding: items.length === 0 ? undefined : { garbage }, manifest, ...atWork }
}

/**
 * Keys below the run's folder that stand anywhere in the manifest: in members of a later version as well, because what this
 * version does not know must not look like garbage to it.
 */
function namedIn(manifest: Manifest, folder: string): Set<string> {
  const named = new Set<string>()
  const walk = (value: unknown): void => {
    if (typeof value === 'string') {
      if (value.startsWith(folder)) named.add(value)
    } else if (value !== null && typeof value === 'object') {
      for (const member of Object.values(value)) walk(member)
    }
  }
  // The census is large, and has no keys.
  walk({ ...manifest, census: null })
  return named
}
