import { lakeKey } from '../model/lake-key.js'
import { encodeJson, type Part } from '../model/manifest.js'
import type { ObjectStore } from '../ports/object-store.js'
import type { RunPlan } from './run-plan.js'
import type { SegmentTotals } from './segment-message.js'

/**
 * One finished segment of an unfinished run: its parts are on the lake. Segments of a range follow each other; `after` is
 * where this one began, so that records of two attempts are never joined where they do not meet.
 */
export interface SegmentRecord {
  readonly version: 1
  readonly range: number
  /** From 0, within the range. */
  readonly segment: number
  readonly after: StoredPosition | null
  readonly position: StoredPosition
  /** Whether the range ends with it. */
  readonly end: boolean
  readonly totals: Omit<SegmentTotals, 'rejects' | 'fingerprints'>
  readonly parts: readonly Part[]
  readonly rejectKeys: readonly string[]
}

/** A ReadPosition in JSON. */
export interface StoredPosition {
  readonly documents: number
  /** Base64 of BSON `{_id: …}`. */
  readonly lastId: string
}

/**
 * How far a run has come, on the lake beside it, so that another process can go on from there. One small object a segment,
 * about one for each 16 MB read; they are overwritten by a second attempt and removed after the commit.
 */
export class Journal {
  readonly #lake: ObjectStore
  readonly #plan: RunPlan
  readonly #folder: string
  #begun: Promise<void> | undefined

  /** @param begun whether the plan is on the lake already */
  constructor(lake: ObjectStore, plan: RunPlan, begun: boolean) {
    this.#lake = lake
    this.#plan = plan
    this.#folder = lakeKey.plan(plan.dataset, plan.runId)
    if (begun) this.#begun = Promise.resolve()
  }

  async record(record: SegmentRecord): Promise<void> {
    // A record without its plan would mean nothing.
    const { dataset, runId } = this.#plan
    this.#begun ??= this.#lake.put(lakeKey.planFile(dataset, runId), encodeJson(this.#plan))
    await this.#begun
    await this.#lake.put(`${this.#folder}${recordName(record)}`, encodeJson(record))
  }
}

function recordName({ range, segment }: Pick<SegmentRecord, 'range' | 'segment'>): string {
  return `range-${String(range).padStart(3, '0')}/segment-${String(segment).padStart(6, '0')}.json`
}

/** Removes the journal, the plan first: records without a plan are not gone on from. */
export async function clearJournal(lake: ObjectStore, dataset: string, runId: string): Promise<void> {
  const folder = lakeKey.plan(dataset, runId)
  const keys: string[] = []
  for await (const { key } of lake.list(folder)) keys.push(key)
  if (keys.length === 0) return
  await lake.delete([lakeKey.planFile(dataset, runId)])
  await lake.delete(keys)
}
