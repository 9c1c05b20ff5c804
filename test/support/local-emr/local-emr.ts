import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Clusters, clusterJson, stepJson } from './clusters.js'
import { JobRuns, jobRunJson, summaryJson } from './job-runs.js'
import type { Fault } from './outcome.js'
import {
  type Answer,
  bodyOf,
  checkSignature,
  jsonAnswer,
  jsonError,
  restAnswer,
  restError,
  ServiceError,
  seconds,
  send,
} from './protocol.js'
import { World, type WorldOptions } from './world.js'

export interface LocalEmrOptions extends WorldOptions {
  readonly faults?: Fault[]
}

export interface LocalEmr {
  /** For `emr.endpoint`. */
  readonly endpoint: string
  readonly clusters: Clusters
  readonly jobRuns: JobRuns
  /** Names of the actions that were asked for, in order; those that were refused, too. */
  readonly actions: string[]
  readonly faults: Fault[]
  stop(): Promise<void>
}

/**
 * Amazon EMR and EMR Serverless for tests: the two protocols that the AWS SDK speaks with them, and behind them the states
 * that AWS documents, with the real `spark-submit` as the work where a test wants that. On the loopback only.
 */
export async function startLocalEmr(options: LocalEmrOptions = {}): Promise<LocalEmr> {
  const world = new World(options)
  const clusters = new Clusters(world)
  const jobRuns = new JobRuns(world)
  const actions: string[] = []
  const faults = options.faults ?? []

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request)
    const target = request.headers['x-amz-target']
    const json = typeof target === 'string'
    const action = json ? target.replace('ElasticMapReduce.', '') : restAction(request)
    actions.push(action)
    const fault = faults.find(each => each.action === action && each.times > 0)
    if (fault !== undefined) fault.times -= 1
    if (fault?.how === 'cut') return void request.socket.resetAndDestroy()
    let answer: Answer
    try {
      checkSignature(request, json ? 'elasticmapreduce' : 'emr-serverless')
      if (fault !== undefined && fault.how !== 'lost') throw faultError(fault, json, action)
      answer = json
        ? jsonAnswer(emr(clusters, world, action, body))
        : restAnswer(serverless(jobRuns, world, action, request, body))
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error
      answer = json ? jsonError(error) : restError(error)
    }
    if (fault?.how === 'lost') return void request.socket.resetAndDestroy()
    const wait = fault?.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) }
    send(response, { ...answer, headers: { ...answer.headers, ...wait } })
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(error => {
      console.error('local-emr:', error)
      response.writeHead(500).end()
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}`,
    clusters,
    jobRuns,
    actions,
    faults,
    async stop() {
      await world.stop()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

function faultError({ how }: Fault, json: boolean, action: string): ServiceError {
  if (how === 'forbidden') {
    const service = json ? 'elasticmapreduce' : 'emr-serverless'
    return new ServiceError(
      json ? 400 : 403,
      'AccessDeniedException',
      `User is not authorized to perform: ${service}:${action}`,
    )
  }
  if (how === 'internal') return new ServiceError(500, 'InternalServerException', 'Internal error')
  return new ServiceError(json ? 400 : 429, json ? 'ThrottlingException' : 'TooManyRequestsException', 'Rate exceeded')
}

function emr(clusters: Clusters, world: World, action: string, body: Record<string, unknown>): unknown {
  const cluster = () => clusters.find(body['ClusterId'] ?? body['JobFlowId'])
  switch (action) {
    case 'RunJobFlow': {
      const { id } = clusters.create(body)
      return { JobFlowId: id, ClusterArn: `arn:aws:elasticmapreduce:us-east-1:123456789012:cluster/${id}` }
    }
    case 'AddJobFlowSteps':
      return { StepIds: clusters.addSteps(cluster(), body['Steps'] as unknown[]) }
    case 'DescribeStep':
      return { Step: stepJson(clusters.step(cluster(), body['StepId'])) }
    case 'DescribeCluster':
      return { Cluster: clusterJson(cluster()) }
    case 'ListSteps': {
      const [page, next] = pageOf([...cluster().steps].reverse(), body['Marker'], world.pageSize)
      return { Steps: page.map(stepJson), ...(next === undefined ? {} : { Marker: next }) }
    }
    case 'ListClusters': {
      const after = Number(body['CreatedAfter'] ?? 0)
      const found = clusters.all.filter(({ created }) => (seconds(created) ?? 0) >= after).reverse()
      const [page, next] = pageOf(found, body['Marker'], world.pageSize)
      return { Clusters: page.map(clusterJson), ...(next === undefined ? {} : { Marker: next }) }
    }
    case 'CancelSteps': {
      const ids = body['StepIds'] as string[]
      const told = ids.map(StepId => ({ StepId, ...clusters.cancel(clusters.step(cluster(), StepId)) }))
      return { CancelStepsInfoList: told }
    }
    case 'TerminateJobFlows':
      for (const id of body['JobFlowIds'] as string[]) clusters.terminate(clusters.find(id))
      return {}
    default:
      throw new ServiceError(400, 'UnknownOperationException', action)
  }
}

function pathOf({ url = '' }: IncomingMessage): {
  application: string
  jobRun: string | undefined
  query: URLSearchParams
} {
  const { pathname, searchParams } = new URL(url, 'http://local')
  const [, application = '', jobRun] = /^\/applications\/([^/]+)\/jobruns(?:\/([^/]+))?$/.exec(pathname) ?? []
  return { application, jobRun, query: searchParams }
}

function restAction(request: IncomingMessage): string {
  const { application, jobRun } = pathOf(request)
  const kind = application === '' ? '' : `${request.method} ${jobRun === undefined ? 'all' : 'one'}`
  return (
    { 'POST all': 'StartJobRun', 'GET all': 'ListJobRuns', 'GET one': 'GetJobRun', 'DELETE one': 'CancelJobRun' }[
      kind
    ] ?? `${request.method} ${request.url}`
  )
}

function serverless(
  jobRuns: JobRuns,
  world: World,
  action: string,
  request: IncomingMessage,
  body: Record<string, unknown>,
): unknown {
  const { application, jobRun = '', query } = pathOf(request)
  switch (action) {
    case 'StartJobRun': {
      const { id } = jobRuns.start(application, body)
      return { applicationId: application, jobRunId: id, arn: summaryJson(jobRuns.find(application, id))['arn'] }
    }
    case 'GetJobRun':
      return { jobRun: jobRunJson(jobRuns.find(application, jobRun)) }
    case 'ListJobRuns': {
      const most = Math.min(Number(query.get('maxResults') ?? 50), world.pageSize)
      const [page, next] = pageOf(jobRuns.list(application), query.get('nextToken') ?? undefined, most)
      return { jobRuns: page.map(summaryJson), ...(next === undefined ? {} : { nextToken: next }) }
    }
    case 'CancelJobRun':
      jobRuns.cancel(jobRuns.find(application, jobRun))
      return { applicationId: application, jobRunId: jobRun }
    default:
      throw new ServiceError(404, 'UnknownOperationException', action)
  }
}

function pageOf<T>(items: readonly T[], marker: unknown, size: number): [T[], string | undefined] {
  const from = marker === undefined ? 0 : Number(marker)
  const next = from + size
  return [items.slice(from, next), next < items.length ? String(next) : undefined]
}
