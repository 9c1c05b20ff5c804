import { afterEach, describe, expect, it } from 'vitest'
import { interruption } from '../../src/errors.js'
import type { Clock } from '../../src/ports/clock.js'
import { readSubmission, writeSubmission } from '../../src/remote-job/submission.js'
import type { LocalEmrOptions } from '../support/local-emr/local-emr.js'
import type { Outcome } from '../support/local-emr/outcome.js'
import { type EmrBench, emrBench, failure, KINDS, submissions } from './emr-runners.js'

let bench: EmrBench
const start = async (options: LocalEmrOptions = {}): Promise<EmrBench> => {
  bench = await emrBench(options)
  return bench
}
afterEach(() => bench.stop())

const runsOn = (): Outcome => ({ kind: 'runs on' })
/** So much later that whoever announced something is dead. */
const later: Clock = { now: () => new Date(Date.now() + 120_000) }

describe.each(KINDS)('one job on a %s', kind => {
  it('is found by who comes after a death, whatever was noted by then', async () => {
    const { job, lake, open, server } = await start({ outcome: runsOn, pageSize: 1 })
    const first = await (await open(kind)).submit(job)
    // All of it was noted.
    expect(await (await open(kind)).submit(job)).toEqual(first)
    // Death before the service's ids were noted.
    const noted = (await readSubmission(lake, job.folder))!
    expect(await writeSubmission(lake, job.folder, { ...noted.submission!, ids: {} }, noted.etag)).toBe(true)
    expect((await (await open(kind)).submit(job)).ids).toEqual(first.ids)
    // Somebody swept the folder.
    await lake.delete([`${job.folder}submission.json`])
    expect((await (await open(kind)).submit(job)).ids).toEqual(first.ids)
    expect((await readSubmission(lake, job.folder))?.submission?.ids).toEqual(first.ids)
    expect(submissions(server)).toBe(1)
  })

  it('that was announced and never submitted is taken over', async () => {
    const { job, lake, open, server } = await start({ outcome: runsOn })
    const announced = {
      version: 1,
      runner: kind === 'serverless' ? 'emr-serverless' : 'emr',
      attempt: 1,
      by: 'the dead',
    } as const
    const submittedAt = new Date().toISOString()
    await writeSubmission(lake, job.folder, { ...announced, submittedAt, ids: {} }, undefined)
    const { attempt, ids } = await (await open(kind, { clock: later })).submit(job)
    expect(attempt).toBe(1)
    expect((await readSubmission(lake, job.folder))?.submission).toMatchObject({ ids, attempt: 1 })
    expect(submissions(server)).toBe(1)
  })

  it('is one, whoever of several is asked for it at the same time', async () => {
    const { job, open, server } = await start({ outcome: runsOn })
    const runners = await Promise.all(Array.from({ length: 4 }, () => open(kind)))
    const told = await Promise.all(runners.map(runner => runner.submit(job)))
    expect(new Set(told.map(({ ids }) => JSON.stringify(ids))).size).toBe(1)
    expect(submissions(server)).toBe(1)
  })

  it('that failed is tried anew under the next number, also when its note is gone', async () => {
    const { job, lake, open, server } = await start({ outcome: n => ({ kind: n < 2 ? 'fails' : 'succeeds' }) })
    const runner = await open(kind)
    await failure(runner.run(job, {}))
    await failure(runner.run(job, {}))
    expect((await readSubmission(lake, job.folder))?.submission?.attempt).toBe(2)
    await lake.delete([`${job.folder}submission.json`])
    expect((await runner.run(job, {})).facts['attempt']).toBe(3)
    expect(submissions(server)).toBe(3)
  })

  it('that ended well is not started again while its answers are there, and is when they are gone', async () => {
    const { job, lake, open, server } = await start()
    const runner = await open(kind)
    await runner.run(job, {})
    await lake.put(`${job.folder}answers.json`, Buffer.from('{}'))
    expect((await runner.run(job, {})).facts['attempt']).toBe(1)
    await lake.delete([`${job.folder}answers.json`])
    expect((await runner.run(job, {})).facts['attempt']).toBe(2)
    expect(submissions(server)).toBe(2)
  })

  it('is left running when we are stopped, unless somebody wants it cancelled', async () => {
    const { job, open } = await start({ outcome: runsOn })
    for (const cancelled of [false, true]) {
      const stop = new AbortController()
      const asked: string[] = []
      const onInterrupt = async (where: string): Promise<boolean> => {
        asked.push(where)
        return cancelled
      }
      const runner = await open(kind, { onInterrupt })
      const running = failure(
        runner.run(job, { signal: stop.signal, onState: state => state === 'RUNNING' && stop.abort('SIGINT') }),
      )
      expect(await running).toMatchObject({ code: interruption(stop.signal).code })
      const looked = await runner.look(job)
      expect(asked).toEqual([looked?.where])
      if (!cancelled) expect(looked?.sight.phase).toBe('running')
      else await expect.poll(async () => (await runner.look(job))?.sight.state, { timeout: 30_000 }).toBe('CANCELLED')
    }
  })

  it('is known to who stops us at the very moment when it has been started', async () => {
    const { job, lake, open, server } = await start({ outcome: runsOn })
    const stop = new AbortController()
    const { clusters, jobRuns } = server
    const [create, addSteps, startRun] = [clusters.create, clusters.addSteps, jobRuns.start]
    const then = <T>(started: T): T => {
      stop.abort('SIGINT')
      return started
    }
    clusters.create = request => then(create.call(clusters, request))
    clusters.addSteps = (cluster, requests) => then(addSteps.call(clusters, cluster, requests))
    jobRuns.start = (application, body) => then(startRun.call(jobRuns, application, body))
    const asked: string[] = []
    const runner = await open(kind, { onInterrupt: async where => asked.push(where) < 0 })
    expect(await failure(runner.run(job, { signal: stop.signal }))).toMatchObject({ code: 'INTERRUPTED' })
    const looked = await runner.look(job)
    expect(asked).toEqual([looked?.where])
    expect((await readSubmission(lake, job.folder))?.submission?.ids).toEqual(looked?.submission.ids)
    expect(submissions(server)).toBe(1)
  })

  it('is not disturbed by a note that nobody can read', async () => {
    const { job, lake, open, server } = await start({ outcome: runsOn })
    await lake.put(`${job.folder}submission.json`, Buffer.from('{"version": 2}'))
    await (await open(kind)).submit(job)
    expect((await readSubmission(lake, job.folder))?.submission?.attempt).toBe(1)
    expect(submissions(server)).toBe(1)
  })
})

it('a token that is known with other settings gives the job run that it started', async () => {
  const { job, lake, open, server } = await start({ outcome: runsOn })
  const { ids } = await (await open('serverless')).submit(job)
  const noted = (await readSubmission(lake, job.folder))!
  await writeSubmission(lake, job.folder, { ...noted.submission!, ids: {} }, noted.etag)
  // The list does not know it yet, and the request is another one than that of the first time.
  const runs = server.jobRuns.list
  let calls = 0
  server.jobRuns.list = application => (calls++ === 0 ? [] : runs.call(server.jobRuns, application))
  const again = await (await open('serverless', { timeoutMs: 7_200_000 })).submit(job)
  expect(again.ids).toEqual(ids)
  expect(server.actions.filter(action => action === 'StartJobRun')).toHaveLength(2)
  expect(submissions(server)).toBe(1)
})
