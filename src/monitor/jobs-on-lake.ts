import { isRunId } from '../catalog/run-listing.js'
import { lakeKey, runIdInKey } from '../model/lake-key.js'
import type { RunId } from '../model/run-id.js'
import type { ObjectStore } from '../ports/object-store.js'

/** A validation that was handed to a service, as the notes on the lake tell of it. */
export interface JobOnLake {
  readonly runId: RunId
  /** `emr`, `emr-serverless`; undefined where the note cannot be read. */
  readonly runner: string | undefined
  /** From 1. */
  readonly attempt: number | undefined
  /** When it was handed over; RFC 3339, UTC. */
  readonly submittedAt: string | undefined
  /** Whether its answers lie there, waiting to be read. */
  readonly answered: boolean
}

/** Runs whose jobs are looked at, at most: the newest. */
const RUNS_MOST = 3
/** Jobs of one run that are looked at, at most. */
const JOBS_MOST = 3

/** The submitted jobs of the dataset whose answers nobody has read yet, in the order of their runs. */
export async function readJobs(lake: ObjectStore, dataset: string): Promise<JobOnLake[]> {
  const marker = 'marker'
  const all = lakeKey.job(dataset, marker, marker).slice(0, -`run=${marker}/${marker}/`.length)
  const runIds: RunId[] = []
  for (const folder of await foldersBelow(lake, all)) {
    const runId = runIdInKey(folder)
    if (runId !== undefined && isRunId(runId)) runIds.push(runId)
  }
  const jobs: JobOnLake[] = []
  for (const runId of runIds.sort().slice(-RUNS_MOST)) {
    const folders = await foldersBelow(lake, `${all}run=${runId}/`)
    const found = await Promise.all(folders.slice(0, JOBS_MOST).map(folder => readJob(lake, runId, folder)))
    jobs.push(...found.filter(job => job !== undefined))
  }
  return jobs
}

/** Undefined for a folder that was not submitted: its questions are there, for a cluster that is yet to come. */
async function readJob(lake: ObjectStore, runId: RunId, folder: string): Promise<JobOnLake | undefined> {
  const stored = await lake.get(`${folder}submission.json`)
  if (stored === undefined) return undefined
  const answered = (await lake.head(`${folder}answers.json`)) !== undefined
  const note = parsed(stored.body)
  const [runner, attempt, submittedAt] = [note['runner'], note['attempt'], note['submittedAt']]
  return {
    runId,
    runner: typeof runner === 'string' ? runner : undefined,
    attempt: typeof attempt === 'number' ? attempt : undefined,
    submittedAt: typeof submittedAt === 'string' && !Number.isNaN(Date.parse(submittedAt)) ? submittedAt : undefined,
    answered,
  }
}

function parsed(body: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

async function foldersBelow(lake: ObjectStore, prefix: string): Promise<string[]> {
  const folders: string[] = []
  for await (const { key } of lake.list(prefix, { delimiter: '/' })) if (key.endsWith('/')) folders.push(key)
  return folders
}
