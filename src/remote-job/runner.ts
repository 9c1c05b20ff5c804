import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { LakeferryError } from '../errors.js'
import type { Job, JobOutcome, RunJobOptions } from '../ports/job-runner.js'
import { awaitEnd, type End } from './await-end.js'
import { PATIENCE, type Patience, pauseFor } from './patience.js'
import type { KnownAttempt, Looked, RemoteOptions, RemoteRunner, RemoteService, RemoteSight } from './remote-service.js'
import {
  ANSWERS_FILE,
  type NotedSubmission,
  noteIds,
  readSubmission,
  type Submission,
  writeSubmission,
} from './submission.js'

/** How often a note without ids is looked at again while its writer may be at work. */
const CLAIM_POLL_MS = 1_000

/**
 * Runs jobs on a service so that a job is under way once, whoever dies when. The note on the lake says which attempt is the
 * current one, and only one process can write that; ids that a death kept from being noted are found by the job's name.
 */
export class ServiceRunner<S extends RemoteSight> implements RemoteRunner {
  readonly name: string
  readonly #service: RemoteService<S>
  readonly #options: RemoteOptions
  readonly #patience: Patience
  /** Tells our own note from those of other processes. */
  readonly #by = `${hostname()} ${process.pid} ${randomBytes(4).toString('hex')}`

  constructor(service: RemoteService<S>, options: RemoteOptions) {
    this.name = service.name
    this.#service = service
    this.#options = options
    this.#patience = { ...PATIENCE, ...options.patience }
  }

  async run(job: Job, { signal, onState }: RunJobOptions): Promise<JobOutcome> {
    const submission = await this.submit(job, signal)
    const { ids } = submission
    const { clock, startTimeoutMs, timeoutMs, pollMs } = this.#options
    let end: End<S>
    try {
      end = await awaitEnd(() => this.#known(job, ids, signal), {
        submittedAt: Date.parse(submission.submittedAt),
        now: () => clock.now().getTime(),
        startTimeoutMs,
        timeoutMs,
        pollMs,
        patience: this.#patience,
        signal,
        onState,
      })
    } catch (error) {
      if (signal?.aborted) await this.#interrupted(ids)
      throw error
    }
    const { sight, how } = end
    if (how === 'never-started') {
      const reason = `it did not start within ${seconds(startTimeoutMs)} of being submitted, and was cancelled`
      return await this.#giveUp(job, ids, `${sight.state}, and never started`, reason, this.#service.startHint)
    }
    if (how === 'overdue') {
      const reason = `it ran for more than ${seconds(timeoutMs)}, and was cancelled`
      return await this.#giveUp(job, ids, 'overdue', reason, 'Raise emr.timeout, or give it more machines.')
    }
    if (sight.phase === 'failed') {
      const { reason, next } = await this.#service.explain(job, ids, sight)
      throw this.#failed(job, ids, sight.state, reason, next)
    }
    return { facts: { attempt: submission.attempt, ...(await this.#service.facts(ids, sight)) } }
  }

  async submit(job: Job, signal?: AbortSignal): Promise<Submission> {
    const { lake, clock } = this.#options
    for (;;) {
      const noted = await readSubmission(lake, job.folder)
      const note = noted?.submission?.runner === this.name ? noted.submission : undefined
      // Without ids there was a death between the note and the answer; without a note, one that swept up or never wrote it.
      const known = note !== undefined && hasIds(note) ? note : await this.#service.search(job, signal)
      if (known !== undefined && known.attempt >= (note?.attempt ?? 0)) {
        if (await this.#stillGood(job, known.ids, signal)) return await this.#adopt(job, known, noted)
        const started = await this.#attempt(job, known.attempt + 1, noted?.etag, signal)
        if (started !== undefined) return started
        continue
      }
      // Announced, and not at the service: its writer is about to submit it, or died before. Only time can tell.
      if (note !== undefined && clock.now().getTime() - Date.parse(note.submittedAt) < this.#service.claimMs) {
        await pauseFor(CLAIM_POLL_MS, this.#patience, signal)
        continue
      }
      const started = await this.#attempt(job, note?.attempt ?? 1, noted?.etag, signal)
      if (started !== undefined) return started
    }
  }

  async look(job: Job, signal?: AbortSignal): Promise<Looked | undefined> {
    const submission = (await readSubmission(this.#options.lake, job.folder))?.submission
    if (submission === undefined || submission.runner !== this.name) return undefined
    const known = hasIds(submission) ? submission : await this.#service.search(job, signal)
    const sight = known === undefined ? undefined : await this.#service.look(known.ids, signal)
    if (known === undefined || sight === undefined) return undefined
    const { attempt, ids } = known
    return { submission: { ...submission, attempt, ids }, where: this.#service.where(ids), sight }
  }

  async cancel(job: Job): Promise<Looked | undefined> {
    const looked = await this.look(job)
    if (looked === undefined || looked.sight.phase === 'failed' || looked.sight.phase === 'succeeded') return undefined
    await this.#service.cancel(looked.submission.ids)
    return looked
  }

  async close(): Promise<void> {
    this.#service.close()
  }

  /** Notes an attempt that is under way for whoever comes next; that another noted it meanwhile is as good. */
  async #adopt(job: Job, { attempt, ids }: KnownAttempt, noted: NotedSubmission | undefined): Promise<Submission> {
    const before = noted?.submission
    const submission: Submission = {
      version: 1,
      runner: this.name,
      attempt,
      submittedAt: before?.attempt === attempt ? before.submittedAt : this.#options.clock.now().toISOString(),
      by: this.#by,
      ids,
    }
    if (before !== undefined && before.runner === this.name && hasIds(before)) return before
    await writeSubmission(this.#options.lake, job.folder, submission, noted?.etag)
    return submission
  }

  /** Announces an attempt and starts it; undefined when somebody else announced one at the same time. */
  async #attempt(
    job: Job,
    attempt: number,
    etag: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Submission | undefined> {
    const { lake, clock } = this.#options
    const announced: Submission = {
      version: 1,
      runner: this.name,
      attempt,
      submittedAt: clock.now().toISOString(),
      by: this.#by,
      ids: {},
    }
    if (!(await writeSubmission(lake, job.folder, announced, etag))) return undefined
    const ids = await this.#service.start(job, announced, signal)
    await noteIds(lake, job.folder, announced, ids)
    return { ...announced, ids }
  }

  /** Whether an attempt is under way or has answered; one that failed, or whose answer is gone, makes room for the next. */
  async #stillGood(job: Job, ids: Submission['ids'], signal: AbortSignal | undefined): Promise<boolean> {
    const sight = await this.#service.look(ids, signal)
    if (sight === undefined || sight.phase === 'failed') return false
    if (sight.phase !== 'succeeded') return true
    return (await this.#options.lake.head(`${job.folder}${ANSWERS_FILE}`)) !== undefined
  }

  async #known(job: Job, ids: Submission['ids'], signal: AbortSignal | undefined): Promise<S> {
    const sight = await this.#service.look(ids, signal)
    if (sight !== undefined) return sight
    const next = 'Run the same command again: it starts a new attempt.'
    throw this.#failed(job, ids, 'unknown', 'the service does not know it any more', next)
  }

  /** Whether the job goes on when we stop is the person's to say; that it could not be cancelled must not hide that we stop. */
  async #interrupted(ids: Submission['ids']): Promise<void> {
    const { onInterrupt } = this.#options
    if (onInterrupt === undefined || !(await onInterrupt(this.#service.where(ids)).catch(() => false))) return
    await this.#service.cancel(ids).catch(() => undefined)
  }

  /** A job that nobody waits for any more must not go on costing money, nor answer when nobody expects it. */
  async #giveUp(job: Job, ids: Submission['ids'], state: string, reason: string, next: string): Promise<never> {
    let cancelled = reason
    try {
      await this.#service.cancel(ids)
    } catch (error) {
      const why = error instanceof LakeferryError ? error.message : String(error)
      cancelled = `${reason.replace(', and was cancelled', '')}, and could not be cancelled: ${why}`
    }
    throw this.#failed(job, ids, state, cancelled, next)
  }

  #failed(job: Job, ids: Submission['ids'], state: string, reason: string, next: string): LakeferryError<'JOB_FAILED'> {
    const name = `${job.id} (${this.#service.where(ids)})`
    return new LakeferryError('JOB_FAILED', { runner: this.name, job: name, state, reason, next })
  }
}

function hasIds({ ids }: Submission): boolean {
  return Object.keys(ids).length > 0
}

function seconds(ms: number): string {
  return ms >= 120_000 ? `${Math.round(ms / 60_000)} minutes` : `${Math.round(ms / 1000)} s`
}
