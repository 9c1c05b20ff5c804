import { type HeldClaim, takeOverClaim } from '../catalog/held-claim.js'
import { isLakeferryError } from '../errors.js'
import { lakeKey } from '../model/lake-key.js'
import type { Clock } from '../ports/clock.js'
import type { ListedObject, ObjectStore } from '../ports/object-store.js'
import { silentAfterMs } from './abandoned.js'
import { unfinishedItems } from './find-garbage.js'
import type { Garbage, KeptRun, RunGarbage, SweepRules } from './garbage.js'

/** Objects between two looks at the claim: as many as S3 removes in one request. */
const BATCH = 1000

export interface RemovalDeps {
  readonly lake: ObjectStore
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Called with what has just been removed. */
  readonly removed: (items: readonly Garbage[]) => void
}

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
  for (const batch of batches(run.items)) await removeBatch(deps, batch)
  return undefined
}

/**
 * Takes the run over first, which fences off a writer that was only slow: it can no longer commit a run whose parts are
 * gone. What it put on the lake since the first look goes as well, so everything is listed again.
 */
async function removeUnfinished(
  deps: RemovalDeps,
  dataset: string,
  { runId, items }: RunGarbage,
  { now, olderThanMs }: SweepRules,
): Promise<KeptRun | undefined> {
  const { lake, clock } = deps
  let held: HeldClaim
  try {
    held = await takeOverClaim(lake, dataset, runId, { now, silentAfterMs: silentAfterMs(olderThanMs) })
  } catch (error) {
    // Committed, resumed or swept by another between the look and now.
    if (isLakeferryError(error, 'RUN_CLAIMED', 'RUN_EXISTS')) return { runId, reason: error.message }
    throw error
  }
  try {
    const since = items[0]?.since ?? now.toISOString()
    const claim = items.find(({ kind }) => kind === 'claim')
    const [folder, plan] = [
      await listed(lake, lakeKey.run(dataset, runId)),
      await listed(lake, lakeKey.plan(dataset, runId)),
    ]
    if (folder.some(({ key }) => key === lakeKey.manifest(dataset, runId))) {
      await held.release()
      return { runId, reason: `run ${runId} of ${dataset} was committed meanwhile` }
    }
    for (const batch of batches(unfinishedItems(dataset, { runId, folder, plan, claim: undefined }, since))) {
      // Whoever holds it now may have begun to use what is left.
      await held.renew(clock.now())
      await removeBatch(deps, batch)
    }
    await held.release()
    // Begun just now, the claim is ours alone: another sweep, a moment ahead, has removed the one that was there.
    if (claim !== undefined && held.begun !== now.toISOString()) deps.removed([claim])
    return undefined
  } catch (error) {
    if (isLakeferryError(error, 'RUN_LOST')) return { runId, reason: error.message }
    // For the next sweep, which then need not wait until this one counts as gone.
    await held.leave().catch(() => undefined)
    throw error
  }
}

async function listed(lake: ObjectStore, prefix: string): Promise<ListedObject[]> {
  const objects: ListedObject[] = []
  for await (const object of lake.list(prefix)) objects.push(object)
  return objects
}

async function removeBatch({ lake, signal, removed }: RemovalDeps, items: readonly Garbage[]): Promise<void> {
  signal.throwIfAborted()
  await lake.delete(items.map(({ key }) => key))
  removed(items)
}

/** The first alone: a store removes a batch in any order, and that one, the plan itself, has to go before the others. */
function* batches(items: readonly Garbage[]): Generator<readonly Garbage[]> {
  if (items.length > 0) yield items.slice(0, 1)
  for (let from = 1; from < items.length; from += BATCH) yield items.slice(from, from + BATCH)
}
