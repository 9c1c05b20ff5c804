import type { EMRServerlessClient, JobRun } from '@aws-sdk/client-emr-serverless'
import { LakeferryError } from '../../errors.js'
import type { Job, JobOutcome } from '../../ports/job-runner.js'
import { awsFailure } from '../../remote-job/aws-failure.js'
import { driverError, withoutSecrets } from '../../remote-job/driver-log.js'
import { jobError } from '../../remote-job/job-words.js'
import { askAws, type Patience } from '../../remote-job/patience.js'
import type { KnownAttempt, RemoteService, RemoteSight } from '../../remote-job/remote-service.js'
import { attemptOf, type Submission } from '../../remote-job/submission.js'
import { resourceFacts } from './cost.js'
import { jobRunRequest } from './job-run-request.js'
import type { EmrServerlessOptions } from './serverless-options.js'

/** `@aws-sdk/client-emr-serverless`, loaded with the first job and not before. */
export type EmrServerlessSdk = typeof import('@aws-sdk/client-emr-serverless')

export interface JobRunSight extends RemoteSight {
  readonly run: JobRun
}

/** How far back job runs are looked for by name. */
const SEARCH_BACK_MS = 14 * 24 * 3_600_000
/** Logs are brought to S3 every 15 seconds. Milliseconds. */
const LOG_WAITS = [2_000, 5_000, 10_000]

const NAME = 'emr-serverless'

/** By https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/job-states.html; a state unknown to us is one on the way. */
const PHASES: Readonly<Record<string, RemoteSight['phase']>> = {
  SUBMITTED: 'waiting',
  PENDING: 'waiting',
  SCHEDULED: 'waiting',
  QUEUED: 'waiting',
  RUNNING: 'running',
  CANCELLING: 'running',
  SUCCESS: 'succeeded',
  FAILED: 'failed',
  CANCELLED: 'failed',
}

/** Jobs as job runs of an application of Amazon EMR Serverless. */
export class EmrServerlessService implements RemoteService<JobRunSight> {
  readonly name: string = NAME
  /** Its token makes a second request harmless. */
  readonly claimMs: number = 0
  readonly startHint: string
  readonly #sdk: EmrServerlessSdk
  readonly #client: EMRServerlessClient
  readonly #options: EmrServerlessOptions
  readonly #patience: Patience

  constructor(sdk: EmrServerlessSdk, client: EMRServerlessClient, options: EmrServerlessOptions, patience: Patience) {
    this.#sdk = sdk
    this.#client = client
    this.#options = options
    this.#patience = patience
    this.startHint = `Has the application room (maximum capacity, vCPU quota, addresses in its subnets)? See: aws emr-serverless get-application --application-id ${options.application}. Or raise emr.startTimeout.`
  }

  async start(job: Job, { attempt }: Submission, signal?: AbortSignal): Promise<Submission['ids']> {
    const { application } = this.#options
    const input = jobRunRequest(this.#options, job, attempt)
    let conflict = false
    const answer = await this.#ask(`start a job run of application ${application}`, 'StartJobRun', signal, async () => {
      try {
        return await this.#client.send(new this.#sdk.StartJobRunCommand(input))
      } catch (error) {
        // The token is known with other settings than those of now: what it started is as good.
        if (awsFailure(error).name !== 'ConflictException') throw error
        conflict = true
        return undefined
      }
    })
    if (answer?.jobRunId !== undefined) return { application, jobRun: answer.jobRunId }
    const known = conflict ? await this.search(job, signal) : undefined
    if (known?.attempt === attempt) return known.ids
    throw new LakeferryError('JOB_UNAVAILABLE', {
      runner: NAME,
      operation: `start a job run of application ${application}`,
      reason: conflict ? 'its token is in use, and no job run of that name is to be found' : 'the answer has no id',
      next: 'Run the same command again in a minute.',
    })
  }

  async search(job: Job, signal?: AbortSignal): Promise<KnownAttempt | undefined> {
    const { application, clock } = this.#options
    const createdAtAfter = new Date(clock.now().getTime() - SEARCH_BACK_MS)
    let newest: KnownAttempt | undefined
    let nextToken: string | undefined
    do {
      const input = { applicationId: application, createdAtAfter, maxResults: 50 }
      const page = await this.#ask(`list the job runs of application ${application}`, 'ListJobRuns', signal, () =>
        this.#client.send(new this.#sdk.ListJobRunsCommand(nextToken === undefined ? input : { ...input, nextToken })),
      )
      for (const { id, name } of page?.jobRuns ?? []) {
        const attempt = attemptOf(name, job.id)
        if (id === undefined || attempt === undefined || attempt <= (newest?.attempt ?? 0)) continue
        newest = { attempt, ids: { application, jobRun: id } }
      }
      nextToken = page?.nextToken
    } while (nextToken !== undefined)
    return newest
  }

  async look(ids: Submission['ids'], signal?: AbortSignal): Promise<JobRunSight | undefined> {
    const { application = '', jobRun = '' } = ids
    const input = { applicationId: application, jobRunId: jobRun }
    const answer = await this.#ask(`ask for the state of ${this.where(ids)}`, 'GetJobRun', signal, async () => {
      try {
        return await this.#client.send(new this.#sdk.GetJobRunCommand(input))
      } catch (error) {
        if (awsFailure(error).name === 'ResourceNotFoundException') return undefined
        throw error
      }
    })
    const run = answer?.jobRun
    if (run === undefined) return undefined
    const state = run.state ?? 'SUBMITTED'
    const details = run.stateDetails
    return {
      run,
      state,
      phase: PHASES[state] ?? 'running',
      startedAt: run.startedAt,
      reason: details === undefined || details === '' ? undefined : withoutSecrets(details),
    }
  }

  async cancel(ids: Submission['ids']): Promise<void> {
    const { application = '', jobRun = '' } = ids
    const input = { applicationId: application, jobRunId: jobRun }
    await this.#ask(`cancel ${this.where(ids)}`, 'CancelJobRun', undefined, async () => {
      try {
        await this.#client.send(new this.#sdk.CancelJobRunCommand(input))
      } catch (error) {
        // It has ended meanwhile, or is not there any more.
        const { name, reason } = awsFailure(error)
        if (name === 'ResourceNotFoundException') return
        if (name === 'ValidationException' && /state|terminal/i.test(reason)) return
        throw error
      }
    })
  }

  where({ application = '?', jobRun = '?' }: Submission['ids']): string {
    return `job run ${jobRun} of application ${application}`
  }

  async explain(job: Job, ids: Submission['ids'], sight: JobRunSight): Promise<{ reason: string; next: string }> {
    const { lake, logs, openStore } = this.#options
    const { application = '', jobRun = '' } = ids
    const own = await jobError(lake, job.folder)
    const base = `applications/${application}/jobs/${jobRun}`
    const attempt = sight.run.attempt ?? 1
    const keys = [`${base}/SPARK_DRIVER/stderr.gz`, `${base}/attempts/${attempt}/SPARK_DRIVER/stderr.gz`]
    const failed = sight.state === 'FAILED'
    const driver =
      own === undefined && failed && logs !== undefined && openStore !== undefined
        ? await driverError({ url: logs.replace(/\/+$/, ''), keys }, openStore, {
            patience: this.#patience,
            waits: LOG_WAITS,
          })
        : undefined
    const said = own ?? driver
    const reason = [sight.reason, said === undefined ? undefined : `the driver said: ${said}`].filter(
      part => part !== undefined,
    )
    const log =
      logs === undefined
        ? 'Set emr.logs to an s3:// address to have the driver’s own words here.'
        : `The log is ${logs.replace(/\/+$/, '')}/${keys[0]}.`
    const again = 'Run the same command again: it starts a new attempt.'
    return {
      reason: reason.length > 0 ? reason.join('; ') : 'EMR Serverless gives no reason',
      next: failed ? `${log} ${again}` : again,
    }
  }

  async facts(ids: Submission['ids'], sight: JobRunSight): Promise<JobOutcome['facts']> {
    const { application = '', jobRun = '' } = ids
    const { releaseLabel, totalExecutionDurationSeconds: runSeconds } = sight.run
    return {
      application,
      jobRun,
      ...(releaseLabel === undefined ? {} : { release: releaseLabel }),
      ...(runSeconds === undefined ? {} : { runSeconds }),
      ...resourceFacts(sight.run, this.#options.prices),
    }
  }

  close(): void {
    this.#client.destroy()
  }

  async #ask<T>(
    operation: string,
    action: string,
    signal: AbortSignal | undefined,
    request: () => Promise<T>,
  ): Promise<T | undefined> {
    const question = { runner: NAME, operation, permission: `emr-serverless:${action}`, ...(signal ? { signal } : {}) }
    return await askAws(question, this.#patience, request)
  }
}
