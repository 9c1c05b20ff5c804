import { isRunId } from '../catalog/run-listing.js'
import { lakeKey, runIdInKey } from '../model/lake-key.js'
import { type RunId, runIdInstant } from '../model/run-id.js'
import type { ListedObject, ObjectStore } from '../ports/object-store.js'
import { garbageOf, isOfDocuments } from './run-items.js'
import type { SurveyedRun } from './survey.js'

/**
 * Reports about the documents of runs of which there is nothing else: of a validation that ended after its run was removed.
 * Costs a listing of all reports.
 *
 * @param known - runs that the lake has anything of
 */
export async function strayReports(
  lake: ObjectStore,
  dataset: string,
  known: ReadonlySet<RunId>,
): Promise<readonly SurveyedRun[]> {
  const found = new Map<RunId, ListedObject[]>()
  for await (const object of lake.list(`${lakeKey.reports(dataset)}run=`)) {
    const runId = runIdInKey(object.key)
    if (runId === undefined || !isRunId(runId) || known.has(runId)) continue
    if (!isOfDocuments(object.key, dataset, runId)) continue
    const objects = found.get(runId)
    if (objects === undefined) found.set(runId, [object])
    else objects.push(object)
  }
  return [...found].map(([runId, objects]) => {
    const items = garbageOf('report', objects, runIdInstant(runId).toISOString())
    // As what is left of a run that was being removed, which it is.
    const finding = { garbage: { runId, committed: false, removing: true, items } }
    return { runId, objects: 0, bytes: 0, plan: [], claim: undefined, finding }
  })
}
