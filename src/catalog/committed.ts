import { lakeKey } from '../model/lake-key.js'
import type { RunId } from '../model/run-id.js'
import type { ObjectStore } from '../ports/object-store.js'

/** Whether the run's manifest is there, which is what makes it exist. */
export async function isCommitted(lake: ObjectStore, dataset: string, runId: RunId): Promise<boolean> {
  return (await lake.head(lakeKey.manifest(dataset, runId))) !== undefined
}
