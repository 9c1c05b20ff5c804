import { listRunIds, readManifestIfCommitted } from '../catalog/catalog.js'
import { LakeferryError } from '../errors.js'
import type { Contract } from '../model/contract.js'
import type { Manifest } from '../model/manifest.js'
import type { RunId } from '../model/run-id.js'
import type { ObjectStore } from '../ports/object-store.js'

/** The runs that the rules of a validation look at beside the one that is validated. */
export interface OtherRuns {
  /** One for each dataset that foreign keys point into, in the order of the rules. */
  readonly references: readonly { readonly dataset: string; readonly manifest: Manifest }[]
  /** The newest committed run of the dataset before this one; looked for only where a rule wants it. */
  readonly previous?: Manifest
}

/**
 * Runs looked at on each side before the search is given up. A folder without a commit is one that is being written or
 * was broken off; so many of them in a row mean that something else is wrong.
 */
export const LOOKS_MOST = 32

/**
 * Finds the other runs that a contract's rules need. A foreign key is held to the run of the same cycle, which has the same run
 * id; else to the newest run that is not younger, as it was when this one was exported; else to the oldest younger one. Costs
 * one listing and at most {@link LOOKS_MOST} reads on each side, for each dataset that is referred to and for the run before.
 *
 * @throws {@link LakeferryError} `RULE_CANNOT_RUN` when a dataset that is referred to has no run, or one without Parquet
 */
export async function otherRuns(
  { lake }: { readonly lake: ObjectStore },
  manifest: Manifest,
  contract: Pick<Contract, 'rules'>,
): Promise<OtherRuns> {
  const references: { dataset: string; manifest: Manifest }[] = []
  for (const rule of contract.rules) {
    if (rule.kind !== 'foreignKey' || references.some(({ dataset }) => dataset === rule.dataset)) continue
    const { dataset } = rule
    const found = dataset === manifest.dataset ? manifest : await runBeside(lake, dataset, manifest.runId)
    const cannot = (reason: string, next: string): LakeferryError =>
      new LakeferryError('RULE_CANNOT_RUN', { dataset: manifest.dataset, rule: rule.id, reason, next })
    if (found === undefined)
      throw cannot(`${dataset} has no committed run that it could be held to`, `lakeferry export ${dataset}`)
    if (!found.formats.includes('parquet'))
      throw cannot(
        `run ${found.runId} of ${dataset} has no parquet (${found.formats.join(', ')})`,
        `Add parquet to datasets.${dataset}.formats and export it again.`,
      )
    references.push({ dataset, manifest: found })
  }
  const wantsPrevious = contract.rules.some(rule => rule.kind === 'rowCountChange')
  const previous = wantsPrevious ? await newestBelow(lake, manifest.dataset, manifest.runId) : undefined
  return { references, ...(previous === undefined ? {} : { previous }) }
}

async function runBeside(lake: ObjectStore, dataset: string, runId: RunId): Promise<Manifest | undefined> {
  const same = await readManifestIfCommitted(lake, dataset, runId)
  if (same !== undefined) return same
  const ids = await listRunIds(lake, dataset)
  const older = ids.filter(id => id < runId).toReversed()
  return (
    (await firstCommitted(lake, dataset, older)) ??
    firstCommitted(
      lake,
      dataset,
      ids.filter(id => id > runId),
    )
  )
}

async function newestBelow(lake: ObjectStore, dataset: string, runId: RunId): Promise<Manifest | undefined> {
  const older = (await listRunIds(lake, dataset)).filter(id => id < runId)
  return firstCommitted(lake, dataset, older.toReversed())
}

async function firstCommitted(
  lake: ObjectStore,
  dataset: string,
  runIds: readonly RunId[],
): Promise<Manifest | undefined> {
  for (const runId of runIds.slice(0, LOOKS_MOST)) {
    const found = await readManifestIfCommitted(lake, dataset, runId)
    if (found !== undefined) return found
  }
  return undefined
}
