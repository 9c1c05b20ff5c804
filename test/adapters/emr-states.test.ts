import { afterEach, describe, expect, it } from 'vitest'
import type { LocalEmrOptions } from '../support/local-emr/local-emr.js'
import type { Outcome } from '../support/local-emr/outcome.js'
import { APPLICATION, CLUSTER, type EmrBench, emrBench, failure, KINDS, type Kind, submissions } from './emr-runners.js'

/** The service does it by itself, sooner or later. */
const SOON = { timeout: 30_000 }

let bench: EmrBench
const start = async (outcome: Outcome, options: LocalEmrOptions = {}): Promise<EmrBench> => {
  bench = await emrBench({ outcome: () => outcome, ...options })
  return bench
}
afterEach(() => bench.stop())

describe.each(KINDS)('a job on a %s', kind => {
  it('ends well, tells its states in order, each once, and what it was', async () => {
    const { job, open, server } = await start({ kind: 'succeeds' })
    const states: string[] = []
    const { facts } = await (await open(kind)).run(job, { onState: state => states.push(state) })
    expect(states.at(-1)).toBe(kind === 'serverless' ? 'SUCCESS' : 'COMPLETED')
    expect(states.filter((state, index) => state === states[index - 1])).toEqual([])
    expect(submissions(server)).toBe(1)
    expect(facts).toMatchObject({ attempt: 1, release: 'emr-7.13.0' })
    if (kind === 'serverless') {
      const { vcpuHours, memoryGbHours, storageGbHours, costUsd, costFrom } = facts as Record<string, number>
      expect(costUsd).toBeCloseTo(vcpuHours! * 0.05 + memoryGbHours! * 0.005 + storageGbHours! * 0.0001, 6)
      expect(costFrom).toContain('resources billed')
      expect(facts).toMatchObject({ application: APPLICATION, jobRun: server.jobRuns.all[0]?.id })
    } else {
      const cluster = server.clusters.all.find(({ steps }) => steps.length > 0)
      expect(facts).toMatchObject({ cluster: cluster?.id, step: cluster?.steps[0]?.id })
      expect(facts['cost']).toContain('not known')
    }
  })

  it('is given the program, the lake and its folder, and the settings of Spark', async () => {
    const { job, open, server } = await start({ kind: 'succeeds' })
    await (await open(kind)).run(job, {})
    const words = [...server.jobRuns.all, ...server.clusters.all.flatMap(({ steps }) => steps)][0]?.words
    const folder = `_lakeferry/jobs/papers/run=${job.runId}/${job.id}/`
    expect(words?.slice(-5)).toEqual([
      `s3://lake/prod/${folder}job.py`,
      '--lake',
      's3://lake/prod/',
      '--folder',
      folder,
    ])
    expect(words?.join(' ')).toContain('--conf spark.executor.memory=2g')
    expect(words?.join(' ')).not.toMatch(/secret|AKIA/)
  })

  const bad: [Outcome, string, Partial<Record<Kind, string>> | string][] = [
    [{ kind: 'fails', reason: 'Exception in thread "main"' }, 'Exception in thread', 'FAILED'],
    [{ kind: 'is cancelled' }, kind === 'serverless' ? 'was cancelled' : 'EMR gives no reason', 'CANCELLED'],
    ...(kind === 'serverless'
      ? []
      : [[{ kind: 'is interrupted' }, 'USER_REQUEST', 'INTERRUPTED'] as [Outcome, string, string]]),
    ...(kind !== 'new cluster'
      ? []
      : [
          [
            {
              kind: 'cluster fails',
              code: 'BOOTSTRAP_FAILURE',
              message: 'On the master instance, bootstrap action 1 returned a non-zero return code',
            },
            'BOOTSTRAP_FAILURE: On the master instance',
            'TERMINATED_WITH_ERRORS',
          ] as [Outcome, string, string],
        ]),
  ]
  it.each(bad)('that %j is JOB_FAILED with the reason, the state and the next step', async (outcome, reason, state) => {
    const { job, open } = await start(outcome)
    const error = await failure((await open(kind)).run(job, {}))
    expect(error).toMatchObject({ code: 'JOB_FAILED', exitCode: 3, details: { state } })
    expect(error.message).toContain(reason)
    expect(error.message).toContain(job.id)
    expect(error.hint).toContain('un the same command again')
  })

  it('that never starts is cancelled, and told so', async () => {
    const { job, open, server } = await start({ kind: 'never starts' })
    const error = await failure((await open(kind, { startTimeoutMs: 300 })).run(job, {}))
    expect(error.code).toBe('JOB_FAILED')
    expect(error.message).toMatch(/and never started.*did not start within 0 s of being submitted, and was cancelled/)
    expect(error.hint).toContain('emr.startTimeout')
    if (kind === 'new cluster') await expect.poll(() => server.clusters.all.at(-1)?.state, SOON).toBe('TERMINATED')
    await expect
      .poll(
        () => [...server.jobRuns.all, ...server.clusters.all.flatMap(({ steps }) => steps)].map(({ state }) => state),
        SOON,
      )
      .toEqual(['CANCELLED'])
  })

  it('that runs for too long is cancelled, and told so', async () => {
    const { job, open, server } = await start({ kind: 'runs on' })
    const error = await failure((await open(kind, { timeoutMs: 200 })).run(job, {}))
    expect(error).toMatchObject({ code: 'JOB_FAILED', details: { state: 'overdue' } })
    expect(error.hint).toContain('emr.timeout')
    await expect
      .poll(
        () => [...server.jobRuns.all, ...server.clusters.all.flatMap(({ steps }) => steps)].map(({ state }) => state),
        SOON,
      )
      .toEqual(['CANCELLED'])
  })
})

it('a job run that has to queue first is waited for', async () => {
  const { job, open } = await start({ kind: 'is queued' })
  const states: string[] = []
  await (await open('serverless')).run(job, { onState: state => states.push(state) })
  expect(states).toContain('QUEUED')
  expect(states.at(-1)).toBe('SUCCESS')
})

it('is judged by the step: a cluster that fails after it has done its work fails nothing', async () => {
  const { job, open, server } = await start({ kind: 'succeeds' })
  const runner = await open('new cluster')
  await runner.run(job, {})
  const cluster = server.clusters.all.at(-1)!
  await expect.poll(() => cluster.state, SOON).toBe('TERMINATED')
  cluster.state = 'TERMINATED_WITH_ERRORS'
  expect((await runner.look(job))?.sight).toMatchObject({ state: 'COMPLETED', phase: 'succeeded' })
})

it('a cluster of ours is made in one request with its step, ends with it, and says whose it is', async () => {
  const { job, open, server } = await start({ kind: 'succeeds' })
  await (await open('new cluster')).run(job, {})
  const { request, keepAlive } = server.clusters.all.at(-1)!
  expect(keepAlive).toBe(false)
  expect(request).toMatchObject({
    Name: `lakeferry-${job.id}-1 ${job.name}`,
    ReleaseLabel: 'emr-7.13.0',
    Applications: [{ Name: 'Spark' }],
    Instances: {
      InstanceGroups: [
        { InstanceRole: 'MASTER', InstanceCount: 1 },
        { InstanceRole: 'CORE', InstanceCount: 2 },
      ],
    },
  })
  expect(request['Tags']).toContainEqual({ Key: 'lakeferry:run', Value: job.runId })
  await expect.poll(() => server.clusters.all.at(-1)?.state, SOON).toBe('TERMINATED')
})

it('a step that is cancelled on somebody else’s cluster leaves the cluster alone', async () => {
  const { job, open, server } = await start({ kind: 'runs on' })
  const runner = await open('cluster')
  await runner.submit(job)
  await expect.poll(async () => (await runner.look(job))?.sight.phase, SOON).toBe('running')
  expect((await runner.cancel(job))?.where).toContain(`of cluster ${CLUSTER}`)
  await expect.poll(async () => (await runner.look(job))?.sight.state, SOON).toBe('CANCELLED')
  expect(server.clusters.find(CLUSTER).state).toMatch(/WAITING|RUNNING/)
  expect(server.actions).not.toContain('TerminateJobFlows')
  expect(await runner.cancel(job)).toBeUndefined()
})
