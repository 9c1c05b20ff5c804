import { findGarbage } from './find-garbage.js'
import type { Garbage, KeptRun, SweepRules } from './garbage.js'
import { findScraps, type Scrap } from './leftovers.js'
import { type RemovalDeps, removeGarbage } from './remove-garbage.js'

export type SweepDeps = Omit<RemovalDeps, 'removed'>

export interface SweepOptions extends SweepRules {
  /** Only tells what would go. */
  readonly dryRun: boolean
}

/** What a sweep tells as it goes: what is gone, or would go; and which runs stay although they are not whole. */
export interface SweepEvents<T> {
  readonly removed: (items: readonly T[]) => void
  readonly kept?: (run: KeptRun) => void
}

/** Removes what dead writers left of one dataset's runs; never an object that a committed run's manifest names. */
export async function sweepDataset(
  deps: SweepDeps,
  dataset: string,
  options: SweepOptions,
  { removed, kept }: SweepEvents<Garbage>,
): Promise<void> {
  for await (const finding of findGarbage(deps.lake, dataset, options)) {
    deps.signal.throwIfAborted()
    if ('kept' in finding) kept?.(finding.kept)
    else if (options.dryRun) removed(finding.garbage.items)
    else {
      const left = await removeGarbage({ ...deps, removed }, dataset, finding.garbage, options)
      if (left !== undefined) kept?.(left)
    }
  }
}

/** Removes unfinished writes and probes of the whole lake that nobody is at any more. */
export async function sweepScraps(
  { lake, signal }: SweepDeps,
  options: SweepOptions,
  { removed }: SweepEvents<Scrap>,
): Promise<void> {
  for await (const { scrap, remove } of findScraps(lake, options)) {
    signal.throwIfAborted()
    if (!options.dryRun) await remove()
    removed([scrap])
  }
}
