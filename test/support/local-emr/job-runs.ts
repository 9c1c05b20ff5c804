import type { Outcome } from './outcome.js'
import { only, record, ServiceError, seconds, text } from './protocol.js'
import { shellWords } from './spark-work.js'
import type { World } from './world.js'

export interface LocalJobRun {
  readonly id: string
  readonly application: string
  readonly token: string
  /** The request as it came: the same token with another one is a conflict. */
  readonly request: string
  readonly name: string | undefined
  readonly words: readonly string[]
  readonly logUri: string | undefined
  readonly outcome: Outcome
  readonly created: Date
  readonly stop: AbortController
  state: string
  /** States that somebody was told when he asked for it. */
  readonly told: Set<string>
  details: string
  started?: Date
  ended?: Date
}

const ENDED = ['SUCCESS', 'FAILED', 'CANCELLED']
/** A driver and one executor of the default size: 4 vCPU and 16 GB each. */
const VCPUS = 8
const MEMORY_GB = 32

/** Job runs of applications, by https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/job-states.html */
export class JobRuns {
  readonly all: LocalJobRun[] = []
  readonly applications: Set<string> = new Set()
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  start(application: string, body: Record<string, unknown>): LocalJobRun {
    this.#known(application)
    const token = text(body['clientToken'], 'clientToken')
    if (!/^[A-Za-z0-9._-]{1,64}$/.test(token)) throw invalid('clientToken does not match [A-Za-z0-9._-]+')
    if (!/^arn:aws:iam::\d{12}:role\/.+$/.test(text(body['executionRoleArn'], 'executionRoleArn'))) {
      throw invalid('executionRoleArn is no ARN of a role')
    }
    const known = [
      'clientToken',
      'executionRoleArn',
      'jobDriver',
      'configurationOverrides',
      'tags',
      'executionTimeoutMinutes',
      'name',
      'mode',
      'retryPolicy',
    ]
    only(body, known, 'StartJobRunRequest')
    const request = JSON.stringify(body)
    const before = this.all.find(run => run.token === token && run.application === application)
    if (before?.request === request) return before
    if (before !== undefined)
      throw new ServiceError(409, 'ConflictException', 'clientToken was used with other parameters')
    const driver = record(record(body['jobDriver'], 'jobDriver')['sparkSubmit'], 'sparkSubmit')
    const parameters = driver['sparkSubmitParameters']
    const args = driver['entryPointArguments']
    const overrides = body['configurationOverrides'] as
      | { monitoringConfiguration?: { s3MonitoringConfiguration?: { logUri?: string } } }
      | undefined
    const run: LocalJobRun = {
      id: this.#world.id('00g', 13, false),
      application,
      token,
      request,
      name: typeof body['name'] === 'string' ? body['name'] : undefined,
      words: [
        ...(typeof parameters === 'string' ? shellWords(parameters) : []),
        text(driver['entryPoint'], 'entryPoint'),
        ...(Array.isArray(args) ? args.map(String) : []),
      ],
      logUri: overrides?.monitoringConfiguration?.s3MonitoringConfiguration?.logUri,
      outcome: this.#world.nextOutcome(),
      created: new Date(),
      stop: new AbortController(),
      state: 'SUBMITTED',
      told: new Set(),
      details: '',
    }
    this.all.push(run)
    this.#world.live(() => this.#live(run))
    return run
  }

  find(application: string, id: string): LocalJobRun {
    this.#known(application)
    const found = this.all.find(run => run.application === application && run.id === id)
    if (found === undefined) throw new ServiceError(404, 'ResourceNotFoundException', `JobRun ${id} does not exist`)
    return found
  }

  list(application: string): LocalJobRun[] {
    this.#known(application)
    return this.all.filter(run => run.application === application).reverse()
  }

  cancel(run: LocalJobRun): void {
    if (ENDED.includes(run.state)) throw invalid(`JobRun ${run.id} is in a terminal state ${run.state}`)
    run.state = 'CANCELLING'
    run.stop.abort()
  }

  #known(application: string): void {
    if (this.applications.has(application)) return
    throw new ServiceError(404, 'ResourceNotFoundException', `Application ${application} does not exist`)
  }

  async #live(run: LocalJobRun): Promise<void> {
    const { outcome, stop } = run
    const before = outcome.kind === 'is queued' ? ['QUEUED', 'PENDING', 'SCHEDULED'] : ['PENDING', 'SCHEDULED']
    for (const state of before) {
      await this.#world.pause(this.#world.stepMs, stop.signal)
      if (stop.signal.aborted) return await this.#cancelled(run)
      run.state = state
      // A queue is long: whoever asks sees it.
      while (state === 'QUEUED' && !run.told.has(state) && !stop.signal.aborted && !this.#world.ending) {
        await this.#world.pause(this.#world.stepMs, stop.signal)
      }
      if (outcome.kind === 'never starts') await this.#world.pause(3_600_000, stop.signal)
    }
    await this.#world.pause(this.#world.stepMs, stop.signal)
    if (stop.signal.aborted || outcome.kind === 'is cancelled') return await this.#cancelled(run)
    run.state = 'RUNNING'
    run.started = new Date()
    const { ok, stderr } = await this.#world.work(outcome, run.words, stop.signal)
    run.ended = new Date()
    if (run.logUri !== undefined) {
      const base = `${run.logUri.replace(/\/*$/, '/')}applications/${run.application}/jobs/${run.id}/SPARK_DRIVER/`
      await this.#world.log(`${base}stderr.gz`, stderr)
    }
    if (stop.signal.aborted) return await this.#cancelled(run)
    run.state = ok ? 'SUCCESS' : 'FAILED'
    const reason = outcome.kind === 'fails' ? outcome.reason : undefined
    run.details = ok
      ? ''
      : (reason ?? 'Job failed, please check complete logs in configured logging destination. ExitCode: 1.')
  }

  async #cancelled(run: LocalJobRun): Promise<void> {
    await this.#world.pause(this.#world.stepMs)
    run.state = 'CANCELLED'
    run.details = 'Job run was cancelled'
    run.ended ??= new Date()
  }
}

export function jobRunJson(run: LocalJobRun): Record<string, unknown> {
  run.told.add(run.state)
  const ended = ENDED.includes(run.state)
  const hours =
    ended && run.started && run.ended ? (run.ended.getTime() - run.started.getTime()) / 3_600_000 : undefined
  const used =
    hours === undefined
      ? undefined
      : { vCPUHour: VCPUS * hours, memoryGBHour: MEMORY_GB * hours, storageGBHour: 40 * hours }
  return {
    ...summaryJson(run),
    jobRunId: run.id,
    jobDriver: { sparkSubmit: { entryPoint: 's3://…' } },
    startedAt: seconds(run.started),
    endedAt: seconds(run.ended),
    ...(used === undefined
      ? {}
      : { totalResourceUtilization: used, totalExecutionDurationSeconds: Math.ceil((hours ?? 0) * 3600) }),
    ...(used === undefined ? {} : { billedResourceUtilization: { ...used, storageGBHour: 0 } }),
  }
}

export function summaryJson(run: LocalJobRun): Record<string, unknown> {
  return {
    applicationId: run.application,
    id: run.id,
    name: run.name,
    mode: 'BATCH',
    arn: `arn:aws:emr-serverless:us-east-1:123456789012:/applications/${run.application}/jobruns/${run.id}`,
    createdBy: 'arn:aws:iam::123456789012:user/tester',
    createdAt: seconds(run.created),
    updatedAt: seconds(run.ended ?? run.started ?? run.created),
    executionRole: 'arn:aws:iam::123456789012:role/job',
    state: run.state,
    stateDetails: run.details,
    releaseLabel: 'emr-7.13.0',
  }
}

function invalid(message: string): ServiceError {
  return new ServiceError(400, 'ValidationException', message)
}
