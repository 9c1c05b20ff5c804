import { atOnce } from '../model/at-once.js'
import { expireRun } from './expire.js'
import type { Garbage, KeptRun, SweepRules } from './garbage.js'
import { InOrder } from './in-order.js'
import { findScraps, type Scrap } from './leftovers.js'
import type { DatasetSweep } from './plan-sweep.js'
import type { RemovalDeps } from './removal.js'
import { removeGarbage } from './remove-garbage.js'
import type { Decision } from './retention.js'
import { expiredItems } from './run-items.js'
import type { SurveyedRun } from './survey.js'

export type SweepDeps = Omit<RemovalDeps, 'removed'>

export interface SweepOptions extends SweepRules {
  /** Only tells what would go. */
  readonly dryRun: boolean
}

/** What became of a committed run, and how large it was. */
export interface DecidedRun extends Decision {
  readonly run: SurveyedRun
}

/** What a sweep tells as it goes: what is gone, or would go; and which runs stay. */
export interface SweepEvents<T> {
  readonly removed: (items: readonly T[]) => void
  /** A run that stays although it is not whole, or was to go and could not. */
  readonly kept?: (run: KeptRun) => void
  /** Of every committed run, where a retention is configured. */
  readonly decided?: (run: DecidedRun) => void
}

/**
 * Runs that are swept at once. Most of what a run takes is waiting for its claim, its looks and its few small removals; a run
 * stands alone, so which of them goes first makes no difference to a reader.
 */
const AT_ONCE = 8

/**
 * Removes what dead writers left of one dataset's runs, and the committed runs that its plan lets go; never an object that
 * the manifest of a run that stays names. What became of the runs is told oldest first.
 */
export async function sweepDataset(
  deps: SweepDeps,
  sweep: DatasetSweep,
  options: SweepOptions,
  events: SweepEvents<Garbage>,
): Promise<void> {
  const order = new InOrder()
  try {
    await atOnce(AT_ONCE, sweep.runs, async (run, index) => {
      deps.signal.throwIfAborted()
      const inOrder = orderedEvents(order, index, events)
      const decision = sweep.decisions?.get(run.runId)
      if (decision?.kept === false) {
        const kept = await expire(deps, sweep, run, options, inOrder)
        if (kept !== undefined) inOrder.kept(kept)
        inOrder.decided(
          kept === undefined ? { ...decision, run } : { ...decision, kept: true, reasons: [kept.reason], run },
        )
      } else {
        await sweepRun(deps, sweep.dataset, run, options, inOrder)
        if (decision !== undefined) inOrder.decided({ ...decision, run })
      }
      order.end(index)
    })
  } finally {
    // What is gone is gone, and has to be told, although a run before it failed.
    order.flush()
  }
}

function orderedEvents<T>(order: InOrder, index: number, events: SweepEvents<T>): Required<SweepEvents<T>> {
  return {
    removed: items => order.tell(index, () => events.removed(items)),
    kept: run => order.tell(index, () => events.kept?.(run)),
    decided: run => order.tell(index, () => events.decided?.(run)),
  }
}

async function expire(
  deps: SweepDeps,
  { dataset, runs, verdict }: DatasetSweep,
  run: SurveyedRun,
  { dryRun }: SweepOptions,
  { removed }: SweepEvents<Garbage>,
): Promise<KeptRun | undefined> {
  const committedAt = run.facts?.committedAt
  if (committedAt === undefined) throw new TypeError(`run ${run.runId} cannot be read, and was to be removed`)
  if (dryRun) {
    removed(await expiredItems(deps.lake, dataset, run, committedAt.toISOString()))
    return undefined
  }
  const among = runs.flatMap(({ facts }) => facts ?? [])
  return expireRun({ ...deps, removed }, { dataset, run, committedAt, among, verdict })
}

async function sweepRun(
  deps: SweepDeps,
  dataset: string,
  { finding }: SurveyedRun,
  options: SweepOptions,
  { removed, kept }: SweepEvents<Garbage>,
): Promise<void> {
  if (finding === undefined) return
  if ('kept' in finding) kept?.(finding.kept)
  else if (options.dryRun) removed(finding.garbage.items)
  else {
    const left = await removeGarbage({ ...deps, removed }, dataset, finding.garbage, options)
    if (left !== undefined) kept?.(left)
  }
}

/** Removes unfinished writes and probes of the whole lake that nobody is at any more. */
export async function sweepScraps(
  { lake, signal }: SweepDeps,
  options: SweepOptions,
  { removed }: Pick<SweepEvents<Scrap>, 'removed'>,
): Promise<void> {
  for await (const { scrap, remove } of findScraps(lake, options)) {
    signal.throwIfAborted()
    if (!options.dryRun) await remove()
    removed([scrap])
  }
}
