import { lakeKey } from '../model/lake-key.js'
import type { RunId } from '../model/run-id.js'
import type { ListedObject, ObjectStore } from '../ports/object-store.js'
import type { Garbage, GarbageKind } from './garbage.js'
import { listed, type RunObjects } from './runs-on-lake.js'

/**
 * Of the reports: a line for each document, as large as the run may be, with values of its documents, and worth nothing
 * without it. The verdict and its numbers stay: later runs are compared with them, and they are small.
 */
const REPORTS_OF_DOCUMENTS: readonly string[] = ['violations/', 'rows/']

/**
 * Of an unfinished run, in the order in which they go: the plan before the parts, so that nobody goes on from parts that are
 * not there any more, and the claim last, because it is what keeps others away.
 */
export function unfinishedItems(dataset: string, { runId, folder, plan, claim }: RunObjects, since: string): Garbage[] {
  return [
    ...garbageOf('plan', planFirst(plan, dataset, runId), since),
    ...garbageOf('unfinished', folder, since),
    ...garbageOf('claim', claim === undefined ? [] : [claim], since),
  ]
}

/**
 * Of a committed run that retention lets go, or of what is left of one, in the order in which they go: the manifest, after
 * which no reader finds the run; then all the rest.
 */
export async function expiredItems(
  lake: ObjectStore,
  dataset: string,
  { runId, plan, claim }: Pick<RunObjects, 'runId' | 'plan' | 'claim'>,
  since: string,
): Promise<Garbage[]> {
  const manifest = lakeKey.manifest(dataset, runId)
  const [folder, reports] = await Promise.all([
    listed(lake, lakeKey.run(dataset, runId)),
    listed(lake, lakeKey.report(dataset, runId, '')),
  ])
  const ofDocuments = reports.filter(({ key }) => isOfDocuments(key, dataset, runId))
  return [
    ...garbageOf(
      'expired',
      folder.toSorted((a, b) => Number(b.key === manifest) - Number(a.key === manifest)),
      since,
    ),
    ...garbageOf('report', ofDocuments, since),
    ...garbageOf('plan', planFirst(plan, dataset, runId), since),
    ...garbageOf('claim', claim === undefined ? [] : [claim], since),
  ]
}

/** Whether it is one of those reports. */
export function isOfDocuments(key: string, dataset: string, runId: RunId): boolean {
  return REPORTS_OF_DOCUMENTS.some(name => key.startsWith(lakeKey.report(dataset, runId, name)))
}

export function garbageOf(kind: GarbageKind, objects: readonly ListedObject[], since: string): Garbage[] {
  return objects.map(({ key, bytes }) => ({ kind, key, bytes, since }))
}

/** Records of finished segments mean nothing without the plan itself. */
export function planFirst(objects: readonly ListedObject[], dataset: string, runId: RunId): ListedObject[] {
  const plan = lakeKey.planFile(dataset, runId)
  return objects.toSorted((a, b) => Number(b.key === plan) - Number(a.key === plan))
}
