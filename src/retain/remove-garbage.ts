import { readClaim } from '../catalog/claim.js'
import { lakeKey } from '../model/lake-key.js'
import type { RunId } from '../model/run-id.js'
import { reasonToKeep, silentAfterMs } from './abandoned.js'
import type { Garbage, KeptRun, RunGarbage, SweepRules } from './garbage.js'
import { type RemovalDeps, removeInBatches, withTakenRun } from './removal.js'
import { expiredItems, unfinishedItems } from './run-items.js'
import { listed } from './runs-on-lake.js'

/**
 * Removes one run's garbage. Broken off at any point it leaves nothing that a reader sees, and nothing that the next sweep
 * does not find again.
 *
 * @returns why the run was left alone after all, undefined when it was not
 */
export async function removeGarbage(
  deps: RemovalDeps,
  dataset: string,
  run: RunGarbage,
  rules: SweepRules,
): Promise<KeptRun | undefined> {
  if (!run.committed) return removeUnfinished(deps, dataset, run, rules)
  // A committed run never changes, so what its manifest did not name a moment ago it does not name now.
  const { claim, rest } = claimApart(run.items)
  await removeInBatches(deps, rest)
  if (claim === undefined) return undefined
  // Another sweep may have taken the run since, to remove it; one that died before the manifest was gone left the run whole.
  if (!(await isBeingRemoved(deps, dataset, run.runId, rules))) await removeInBatches(deps, [claim])
  return undefined
}

/** Whether a sweep is at it, or left it to be finished by the next one. */
async function isBeingRemoved(
  { lake, clock }: RemovalDeps,
  dataset: string,
  runId: RunId,
  rules: SweepRules,
): Promise<boolean> {
  const claim = await readClaim(lake, dataset, runId)
  if (claim?.removing !== true) return false
  const atWork = reasonToKeep(runId, { claim, resumable: false }, { ...rules, now: clock.now() })
  return atWork !== undefined || (await lake.head(lakeKey.manifest(dataset, runId))) === undefined
}

/**
 * Takes the run over first, which fences off a writer that was only slow: it can no longer commit a run whose parts are
 * gone. What it put on the lake since the first look goes as well, so everything is listed again.
 */
async function removeUnfinished(
  deps: RemovalDeps,
  dataset: string,
  { runId, items, removing }: RunGarbage,
  { olderThanMs }: SweepRules,
): Promise<KeptRun | undefined> {
  const { lake, clock } = deps
  const now = clock.now()
  const taken = { dataset, runId, now, removing, ...(removing ? {} : { silentAfterMs: silentAfterMs(olderThanMs) }) }
  let ours = true
  const kept = await withTakenRun(deps, taken, async held => {
    const folder = await listed(lake, lakeKey.run(dataset, runId))
    if (folder.some(({ key }) => key === lakeKey.manifest(dataset, runId)))
      return `run ${runId} of ${dataset} was committed meanwhile`
    const since = items[0]?.since ?? now.toISOString()
    const rest = { runId, folder, plan: await listed(lake, lakeKey.plan(dataset, runId)), claim: undefined }
    const left = removing ? await expiredItems(lake, dataset, rest, since) : unfinishedItems(dataset, rest, since)
    await removeInBatches(deps, left, held)
    ours = held.begun === now.toISOString()
    return undefined
  })
  const { claim } = claimApart(items)
  // Begun just now, the claim was ours alone: another sweep, a moment ahead, has removed the one that was there.
  if (kept === undefined && claim !== undefined && !ours) deps.removed([claim])
  return kept
}

function claimApart(items: readonly Garbage[]): { claim: Garbage | undefined; rest: readonly Garbage[] } {
  return { claim: items.find(({ kind }) => kind === 'claim'), rest: items.filter(({ kind }) => kind !== 'claim') }
}
