import { type HeldClaim, takeOverClaim } from '../catalog/held-claim.js'
import { isLakeferryError } from '../errors.js'
import type { RunId } from '../model/run-id.js'
import type { Clock } from '../ports/clock.js'
import type { ObjectStore } from '../ports/object-store.js'
import type { Garbage, KeptRun } from './garbage.js'

/** Objects between two looks at the claim: as many as S3 removes in one request. */
const BATCH = 1000

export interface RemovalDeps {
  readonly lake: ObjectStore
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Called with what has just been removed. */
  readonly removed: (items: readonly Garbage[]) => void
}

export interface TakenRun {
  readonly dataset: string
  readonly runId: RunId
  /** When it is taken: a sweep may be at work for hours before it comes to this run. */
  readonly now: Date
  /** As of {@link takeOverClaim}. */
  readonly silentAfterMs?: number
  /** Whether nobody may go on with what is left of it, should this be broken off. */
  readonly removing: boolean
}

/**
 * Takes a run over, works on it and gives it back; when the work fails, it leaves the run to the next sweep.
 *
 * @param work - gives the reason when the run is left alone
 * @returns why the run was left alone, undefined when it was not
 */
export async function withTakenRun(
  { lake }: Pick<RemovalDeps, 'lake'>,
  { dataset, runId, ...options }: TakenRun,
  work: (held: HeldClaim) => Promise<string | undefined>,
): Promise<KeptRun | undefined> {
  let held: HeldClaim
  try {
    held = await takeOverClaim(lake, dataset, runId, options)
  } catch (error) {
    // Committed, resumed or swept by another between the look and now.
    if (isLakeferryError(error, 'RUN_CLAIMED', 'RUN_EXISTS')) return { runId, reason: error.message }
    throw error
  }
  try {
    const reason = await work(held)
    await held.release()
    return reason === undefined ? undefined : { runId, reason }
  } catch (error) {
    if (isLakeferryError(error, 'RUN_LOST')) return { runId, reason: error.message }
    // For the next sweep, which then need not wait until this one counts as gone.
    await held.leave().catch(() => undefined)
    throw error
  }
}

/** @param held - looked at before each batch, because whoever holds it now may have begun to use what is left */
export async function removeInBatches(
  { lake, clock, signal, removed }: RemovalDeps,
  items: readonly Garbage[],
  held?: HeldClaim,
): Promise<void> {
  for (const batch of batches(items)) {
    await held?.renew(clock.now())
    signal.throwIfAborted()
    await lake.delete(batch.map(({ key }) => key))
    removed(batch)
  }
}

/** The first alone: a store removes a batch in any order, and that one, the plan or the manifest, has to go before the others. */
function* batches(items: readonly Garbage[]): Generator<readonly Garbage[]> {
  if (items.length > 0) yield items.slice(0, 1)
  for (let from = 1; from < items.length; from += BATCH) yield items.slice(from, from + BATCH)
}
