import { isRunId } from '../catalog/run-listing.js'
import { lakeKey, runIdInKey } from '../model/lake-key.js'
import type { RunId } from '../model/run-id.js'
import type { ListedObject, ObjectStore } from '../ports/object-store.js'

/** What the lake has of one run. */
export interface RunObjects {
  readonly runId: RunId
  /** In the run's folder. */
  readonly folder: ListedObject[]
  /** As it stands, the plan itself anywhere among its records. */
  readonly plan: ListedObject[]
  claim: ListedObject | undefined
}

/**
 * All runs of a dataset of which there is anything, each once: those with a folder oldest first, then those that have a
 * claim or a plan alone. One folder's objects are in memory at a time. Names that are no run ids are not ours.
 *
 * Claims and plans are listed first, so a run that is begun meanwhile may be told without them.
 */
export async function* runsOnLake(lake: ObjectStore, dataset: string): AsyncGenerator<RunObjects> {
  const besides = await besideFolders(lake, dataset)
  const take = (runId: RunId): RunObjects => {
    const run = besides.get(runId) ?? { runId, folder: [], plan: [], claim: undefined }
    besides.delete(runId)
    return run
  }
  let current: RunObjects | undefined
  for await (const object of lake.list(`${lakeKey.dataset(dataset)}run=`)) {
    const runId = runIdInKey(object.key)
    if (runId === undefined || !isRunId(runId)) continue
    // A run's objects come together, since keys are listed in their order.
    if (current?.runId !== runId) {
      if (current !== undefined) yield current
      current = take(runId)
    }
    current.folder.push(object)
  }
  if (current !== undefined) yield current
  yield* [...besides.values()].sort((a, b) => (a.runId < b.runId ? -1 : 1))
}

async function besideFolders(lake: ObjectStore, dataset: string): Promise<Map<RunId, RunObjects>> {
  const runs = new Map<RunId, RunObjects>()
  const of = (runId: string | undefined): RunObjects | undefined => {
    if (runId === undefined || !isRunId(runId)) return undefined
    const known = runs.get(runId) ?? { runId, folder: [], plan: [], claim: undefined }
    runs.set(runId, known)
    return known
  }
  const plans = lakeKey.plan(dataset, '').slice(0, -1)
  for await (const object of lake.list(plans)) of(object.key.slice(plans.length).split('/')[0])?.plan.push(object)
  const [before = '', after = ''] = lakeKey.claim(dataset, '*').split('*')
  for await (const object of lake.list(before)) {
    const run = object.key.endsWith(after) ? of(object.key.slice(before.length, -after.length)) : undefined
    if (run !== undefined) run.claim = object
  }
  return runs
}

export async function listed(lake: ObjectStore, prefix: string): Promise<ListedObject[]> {
  const objects: ListedObject[] = []
  for await (const object of lake.list(prefix)) objects.push(object)
  return objects
}
