import type { Outcome } from './outcome.js'
import { only, record, ServiceError, seconds, text } from './protocol.js'
import type { World } from './world.js'

interface Reason {
  readonly Code: string
  readonly Message: string
}

export interface LocalStep {
  readonly id: string
  readonly name: string
  readonly words: readonly string[]
  readonly actionOnFailure: string
  readonly outcome: Outcome
  readonly created: Date
  readonly stop: AbortController
  state: string
  started?: Date
  ended?: Date
  failure?: { Reason: string; Message?: string; LogFile?: string }
}

export interface LocalCluster {
  readonly id: string
  readonly name: string
  readonly release: string
  readonly logUri: string | undefined
  readonly keepAlive: boolean
  readonly instances: number
  readonly created: Date
  readonly steps: LocalStep[]
  readonly request: Record<string, unknown>
  state: string
  reason?: Reason
}

const OVER = ['TERMINATING', 'TERMINATED', 'TERMINATED_WITH_ERRORS']

/**
 * Clusters that come up, run their steps one after the other and end, by
 * https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-overview.html (cluster life cycle).
 */
export class Clusters {
  readonly all: LocalCluster[] = []
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  /** A cluster that is there already, waiting for steps. */
  ready(id: string, logUri?: string): LocalCluster {
    const cluster = this.#make({ id, name: 'somebody’s', logUri, keepAlive: true, instances: 3, request: {} })
    cluster.state = 'WAITING'
    this.#world.live(() => this.#work(cluster))
    return cluster
  }

  create(request: Record<string, unknown>): LocalCluster {
    const name = text(request['Name'], 'name')
    if (request['ReleaseLabel'] === undefined) throw invalid('Either AMI version or release label is required.')
    const instances = record(request['Instances'], 'instances')
    const groups = instances['InstanceGroups']
    if (!Array.isArray(groups) || groups.length === 0) throw invalid('Instance groups are required.')
    text(request['ServiceRole'], 'serviceRole')
    text(request['JobFlowRole'], 'jobFlowRole')
    const cluster = this.#make({
      id: this.#world.id('j-', 13, true),
      name,
      logUri: typeof request['LogUri'] === 'string' ? request['LogUri'] : undefined,
      keepAlive: instances['KeepJobFlowAliveWhenNoSteps'] === true,
      instances: groups.reduce((sum, group) => sum + Number(group.InstanceCount), 0),
      request,
    })
    this.addSteps(cluster, Array.isArray(request['Steps']) ? request['Steps'] : [])
    this.#world.live(async () => {
      for (const state of ['STARTING', 'BOOTSTRAPPING']) {
        if (OVER.includes(cluster.state)) return
        cluster.state = state
        await this.#world.pause(this.#world.stepMs)
        const failing = cluster.steps.find(step => step.outcome.kind === 'cluster fails')
        if (failing?.outcome.kind === 'cluster fails') {
          const { code: Code, message: Message } = failing.outcome
          return this.#end(cluster, 'TERMINATED_WITH_ERRORS', { Code, Message })
        }
      }
      while (cluster.steps.some(step => step.state === 'PENDING' && step.outcome.kind === 'never starts')) {
        if (this.#world.ending || OVER.includes(cluster.state)) return
        await this.#world.pause(this.#world.stepMs)
      }
      if (!OVER.includes(cluster.state)) await this.#work(cluster)
    })
    return cluster
  }

  addSteps(cluster: LocalCluster, requests: readonly unknown[]): string[] {
    if (OVER.includes(cluster.state)) {
      throw invalid('A job flow that is shutting down, terminated, or finished may not be modified.')
    }
    const steps = requests.map(item => this.#step(record(item, 'step')))
    cluster.steps.push(...steps)
    return steps.map(({ id }) => id)
  }

  find(id: unknown): LocalCluster {
    const found = this.all.find(cluster => cluster.id === id)
    if (found === undefined)
      throw new ServiceError(400, 'InvalidRequestException', `Cluster id '${String(id)}' is not valid.`)
    return found
  }

  step(cluster: LocalCluster, id: unknown): LocalStep {
    const found = cluster.steps.find(step => step.id === id)
    if (found === undefined)
      throw new ServiceError(400, 'InvalidRequestException', `Step id '${String(id)}' is not valid.`)
    return found
  }

  cancel(step: LocalStep): { Status: string; Reason?: string } {
    if (step.state === 'PENDING') {
      step.state = 'CANCELLED'
      return { Status: 'SUBMITTED' }
    }
    if (step.state !== 'RUNNING') return { Status: 'FAILED', Reason: `Step is in state ${step.state}` }
    step.state = 'CANCEL_PENDING'
    step.stop.abort()
    return { Status: 'SUBMITTED' }
  }

  terminate(cluster: LocalCluster): void {
    if (OVER.includes(cluster.state)) return
    this.#end(cluster, 'TERMINATED', { Code: 'USER_REQUEST', Message: 'Terminated by user request' })
  }

  #make(given: Omit<LocalCluster, 'created' | 'steps' | 'state' | 'release'>): LocalCluster {
    const release = String(given.request['ReleaseLabel'] ?? 'emr-7.13.0')
    const cluster: LocalCluster = { ...given, release, created: new Date(), steps: [], state: 'STARTING' }
    this.all.push(cluster)
    return cluster
  }

  #step(request: Record<string, unknown>): LocalStep {
    only(request, ['Name', 'ActionOnFailure', 'HadoopJarStep'], 'StepConfig')
    const jar = record(request['HadoopJarStep'], 'hadoopJarStep')
    only(jar, ['Jar', 'Args', 'MainClass', 'Properties'], 'HadoopJarStepConfig')
    const args = jar['Args']
    if (jar['Jar'] !== 'command-runner.jar' || !Array.isArray(args) || args[0] !== 'spark-submit') {
      throw invalid('only command-runner.jar with spark-submit is run here')
    }
    const name = text(request['Name'], 'name')
    if (name.length > 256) throw invalid('name is longer than 256')
    return {
      id: this.#world.id('s-', 13, true),
      name,
      words: args.slice(1).map(String),
      actionOnFailure: String(request['ActionOnFailure'] ?? 'CONTINUE'),
      outcome: this.#world.nextOutcome(),
      created: new Date(),
      stop: new AbortController(),
      state: 'PENDING',
    }
  }

  /** Steps one after the other, until there are none and the cluster is not kept. */
  async #work(cluster: LocalCluster): Promise<void> {
    for (;;) {
      if (this.#world.ending || OVER.includes(cluster.state)) return
      const step = cluster.steps.find(({ state, outcome }) => state === 'PENDING' && outcome.kind !== 'never starts')
      if (step === undefined && !cluster.keepAlive) {
        return this.#end(cluster, 'TERMINATED', { Code: 'ALL_STEPS_COMPLETED', Message: 'Steps completed' })
      }
      cluster.state = step === undefined ? 'WAITING' : 'RUNNING'
      await this.#world.pause(this.#world.stepMs)
      if (step !== undefined && step.state === 'PENDING') await this.#run(cluster, step)
    }
  }

  async #run(cluster: LocalCluster, step: LocalStep): Promise<void> {
    if (step.outcome.kind === 'is cancelled') {
      step.state = 'CANCELLED'
      return
    }
    step.state = 'RUNNING'
    step.started = new Date()
    const { ok, stderr } = await this.#world.work(step.outcome, step.words, step.stop.signal)
    step.ended = new Date()
    if (step.outcome.kind === 'is interrupted') {
      step.state = 'INTERRUPTED'
      return this.#end(cluster, 'TERMINATED', { Code: 'USER_REQUEST', Message: 'Terminated by user request' })
    }
    const log =
      cluster.logUri === undefined ? undefined : `${cluster.logUri.replace(/\/*$/, '/')}${cluster.id}/steps/${step.id}/`
    if (log !== undefined) await this.#world.log(`${log}stderr.gz`, stderr)
    if (step.stop.signal.aborted) {
      step.state = 'CANCELLED'
      return
    }
    if (ok) {
      step.state = 'COMPLETED'
      return
    }
    const reason = step.outcome.kind === 'fails' ? step.outcome.reason : undefined
    step.failure = {
      Reason: 'Unknown Error.',
      ...(reason === undefined ? {} : { Message: reason }),
      ...(log === undefined ? {} : { LogFile: `${log}stderr.gz` }),
    }
    step.state = 'FAILED'
    if (step.actionOnFailure === 'TERMINATE_CLUSTER') {
      this.#end(cluster, 'TERMINATED_WITH_ERRORS', { Code: 'STEP_FAILURE', Message: 'Shut down as step failed' })
    }
  }

  #end(cluster: LocalCluster, state: string, reason: Reason): void {
    cluster.state = 'TERMINATING'
    cluster.reason = reason
    this.#world.live(async () => {
      await this.#world.pause(this.#world.stepMs)
      for (const step of cluster.steps) {
        if (step.state === 'PENDING') step.state = 'CANCELLED'
        if (step.state === 'RUNNING') step.stop.abort()
      }
      cluster.state = state
    })
  }
}

export function stepJson(step: LocalStep): Record<string, unknown> {
  return {
    Id: step.id,
    Name: step.name,
    ActionOnFailure: step.actionOnFailure,
    Config: { Jar: 'command-runner.jar', Properties: {}, Args: ['spark-submit', ...step.words] },
    Status: {
      State: step.state,
      StateChangeReason: {},
      ...(step.failure === undefined ? {} : { FailureDetails: step.failure }),
      Timeline: {
        CreationDateTime: seconds(step.created),
        StartDateTime: seconds(step.started),
        EndDateTime: seconds(step.ended),
      },
    },
  }
}

export function clusterJson(cluster: LocalCluster): Record<string, unknown> {
  return {
    Id: cluster.id,
    Name: cluster.name,
    ReleaseLabel: cluster.release,
    ...(cluster.logUri === undefined ? {} : { LogUri: cluster.logUri.replace(/^s3:/, 's3n:') }),
    NormalizedInstanceHours: cluster.instances * 8,
    Status: {
      State: cluster.state,
      StateChangeReason: cluster.reason ?? {},
      Timeline: { CreationDateTime: seconds(cluster.created) },
    },
  }
}

function invalid(message: string): ServiceError {
  return new ServiceError(400, 'ValidationException', message)
}
