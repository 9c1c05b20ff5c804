import type { Cluster, EMRClient, Step } from '@aws-sdk/client-emr'
import { LakeferryError } from '../../errors.js'
import type { Job, JobOutcome } from '../../ports/job-runner.js'
import { driverError } from '../../remote-job/driver-log.js'
import { jobError } from '../../remote-job/job-words.js'
import { askAws, type Patience } from '../../remote-job/patience.js'
import type { KnownAttempt, RemoteService, RemoteSight } from '../../remote-job/remote-service.js'
import { attemptOf, type Submission } from '../../remote-job/submission.js'
import { clusterReason, isOver, logsUrl, stepReason } from './cluster-failure.js'
import type { EmrOptions } from './emr-options.js'
import { clusterRequest, stepRequest } from './step-request.js'

/** `@aws-sdk/client-emr`, loaded with the first job and not before. */
export type EmrSdk = typeof import('@aws-sdk/client-emr')

/** A step, and its cluster where that was asked about, too. */
export interface StepSight extends RemoteSight {
  readonly step: Step
  readonly cluster: Cluster | undefined
}

/**
 * EMR has no token that makes a second request harmless. So another's announced submission is left alone for longer than its
 * request can take (5 s to connect, 20 s for the answer), and looked for by name before it is taken over.
 */
const CLAIM_MS = 45_000
/** How far back clusters are looked for by name. */
const SEARCH_BACK_MS = 14 * 24 * 3_600_000
/** EMR brings a step's log to S3 within some minutes; that long nobody waits for the words of an error. Milliseconds. */
const LOG_WAITS = [2_000, 5_000, 10_000]

const NAME = 'emr'

/** Jobs as steps of clusters of Amazon EMR on EC2. */
export class EmrService implements RemoteService<StepSight> {
  readonly name: string = NAME
  readonly claimMs: number = CLAIM_MS
  readonly startHint: string
  readonly #sdk: EmrSdk
  readonly #client: EMRClient
  readonly #options: EmrOptions
  readonly #patience: Patience

  constructor(sdk: EmrSdk, client: EMRClient, options: EmrOptions, patience: Patience) {
    this.#sdk = sdk
    this.#client = client
    this.#options = options
    this.#patience = patience
    this.startHint =
      typeof options.cluster === 'string'
        ? `Is ${options.cluster} busy with other steps? See: aws emr list-steps --cluster-id ${options.cluster}. Or raise emr.startTimeout.`
        : 'Are there machines of emr.instanceType, and may emr.subnet be used? Try another type, or raise emr.startTimeout.'
  }

  async start(job: Job, { attempt }: Submission, signal?: AbortSignal): Promise<Submission['ids']> {
    const { cluster } = this.#options
    let found: KnownAttempt | undefined
    const wasDone = async (): Promise<boolean> => {
      const known = await this.search(job, signal)
      found = known?.attempt === attempt ? known : undefined
      return found !== undefined
    }
    const question = { runner: NAME, wasDone, ...(signal ? { signal } : {}) }
    if (typeof cluster === 'string') {
      const operation = `add a step to cluster ${cluster}`
      const asked = { ...question, operation, permission: 'elasticmapreduce:AddJobFlowSteps' }
      const input = { JobFlowId: cluster, Steps: [stepRequest(this.#options, job, attempt)] }
      const answer = await askAws(asked, this.#patience, () =>
        this.#client.send(new this.#sdk.AddJobFlowStepsCommand(input)),
      )
      if (answer === undefined && found !== undefined) return found.ids
      return { cluster, step: needed(answer?.StepIds?.[0], 'the id of the step') }
    }
    const asked = { ...question, operation: 'create a cluster', permission: 'elasticmapreduce:RunJobFlow' }
    const input = clusterRequest({ ...this.#options, cluster }, job, attempt)
    const answer = await askAws(asked, this.#patience, () => this.#client.send(new this.#sdk.RunJobFlowCommand(input)))
    if (answer === undefined && found !== undefined) return found.ids
    const id = needed(answer?.JobFlowId, 'the id of the cluster')
    // Whoever stops us now has to be told of it: it costs money, and runs on.
    return { cluster: id, step: needed((await this.#stepOf(id, job, undefined))?.ids['step'], 'the id of the step') }
  }

  async search(job: Job, signal?: AbortSignal): Promise<KnownAttempt | undefined> {
    const { cluster, clock } = this.#options
    if (typeof cluster === 'string') return await this.#stepOf(cluster, job, signal)
    const CreatedAfter = new Date(clock.now().getTime() - SEARCH_BACK_MS)
    let newest: { id: string; attempt: number } | undefined
    let Marker: string | undefined
    do {
      const input = { CreatedAfter, ...(Marker === undefined ? {} : { Marker }) }
      const page = await this.#ask('list clusters', 'ListClusters', signal, () =>
        this.#client.send(new this.#sdk.ListClustersCommand(input)),
      )
      for (const { Id, Name } of page.Clusters ?? []) {
        const attempt = attemptOf(Name, job.id)
        if (Id !== undefined && attempt !== undefined && attempt > (newest?.attempt ?? 0)) newest = { id: Id, attempt }
      }
      Marker = page.Marker
    } while (Marker !== undefined)
    return newest === undefined ? undefined : await this.#stepOf(newest.id, job, signal)
  }

  async look(ids: Submission['ids'], signal?: AbortSignal): Promise<StepSight | undefined> {
    const { cluster: ClusterId = '', step: StepId = '' } = ids
    const answer = await this.#unlessUnknown(() =>
      this.#ask(`ask for the state of ${this.where(ids)}`, 'DescribeStep', signal, () =>
        this.#client.send(new this.#sdk.DescribeStepCommand({ ClusterId, StepId })),
      ),
    )
    const step = answer?.Step
    if (step === undefined) return undefined
    const state = step.Status?.State ?? 'PENDING'
    const startedAt = step.Status?.Timeline?.StartDateTime
    const sight = { step, startedAt, reason: stepReason(step.Status?.FailureDetails) }
    if (state === 'COMPLETED') return { ...sight, state, phase: 'succeeded', cluster: undefined }
    if (state === 'RUNNING' || state === 'CANCEL_PENDING')
      return { ...sight, state, phase: 'running', cluster: undefined }
    // It waits, or did not end well: then the cluster may be why.
    const cluster = await this.#cluster(ClusterId, signal)
    const clusterState = cluster?.Status?.State
    if (state === 'PENDING' && !isOver(clusterState)) {
      return { ...sight, state: `PENDING, cluster ${clusterState ?? 'unknown'}`, phase: 'waiting', cluster }
    }
    // EMR calls the steps that a failed cluster never came to cancelled, which nobody did.
    const neverRan = state === 'PENDING' || (state === 'CANCELLED' && clusterState === 'TERMINATED_WITH_ERRORS')
    const reason = [sight.reason, clusterReason(cluster?.Status)]
    return {
      ...sight,
      cluster,
      state: neverRan && startedAt === undefined && clusterState !== undefined ? clusterState : state,
      phase: 'failed',
      reason: reason.filter(part => part !== undefined).join('; ') || undefined,
    }
  }

  async cancel(ids: Submission['ids']): Promise<void> {
    const { cluster: ClusterId = '', step = '' } = ids
    const input = { ClusterId, StepIds: [step], StepCancellationOption: 'TERMINATE_PROCESS' as const }
    const answer = await this.#ask(`cancel ${this.where(ids)}`, 'CancelSteps', undefined, () =>
      this.#client.send(new this.#sdk.CancelStepsCommand(input)),
    )
    // A cluster that has not come up yet cancels nothing, and one of ours is there for this step only.
    if (typeof this.#options.cluster !== 'string') {
      await this.#ask(`end cluster ${ClusterId}`, 'TerminateJobFlows', undefined, () =>
        this.#client.send(new this.#sdk.TerminateJobFlowsCommand({ JobFlowIds: [ClusterId] })),
      )
      return
    }
    const refused = answer.CancelStepsInfoList?.find(({ Status }) => Status === 'FAILED')
    if (refused === undefined) return
    throw new LakeferryError('JOB_UNAVAILABLE', {
      runner: NAME,
      operation: `cancel ${this.where(ids)}`,
      reason: refused.Reason ?? 'EMR gives no reason',
      next: `See: aws emr describe-step --cluster-id ${ClusterId} --step-id ${step}`,
    })
  }

  where({ cluster = '?', step = '?' }: Submission['ids']): string {
    return `step ${step} of cluster ${cluster}`
  }

  async explain(job: Job, ids: Submission['ids'], sight: StepSight): Promise<{ reason: string; next: string }> {
    const { lake, openStore, logs } = this.#options
    const { cluster = '', step = '' } = ids
    const own = await jobError(lake, job.folder)
    const base = logsUrl(sight.cluster?.LogUri) ?? (logs === undefined ? undefined : logsUrl(logs))
    const file = sight.step.Status?.FailureDetails?.LogFile
    const keys = [`${cluster}/steps/${step}/stderr.gz`, `${cluster}/steps/${step}/stderr`]
    const ran = sight.startedAt !== undefined
    const driver =
      own === undefined && ran && base !== undefined && openStore !== undefined
        ? await driverError({ url: base, keys }, openStore, { patience: this.#patience, waits: LOG_WAITS })
        : undefined
    const said = own ?? driver
    const reason = [sight.reason, said === undefined ? undefined : `the driver said: ${said}`].filter(
      part => part !== undefined,
    )
    const log = file ?? (base === undefined ? undefined : `${base}/${cluster}/steps/${step}/`)
    const again = 'Run the same command again: it starts a new attempt.'
    const read = ran && log !== undefined ? `The log is ${log}. ` : ''
    return {
      reason: reason.length > 0 ? reason.join('; ') : 'EMR gives no reason',
      next:
        sight.state === 'TERMINATED_WITH_ERRORS'
          ? `The cluster never ran it: mend what EMR names, then ${lower(again)}`
          : `${read}${again}`,
    }
  }

  /** Charges of EMR on EC2 are by instance and minute, EMR's and EC2's own, and no request tells them. */
  async facts(ids: Submission['ids'], sight: StepSight): Promise<JobOutcome['facts']> {
    const { cluster: id = '', step = '' } = ids
    const cluster = await this.#cluster(id, undefined).catch(() => undefined)
    const { StartDateTime, EndDateTime } = sight.step.Status?.Timeline ?? {}
    const hours = cluster?.NormalizedInstanceHours
    return {
      cluster: id,
      step,
      ...(cluster?.ReleaseLabel === undefined ? {} : { release: cluster.ReleaseLabel }),
      ...(StartDateTime && EndDateTime
        ? { stepSeconds: (EndDateTime.getTime() - StartDateTime.getTime()) / 1000 }
        : {}),
      ...(hours === undefined ? {} : { clusterNormalizedInstanceHours: hours }),
      cost: 'not known: EC2 and EMR charge the cluster by instance and second',
    }
  }

  close(): void {
    this.#client.destroy()
  }

  async #stepOf(ClusterId: string, job: Job, signal: AbortSignal | undefined): Promise<KnownAttempt | undefined> {
    let newest: KnownAttempt | undefined
    let Marker: string | undefined
    do {
      const input = { ClusterId, ...(Marker === undefined ? {} : { Marker }) }
      const page = await this.#ask(`list the steps of cluster ${ClusterId}`, 'ListSteps', signal, () =>
        this.#client.send(new this.#sdk.ListStepsCommand(input)),
      )
      for (const { Id, Name } of page.Steps ?? []) {
        const attempt = attemptOf(Name, job.id)
        if (Id === undefined || attempt === undefined || attempt <= (newest?.attempt ?? 0)) continue
        newest = { attempt, ids: { cluster: ClusterId, step: Id } }
      }
      Marker = page.Marker
    } while (Marker !== undefined)
    return newest
  }

  async #cluster(ClusterId: string, signal: AbortSignal | undefined): Promise<Cluster | undefined> {
    const answer = await this.#unlessUnknown(() =>
      this.#ask(`ask for the state of cluster ${ClusterId}`, 'DescribeCluster', signal, () =>
        this.#client.send(new this.#sdk.DescribeClusterCommand({ ClusterId })),
      ),
    )
    return answer?.Cluster
  }

  /** EMR forgets clusters two months after their end. */
  async #unlessUnknown<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask()
    } catch (error) {
      if (error instanceof LakeferryError && /is not valid/.test(error.message)) return undefined
      throw error
    }
  }

  async #ask<T>(
    operation: string,
    action: string,
    signal: AbortSignal | undefined,
    request: () => Promise<T>,
  ): Promise<T> {
    const question = {
      runner: NAME,
      operation,
      permission: `elasticmapreduce:${action}`,
      ...(signal ? { signal } : {}),
    }
    return needed(await askAws(question, this.#patience, request), 'an answer')
  }
}

function needed<T>(value: T | undefined, what: string): T {
  if (value !== undefined) return value
  throw new LakeferryError('JOB_UNAVAILABLE', {
    runner: NAME,
    operation: 'understand the answer of EMR',
    reason: `${what} is missing`,
    next: 'Is emr.endpoint the address of EMR? Leave it out for AWS.',
  })
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
