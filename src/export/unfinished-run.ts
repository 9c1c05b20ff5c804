import { LakeferryError } from '../errors.js'
import { lakeKey } from '../model/lake-key.js'
import type { RunId } from '../model/run-id.js'
import type { ObjectStore } from '../ports/object-store.js'
import type { SegmentRecord, StoredPosition } from './journal.js'
import type { RunPlan } from './run-plan.js'

/** What a killed attempt left that can be gone on from. */
export interface UnfinishedWork {
  readonly plan: RunPlan
  /** For each range of the plan, its finished segments from the range's beginning on, without a gap. */
  readonly segments: readonly (readonly SegmentRecord[])[]
}

/** Records read at once. */
const AT_ONCE = 8

/**
 * Reads the journal of an unfinished run. Only what is surely whole counts: the records of a range up to the first that is
 * missing, does not follow the one before it, or names an object that is not on the lake with the size it should have.
 *
 * @param sizes bytes of the objects in the run's folder, by key
 * @returns undefined when nothing was finished: the run can only be begun again
 */
export async function readUnfinished(
  lake: ObjectStore,
  dataset: string,
  runId: RunId,
  sizes: ReadonlyMap<string, number>,
): Promise<UnfinishedWork | undefined> {
  const folder = lakeKey.plan(dataset, runId)
  const plan = await readJson<RunPlan>(lake, lakeKey.planFile(dataset, runId))
  if (plan === undefined || !Array.isArray(plan.ranges)) return undefined
  const keys: string[] = []
  for await (const { key } of lake.list(`${folder}range-`)) keys.push(key)
  const records: SegmentRecord[] = []
  for (let at = 0; at < keys.length; at += AT_ONCE) {
    const some = await Promise.all(keys.slice(at, at + AT_ONCE).map(key => readJson<SegmentRecord>(lake, key)))
    records.push(...some.filter(record => record !== undefined))
  }
  const segments = plan.ranges.map((_, range) =>
    wholeFromStart(
      records.filter(record => record.range === range),
      sizes,
    ),
  )
  return { plan, segments }
}

function wholeFromStart(records: readonly SegmentRecord[], sizes: ReadonlyMap<string, number>): SegmentRecord[] {
  const whole: SegmentRecord[] = []
  for (const record of records.toSorted((a, b) => a.segment - b.segment)) {
    const previous = whole.at(-1)
    const follows = record.segment === whole.length && same(record.after, previous?.position ?? null)
    const there =
      record.parts.every(part => sizes.get(part.key) === part.bytes) && record.rejectKeys.every(key => sizes.has(key))
    if (!follows || !there || previous?.end) break
    whole.push(record)
  }
  return whole
}

function same(a: StoredPosition | null, b: StoredPosition | null): boolean {
  return a?.documents === b?.documents && a?.lastId === b?.lastId
}

/** Undefined when it is not there or cannot be read: then it is not gone on from. */
async function readJson<T extends { readonly version: 1 }>(lake: ObjectStore, key: string): Promise<T | undefined> {
  const stored = await lake.get(key)
  if (!stored) return undefined
  try {
    const value: T | null = JSON.parse(new TextDecoder().decode(stored.body))
    return value?.version === 1 ? value : undefined
  } catch {
    return undefined
  }
}

/** Objects in the run's folder and their sizes. @throws {@link LakeferryError} `RUN_EXISTS` when the manifest is among them */
export async function objectsOfRun(lake: ObjectStore, dataset: string, runId: RunId): Promise<Map<string, number>> {
  const sizes = new Map<string, number>()
  for await (const { key, bytes } of lake.list(lakeKey.run(dataset, runId))) sizes.set(key, bytes)
  if (sizes.has(lakeKey.manifest(dataset, runId))) throw new LakeferryError('RUN_EXISTS', { dataset, runId })
  return sizes
}
