import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { openEmrRunner } from '../../src/adapters/emr/emr-runner.js'
import { openEmrServerlessRunner } from '../../src/adapters/emr-serverless/emr-serverless-runner.js'
import { openFsStore } from '../../src/adapters/fs/fs-store.js'
import { isLakeferryError, type LakeferryError } from '../../src/errors.js'
import { lakeKey } from '../../src/model/lake-key.js'
import { type Clock, systemClock } from '../../src/ports/clock.js'
import type { Job } from '../../src/ports/job-runner.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import type { OpenStore } from '../../src/remote-job/driver-log.js'
import type { Patience } from '../../src/remote-job/patience.js'
import type { RemoteRunner } from '../../src/remote-job/remote-service.js'
import { type LocalEmr, type LocalEmrOptions, startLocalEmr } from '../support/local-emr/local-emr.js'

export const APPLICATION = '00f1abcdefghij01'
export const CLUSTER = 'j-1ABCDEFGHIJKL'
export const RUN_ID = '20261122T020000.000Z-1a2b3c'

/** A cluster of its own for each job; a running one; an application of EMR Serverless. */
export type Kind = 'new cluster' | 'cluster' | 'serverless'
export const KINDS: readonly Kind[] = ['new cluster', 'cluster', 'serverless']

export interface RunnerOptions {
  readonly clock?: Clock
  readonly startTimeoutMs?: number
  readonly timeoutMs?: number
  readonly outageMs?: number
  readonly logs?: string
  readonly openStore?: OpenStore
  readonly onInterrupt?: (where: string) => Promise<boolean>
}

export interface EmrBench {
  readonly server: LocalEmr
  readonly lake: ObjectStore
  readonly job: Job
  open(kind: Kind, options?: RunnerOptions): Promise<RemoteRunner>
  stop(): Promise<void>
}

/** A local EMR, a lake in a directory, and runners that do not wait long. */
export async function emrBench(options: LocalEmrOptions = {}): Promise<EmrBench> {
  const directory = await mkdtemp(join(tmpdir(), 'lakeferry-emr-'))
  const lake = openFsStore({ root: directory })
  const server = await startLocalEmr({ stepMs: 5, ...options })
  server.clusters.ready(CLUSTER, 's3://logs/elasticmapreduce/')
  server.jobRuns.applications.add(APPLICATION)
  const id = '0123456789abcdef'
  const job: Job = {
    id,
    name: `lakeferry papers ${RUN_ID}`,
    dataset: 'papers',
    runId: RUN_ID,
    folder: lakeKey.job('papers', RUN_ID, id),
    bytes: 1,
  }
  const opened: RemoteRunner[] = []
  return {
    server,
    lake,
    job,
    async open(kind, given = {}) {
      const { outageMs = 5_000, clock = systemClock, ...rest } = given
      const shared = {
        lake,
        clock,
        lakeUrl: 's3://lake/prod',
        region: 'us-east-1',
        endpoint: server.endpoint,
        credentials: { accessKeyId: 'AKIATESTTESTTESTTEST', secretAccessKey: 'a-secret' },
        conf: { 'spark.executor.memory': '2g' },
        startTimeoutMs: 60_000,
        timeoutMs: 60_000,
        pollMs: 20,
        patience: { ...shortened(), outageMs },
        ...rest,
      }
      const newCluster = {
        release: 'emr-7.13.0',
        instanceType: 'm5.xlarge',
        instances: 3,
        serviceRole: 'EMR_DefaultRole',
        instanceProfile: 'EMR_EC2_DefaultRole',
      }
      const prices = { vcpuHour: 0.05, memoryGbHour: 0.005, storageGbHour: 0.0001 }
      const role = 'arn:aws:iam::123456789012:role/job'
      const runner =
        kind === 'serverless'
          ? await openEmrServerlessRunner({ ...shared, application: APPLICATION, role, prices })
          : await openEmrRunner({ ...shared, cluster: kind === 'cluster' ? CLUSTER : newCluster })
      opened.push(runner)
      return runner
    },
    async stop() {
      for (const runner of opened) await runner.close()
      await server.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/**
 * Pauses as they are asked for, shortened: what matters here is how often and in which order. On the clock they are as
 * long as they were asked for, and nothing else takes any time: not how slow the machine is.
 */
function shortened(): Pick<Patience, 'sleep' | 'now'> {
  let clock = 0
  return {
    now: () => clock,
    async sleep(ms, signal) {
      clock += ms
      await delay(Math.min(ms, 10), undefined, signal === undefined ? {} : { signal })
    },
  }
}

/** How many jobs the services have ever been given. */
export function submissions({ clusters, jobRuns }: LocalEmr): number {
  return clusters.all.reduce((sum, cluster) => sum + cluster.steps.length, 0) + jobRuns.all.length
}

/** The error that the work ends with. */
export async function failure(work: Promise<unknown>): Promise<LakeferryError> {
  const outcome = await work.then(
    value => value,
    (error: unknown) => error,
  )
  if (isLakeferryError(outcome)) return outcome
  throw new Error(`no error of ours: ${outcome instanceof Error ? outcome.stack : JSON.stringify(outcome)}`)
}
