import { lakeKey } from '../../model/lake-key.js'
import type { RunId } from '../../model/run-id.js'
import type { Job } from '../../ports/job-runner.js'
import type { ObjectStore } from '../../ports/object-store.js'

/** The jobs of a dataset that were handed to a service and whose answers nobody has read yet, in the order of their runs. */
export async function submittedJobs(lake: ObjectStore, dataset: string, runId: RunId | undefined): Promise<Job[]> {
  const marker = 'marker'
  const all = lakeKey.job(dataset, marker, marker).slice(0, -`run=${marker}/${marker}/`.length)
  const jobs: Job[] = []
  for await (const { key } of lake.list(runId === undefined ? all : `${all}run=${runId}/`)) {
    const [, run, id] = /^run=([^/]+)\/([0-9a-f]+)\/submission\.json$/.exec(key.slice(all.length)) ?? []
    if (run === undefined || id === undefined) continue
    const folder = lakeKey.job(dataset, run, id)
    jobs.push({ id, dataset, runId: run, folder, name: `lakeferry ${dataset} ${run}`, bytes: 0 })
  }
  return jobs
}
