import { afterEach, describe, expect, it } from 'vitest'
import type { LocalEmrOptions } from '../support/local-emr/local-emr.js'
import type { Fault } from '../support/local-emr/outcome.js'
import { type EmrBench, emrBench, failure, KINDS, type Kind, submissions } from './emr-runners.js'

let bench: EmrBench
const start = async (faults: Fault[], options: LocalEmrOptions = {}): Promise<EmrBench> => {
  bench = await emrBench({ faults, ...options })
  return bench
}
afterEach(() => bench.stop())

/** The request that starts a job, and the one that asks how it is. */
const ACTIONS: Record<Kind, { start: string; ask: string }> = {
  'new cluster': { start: 'RunJobFlow', ask: 'DescribeStep' },
  cluster: { start: 'AddJobFlowSteps', ask: 'DescribeStep' },
  serverless: { start: 'StartJobRun', ask: 'GetJobRun' },
}

describe.each(KINDS)('requests about a job on a %s', kind => {
  const actions = ACTIONS[kind]

  it.each(['throttled', 'internal', 'cut', 'lost'] as const)(
    'that are %s are asked again, and start one job',
    async how => {
      const faults: Fault[] = Object.values(actions).map(action => ({ action, how, times: 2 }))
      const { job, open, server } = await start(faults)
      await (await open(kind)).run(job, {})
      expect(faults.map(({ times }) => times)).toEqual(how === 'lost' && kind !== 'serverless' ? [1, 0] : [0, 0])
      expect(submissions(server)).toBe(1)
    },
  )

  it('that nobody answers end with JOB_UNAVAILABLE; the job goes on, and the next finds it', async () => {
    const fault: Fault = { action: actions.ask, how: 'cut', times: 1_000_000 }
    const { job, open, server } = await start([fault], { outcome: () => ({ kind: 'runs on' }) })
    const error = await failure((await open(kind, { outageMs: 1_000 })).run(job, {}))
    expect(error).toMatchObject({ code: 'JOB_UNAVAILABLE', exitCode: 3 })
    expect(error.message).toMatch(/could not ask for the state of .* attempts\)/)
    expect(error.hint).toContain('Run the same command again')
    fault.times = 0
    const runner = await open(kind)
    await runner.submit(job)
    expect((await runner.look(job))?.sight.phase).toMatch(/waiting|running/)
    expect(submissions(server)).toBe(1)
  })

  it('that are not allowed say which permission is missing, at once', async () => {
    const { job, open, server } = await start([{ action: actions.start, how: 'forbidden', times: 1 }])
    const error = await failure((await open(kind)).run(job, {}))
    expect(error).toMatchObject({ code: 'JOB_UNAVAILABLE', exitCode: 3 })
    const service = kind === 'serverless' ? 'emr-serverless' : 'elasticmapreduce'
    expect(error.hint).toBe(
      `Allow ${service}:${actions.start} (and iam:PassRole for the roles of emr:) to these credentials.`,
    )
    expect(server.actions.filter(action => action === actions.start)).toHaveLength(1)
    expect(`${error.stack}${JSON.stringify(error.cause)}`).not.toMatch(/Signature=|a-secret/)
  })

  it('wait for as long as the service asks', async () => {
    const { job, open } = await start([{ action: actions.start, how: 'throttled', times: 1, retryAfter: 7 }])
    // Not as long as that: it gives up, and says why, instead of asking too early.
    const error = await failure((await open(kind, { outageMs: 3_000 })).run(job, {}))
    expect(error).toMatchObject({ code: 'JOB_UNAVAILABLE' })
    expect(error.message).toContain('Rate exceeded')
  })
})

it('a cluster that has ended takes no step, and an application that is not there no job run', async () => {
  const { job, open, server } = await start([])
  server.clusters.find('j-1ABCDEFGHIJKL').state = 'TERMINATED'
  const ended = await failure((await open('cluster')).run(job, {}))
  expect(ended.message).toContain('terminated, or finished may not be modified')
  server.jobRuns.applications.clear()
  const absent = await failure((await open('serverless')).run(job, {}))
  expect(absent).toMatchObject({ code: 'JOB_UNAVAILABLE' })
  expect(absent.message).toContain('Application 00f1abcdefghij01 does not exist')
  expect(absent.hint).toContain('docs/emr.md')
})
