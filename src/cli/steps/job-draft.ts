import type { Contract } from '../../model/contract.js'
import type { Manifest } from '../../model/manifest.js'
import type { Clock } from '../../ports/clock.js'
import type { Job, JobRunner } from '../../ports/job-runner.js'
import type { ObjectStore } from '../../ports/object-store.js'
import { openJobEngine } from '../../wire.js'
import { validateStep } from './validate-step.js'

/** A validation job as it would be submitted, and the objects that it needs in its folder. */
export interface JobDraft {
  readonly job: Job
  /** By key. */
  readonly objects: ReadonlyMap<string, Uint8Array>
}

export interface DraftRequest {
  readonly manifest: Manifest
  readonly contract: Contract
  readonly rows: boolean
  readonly profile: boolean
  readonly signal: AbortSignal
}

/**
 * The job of a validation, without running it and without writing anything: the validation is begun with an engine that takes
 * the job and stops. So it is the same job, to the byte, that `validate` goes on to ask for.
 */
export async function draftJob(
  { lake, clock }: { lake: ObjectStore; clock: Clock },
  request: DraftRequest,
): Promise<JobDraft> {
  const objects = new Map<string, Uint8Array>()
  const engine = await openJobEngine(draftLake(lake, objects), DRAFTER)
  try {
    await validateStep({ lake, clock, engineFor: async () => engine }, { ...request, again: true })
  } catch (error) {
    if (error instanceof Drafted) return { job: error.job, objects }
    throw error
  }
  throw new TypeError('a validation ended without asking its engine')
}

/** Puts the objects of a draft where the job looks for them. */
export async function uploadDraft(lake: ObjectStore, { objects }: JobDraft): Promise<void> {
  for (const [key, body] of objects) await lake.put(key, body)
}

class Drafted extends Error {
  readonly job: Job

  constructor(job: Job) {
    super(`job ${job.id} is drafted`)
    this.job = job
  }
}

const DRAFTER: JobRunner = {
  name: 'draft',
  run: async job => {
    throw new Drafted(job)
  },
  close: async () => undefined,
}

/** What is written stays here, and nothing of the job's folder is seen: an answer that is there already would be read. */
function draftLake(lake: ObjectStore, objects: Map<string, Uint8Array>): ObjectStore {
  const notHere = async (): Promise<never> => {
    throw new TypeError('a draft writes whole objects only')
  }
  return {
    url: lake.url,
    get: async () => undefined,
    put: async (key, body) => {
      objects.set(key, body)
    },
    delete: async () => undefined,
    head: async () => undefined,
    list: (prefix, options) => lake.list(prefix, options),
    download: (key, file) => lake.download(key, file),
    putIfAbsent: notHere,
    putIfMatch: notHere,
    leftovers: () => lake.leftovers(),
    removeLeftover: notHere,
    close: async () => undefined,
  }
}
