import type { DatasetConfig } from '../../config/config.js'
import type { CommandContext } from '../command.js'

/** Adds to what `--json` says of the dataset. */
export type Tell = (facts: Readonly<Record<string, unknown>>) => void

/**
 * One dataset after the other. The first failure ends it: what was done before stays, and is told. What a dataset's
 * work told before it failed is told, too. Gone through again, each goes on with what it has told before.
 */
export async function eachDataset(
  context: CommandContext,
  datasets: readonly DatasetConfig[],
  work: (dataset: DatasetConfig, tell: Tell) => Promise<void>,
): Promise<void> {
  const { told, signal } = context
  const entries = (told.body['datasets'] ?? []) as Record<string, unknown>[]
  told.body['datasets'] = entries
  for (const dataset of datasets) {
    signal.throwIfAborted()
    told.dataset = dataset.name
    let entry = entries.find(told => told['dataset'] === dataset.name)
    await work(dataset, facts => {
      if (entry === undefined) {
        entry = { dataset: dataset.name }
        entries.push(entry)
      }
      Object.assign(entry, facts)
    })
    delete told.dataset
  }
}
