import type { Clock } from '../ports/clock.js'
import type { Job, JobOutcome, JobRunner } from '../ports/job-runner.js'
import type { ObjectStore } from '../ports/object-store.js'
import type { Sight } from './await-end.js'
import type { Patience } from './patience.js'
import type { Submission } from './submission.js'

/** A job as the service sees it. */
export interface RemoteSight extends Sight {
  /** The service's own reason, without secrets, where it has one. */
  readonly reason?: string | undefined
}

/** What differs between services that take Spark jobs. Every call asks again while a failure is one that passes. */
export interface RemoteService<S extends RemoteSight> {
  readonly name: string
  /**
   * How long another's note without ids means that the other may still be about to submit, in milliseconds. 0 where the
   * service itself recognises a second request.
   */
  readonly claimMs: number
  /** Starts an attempt; the same attempt twice must not start two, as far as the service lets anybody make sure. */
  start(job: Job, submission: Submission, signal?: AbortSignal): Promise<Submission['ids']>
  /** The newest attempt of a job that the service knows, by its name: for when no note tells. */
  search(job: Job, signal?: AbortSignal): Promise<KnownAttempt | undefined>
  /** Undefined when the service does not know the ids any more. */
  look(ids: Submission['ids'], signal?: AbortSignal): Promise<S | undefined>
  /** Asks for the end of a job; that it has ended is no failure. */
  cancel(ids: Submission['ids']): Promise<void>
  /** For people: `step s-1 of cluster j-1`. */
  where(ids: Submission['ids']): string
  /** Why it failed, with the driver's own last error where that can be had, and what to do. */
  explain(job: Job, ids: Submission['ids'], sight: S): Promise<{ reason: string; next: string }>
  /** What to do about a job that never started. */
  readonly startHint: string
  facts(ids: Submission['ids'], sight: S): Promise<JobOutcome['facts']>
  close(): void
}

/** An attempt of a job, and the service's ids of it. */
export type KnownAttempt = Pick<Submission, 'attempt' | 'ids'>

/** What is the same for all services. */
export interface RemoteOptions {
  readonly lake: ObjectStore
  readonly clock: Clock
  readonly startTimeoutMs: number
  readonly timeoutMs: number
  readonly pollMs: number
  /** @defaultValue real time */
  readonly patience?: Partial<Patience>
  /**
   * Asked once when somebody stops us while the job is under way: whether to cancel it as well. Absent: it is left running.
   *
   * @param where - for people: `step s-1 of cluster j-1`
   */
  readonly onInterrupt?: (where: string) => Promise<boolean>
}

/** A runner whose jobs outlive us: they can be started, looked at and cancelled by different processes. */
export interface RemoteRunner extends JobRunner {
  /** Starts the job, or finds it, and does not wait. */
  submit(job: Job, signal?: AbortSignal): Promise<Submission>
  /** Undefined when nothing was submitted under its folder, or the service does not know it any more. */
  look(job: Job, signal?: AbortSignal): Promise<Looked | undefined>
  /** @returns what was cancelled, or undefined when there was nothing under way */
  cancel(job: Job): Promise<Looked | undefined>
}

export interface Looked {
  readonly submission: Submission
  readonly where: string
  readonly sight: RemoteSight
}
