import { readPointer } from '../catalog/pointer.js'
import { isRunId } from '../catalog/run-listing.js'
import { atOnce } from '../model/at-once.js'
import { lakeKey } from '../model/lake-key.js'
import type { RunId } from '../model/run-id.js'
import type { ObjectStore } from '../ports/object-store.js'
import { silentAfterMs } from './abandoned.js'
import type { SweepRules } from './garbage.js'
import { findStaleJobs } from './stale-jobs.js'

/** Questions of jobs that are read at once. */
const AT_ONCE = 8

/** Why runs stay, by dataset and run id. */
export class Holds {
  readonly #reasons = new Map<string, string[]>()

  add(dataset: string, runId: RunId, reason: string): void {
    const name = `${dataset} ${runId}`
    const told = this.#reasons.get(name) ?? []
    if (!told.includes(reason)) this.#reasons.set(name, [...told, reason])
  }

  of(dataset: string, runId: RunId): readonly string[] {
    return this.#reasons.get(`${dataset} ${runId}`) ?? []
  }
}

/** What on the lake says that a run is in use: pointers of the datasets, and validations that run elsewhere. */
export async function findHolds(lake: ObjectStore, datasets: readonly string[], rules: SweepRules): Promise<Holds> {
  const holds = new Holds()
  await atOnce(AT_ONCE, datasets, async dataset => {
    const { pointer } = await readPointer(lake, dataset)
    if (pointer !== undefined) holds.add(dataset, pointer.runId, `${lakeKey.pointer(dataset)} names it`)
  })
  const jobs = await jobsAtWork(lake, rules)
  await atOnce(AT_ONCE, jobs, async ({ folder, dataset, runId }) => {
    holds.add(dataset, runId, `a job of its validation is in ${folder}`)
    for (const read of await runsReadBy(lake, folder))
      holds.add(read.dataset, read.runId, `the job in ${folder} reads it`)
  })
  return holds
}

interface Job {
  /** Ends in `/`. */
  readonly folder: string
  readonly dataset: string
  readonly runId: RunId
}

/** Jobs whose folders this sweep leaves where they are. */
async function jobsAtWork(lake: ObjectStore, { now, olderThanMs }: SweepRules): Promise<Job[]> {
  const stale = new Set<string>()
  for await (const { key } of findStaleJobs(lake, new Date(now.getTime() - silentAfterMs(olderThanMs)))) stale.add(key)
  const jobs = new Map<string, Job>()
  for await (const { key } of lake.list(lakeKey.jobs)) {
    const [folder, dataset, runId] = /^_lakeferry\/jobs\/([^/]+)\/run=([^/]+)\/[0-9a-f]{16}\//.exec(key) ?? []
    if (folder === undefined || dataset === undefined || runId === undefined) continue
    if (isRunId(runId) && !stale.has(folder)) jobs.set(folder, { folder, dataset, runId })
  }
  return [...jobs.values()]
}

/** The runs whose parts a job is asked about: its own, and those that foreign keys point into. */
async function runsReadBy(lake: ObjectStore, folder: string): Promise<{ dataset: string; runId: RunId }[]> {
  const stored = await lake.get(`${folder}spec.json`)
  if (stored === undefined) return []
  const runs = new Map<string, { dataset: string; runId: RunId }>()
  const parts = /"key":"([^"/]+)\/run=([^"/]+)\//g
  for (const [name, dataset = '', runId = ''] of new TextDecoder().decode(stored.body).matchAll(parts))
    if (isRunId(runId)) runs.set(name, { dataset, runId })
  return [...runs.values()]
}
