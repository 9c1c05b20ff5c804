import type { RunId } from '../model/run-id.js'

/**
 * Runs one job of compiled SQL on a Spark that is elsewhere: another process, a cluster of EMR, an application of EMR
 * Serverless. What the job is asked and what it answers are objects of the lake; a runner carries neither. It holds no
 * rule and reads no answer.
 */
export interface JobRunner {
  /** `spark`, `emr`, `emr-serverless`: the engine's name in `execution.json`. */
  readonly name: string

  /**
   * Starts the job, or finds the one of the same id that was started before, and waits until it ended. Starting is
   * idempotent by `job.id`: a caller that died and asks again does not start a second one that runs beside the first.
   *
   * When `signal` aborts, the job is cancelled where the runner was told so (`cancelOnAbort`), and left running where not.
   *
   * @throws `JOB_FAILED` when it ended in another state than success, or never started in the time allowed; with what the
   * job itself said last, where it can be had
   * @throws `JOB_UNAVAILABLE` when it could not be submitted or asked about: nothing installed, no permission, no answer
   */
  run(job: Job, options: RunJobOptions): Promise<JobOutcome>

  close(): Promise<void>
}

export interface Job {
  /** 16 hex digits, the same for the same questions about the same run. */
  readonly id: string
  /** For logs and consoles: `lakeferry papers 20261122T020000.000Z-1a2b3c`. */
  readonly name: string
  readonly dataset: string
  readonly runId: RunId
  /** Key of the job's folder on the lake, ending in `/`. Has `spec.json` and `job.py`; the runner may keep `submission.json` there. */
  readonly folder: string
  /** Bytes of Parquet that it will read, for sizing. */
  readonly bytes: number
}

export interface RunJobOptions {
  readonly signal?: AbortSignal
  /** Told of each change of state, in the runner's own words: `RUNNING`. */
  readonly onState?: (state: string) => void
}

export interface JobOutcome {
  /** Facts for `execution.json` and for people: cluster and step, job run, resources used and what they cost. */
  readonly facts: Readonly<Record<string, string | number>>
}
