import type { DatasetConfig } from '../../config/config.js'
import { LakeferryError } from '../../errors.js'
import type { Contract } from '../../model/contract.js'
import { loadDatasetContract } from '../../wire.js'

/** Contract by dataset name. */
export type Contracts = ReadonlyMap<string, Contract>

/** Reads the contracts of the datasets that have one: before anything else is done, so that a mistake costs nothing. */
export async function loadContracts(datasets: readonly DatasetConfig[]): Promise<Contracts> {
  const contracts = new Map<string, Contract>()
  for (const dataset of datasets) {
    const contract = await loadDatasetContract(dataset)
    if (contract !== undefined) contracts.set(dataset.name, contract)
  }
  return contracts
}

/**
 * The datasets that can be validated. One that was named and has no contract is an error; of all together, those without
 * are left out, as long as one has.
 *
 * @throws {@link LakeferryError} `DATASET_NO_CONTRACT`
 */
export function withContract(datasets: readonly DatasetConfig[], named: boolean): readonly DatasetConfig[] {
  const able = datasets.filter(dataset => dataset.contract !== undefined)
  const unable = datasets.find(dataset => dataset.contract === undefined)
  if (unable !== undefined && (named || able.length === 0)) {
    throw new LakeferryError('DATASET_NO_CONTRACT', { dataset: unable.name })
  }
  return able
}
