import { readManifest } from '../catalog/catalog.js'
import { readClaim } from '../catalog/claim.js'
import { isRunId } from '../catalog/run-listing.js'
import { isLakeferryError } from '../errors.js'
import { lakeKey, runIdInKey } from '../model/lake-key.js'
import type { Manifest } from '../model/manifest.js'
import type { RunId } from '../model/run-id.js'
import type { ListedObject, ObjectStore } from '../ports/object-store.js'
import { lastSign, reasonToKeep } from './abandoned.js'
import type { Garbage, GarbageKind, KeptRun, RunGarbage, SweepRules } from './garbage.js'

/** What the lake has of one run. */
export interface RunObjects {
  readonly runId: RunId
  /** In the run's folder. */
  readonly folder: ListedObject[]
  readonly plan: ListedObject[]
  claim: ListedObject | undefined
}

export type Finding = { readonly garbage: RunGarbage } | { readonly kept: KeptRun }

/**
 * What dead writers left of a dataset's runs, oldest run first. Nothing is changed. Names that are no run ids are not ours.
 *
 * It may be out of date a moment later, so whoever removes an unfinished run takes it over first and looks again.
 */
export async function* findGarbage(lake: ObjectStore, dataset: string, rules: SweepRules): AsyncGenerator<Finding> {
  for (const run of await runsOnLake(lake, dataset)) {
    const finding = await judge(lake, dataset, run, rules)
    if (finding !== undefined) yield finding
  }
}

async function judge(
  lake: ObjectStore,
  dataset: string,
  run: RunObjects,
  rules: SweepRules,
): Promise<Finding | undefined> {
  const { runId } = run
  const manifestKey = lakeKey.manifest(dataset, runId)
  const committed = run.folder.some(({ key }) => key === manifestKey) || (await lake.head(manifestKey)) !== undefined
  // Read after the listing: a claim that came in between is seen.
  const claim = await readClaim(lake, dataset, runId)
  const resumable = run.plan.some(({ key }) => isPlan(key, dataset, runId))
  const reason = reasonToKeep(runId, { claim, resumable: resumable && !committed }, rules)
  if (!committed) {
    if (reason !== undefined) return { kept: { runId, reason } }
    const since = lastSign(runId, claim).toISOString()
    return { garbage: { runId, committed, items: unfinishedItems(dataset, run, since) } }
  }
  let manifest: Manifest
  try {
    manifest = await readManifest(lake, dataset, runId)
  } catch (error) {
    // What cannot be read names nothing, and then everything would be an orphan.
    if (!isLakeferryError(error, 'MANIFEST_INVALID')) throw error
    return { kept: { runId, reason: error.message } }
  }
  const named = namedIn(manifest, lakeKey.run(dataset, runId))
  const orphans = run.folder.filter(({ key }) => key !== manifestKey && !named.has(key))
  const since = manifest.committedAt
  // A writer that lives is about to tidy up by itself; one that cannot be asked has ten minutes for it.
  const tidied = claim === undefined || reason === undefined
  const items = [
    ...garbageOf('orphan', orphans, since),
    ...(tidied ? garbageOf('plan', planFirst(run.plan, dataset, runId), since) : []),
    ...(tidied && run.claim !== undefined ? garbageOf('claim', [run.claim], since) : []),
  ]
  return items.length === 0 ? undefined : { garbage: { runId, committed, items } }
}

/**
 * In the order in which they go: the plan before the parts, so that nobody goes on from parts that are not there any more,
 * and the claim last, because it is what keeps others away.
 */
export function unfinishedItems(dataset: string, { runId, folder, plan, claim }: RunObjects, since: string): Garbage[] {
  return [
    ...garbageOf('plan', planFirst(plan, dataset, runId), since),
    ...garbageOf('unfinished', folder, since),
    ...(claim === undefined ? [] : garbageOf('claim', [claim], since)),
  ]
}

function garbageOf(kind: GarbageKind, objects: readonly ListedObject[], since: string): Garbage[] {
  return objects.map(({ key, bytes }) => ({ kind, key, bytes, since }))
}

/** Records of finished segments mean nothing without the plan itself. */
function planFirst(objects: readonly ListedObject[], dataset: string, runId: RunId): ListedObject[] {
  return objects.toSorted((a, b) => Number(isPlan(b.key, dataset, runId)) - Number(isPlan(a.key, dataset, runId)))
}

function isPlan(key: string, dataset: string, runId: RunId): boolean {
  return key === lakeKey.planFile(dataset, runId)
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

async function runsOnLake(lake: ObjectStore, dataset: string): Promise<RunObjects[]> {
  const runs = new Map<RunId, RunObjects>()
  const of = (runId: RunId | undefined): RunObjects | undefined => {
    if (runId === undefined || !isRunId(runId)) return undefined
    const known = runs.get(runId) ?? { runId, folder: [], plan: [], claim: undefined }
    runs.set(runId, known)
    return known
  }
  for await (const object of lake.list(`${lakeKey.dataset(dataset)}run=`))
    of(runIdInKey(object.key))?.folder.push(object)
  const plans = lakeKey.plan(dataset, '').slice(0, -1)
  for await (const object of lake.list(plans)) of(object.key.slice(plans.length).split('/')[0])?.plan.push(object)
  const [before = '', after = ''] = lakeKey.claim(dataset, '*').split('*')
  for await (const object of lake.list(before)) {
    const run = object.key.endsWith(after) ? of(object.key.slice(before.length, -after.length)) : undefined
    if (run !== undefined) run.claim = object
  }
  return [...runs.values()].sort((a, b) => (a.runId < b.runId ? -1 : 1))
}
