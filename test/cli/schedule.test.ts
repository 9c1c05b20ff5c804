import { readFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { freePorts } from '../../src/demo/free-port.js'
import { isAlive } from '../support/is-alive.js'
import { jsonOf } from './cli-fixture.js'
import { differences, documentedShape } from './documented-json.js'
import { ScheduledLake } from './scheduled-lake.js'

/** At 1,000 a second they take four seconds to be read. */
const DOCUMENTS = 4000

let place: ScheduledLake
beforeAll(async () => {
  place = await ScheduledLake.make(DOCUMENTS)
})
afterEach(() => place.endAll())
afterAll(() => place.remove())

describe('schedule --once', () => {
  it('runs what is due, once, and ends with the exit code of the run', async () => {
    await place.configure({ lake: 'once', schedule: '{cron: "* * * * *", timezone: Europe/Berlin}' })
    const first = await place.schedule('--once', '--json').ended
    const answer = jsonOf(first)
    expect(first.exitCode, first.stderr).toBe(0)
    expect(differences(answer, documentedShape('schedule'))).toEqual([])
    const [set] = answer['sets'] as { slots: { state: string; runId: string; attempts: number }[] }[]
    expect(set?.slots).toMatchObject([{ state: 'done', exitCode: 0, attempts: 1, reason: null }])
    expect(await place.runs()).toEqual([{ runId: set?.slots[0]?.runId, documents: DOCUMENTS }])
    // The log: the slot around its run, all with the run's id.
    const log = first.stderr.split('\n').flatMap(line => (line.includes('"time"') ? [JSON.parse(line)] : []))
    expect(log.map(({ event }) => event)).toEqual([
      ...['slot.started', 'export.started', 'export.committed', 'run.finished', 'slot.finished'],
    ])
    expect(new Set(log.map(({ runId }) => runId))).toEqual(new Set([set?.slots[0]?.runId]))
    expect(log[1]).toMatchObject({ set: 'default', slot: log[0].slot })
  })

  it('ends with 0 when nothing is due, and says what comes next', async () => {
    await place.configure({ lake: 'later', schedule: '{cron: "0 0 29 2 *"}' })
    const { exitCode, stdout, stderr } = await place.schedule('--once').ended
    expect([exitCode, stdout]).toEqual([0, ''])
    expect(stderr).toBe('default: next at 2028-02-29 00:00 UTC (2028-02-29T00:00:00.000Z)\n')
    expect(await place.runs()).toEqual([])
  })

  it('stops a run that takes longer than it may, with exit code 3', async () => {
    await place.configure({ lake: 'slow', schedule: '{cron: "* * * * *", timeLimit: 2s}', perSecond: 1000 })
    const { exitCode, stderr } = await place.schedule('--once').ended
    expect(exitCode, stderr).toBe(3)
    expect(stderr).toContain('is given up: stopped: it took longer than 2s')
    expect((await place.ledger()).slots).toMatchObject([{ state: 'failed', failures: 1, lease: null }])
    expect(await place.runs()).toEqual([])
  })
})

describe('schedule', () => {
  it('goes on with the run of a machine that was killed, and commits it once', async () => {
    await place.configure({ lake: 'two', schedule: `{cron: "${inSeconds(3)}"}`, perSecond: 1000 })
    const machines = [place.schedule(), place.schedule()]
    const [pid, runId] = await place.until(async () => {
      const { lease, runId } = (await place.taken()) ?? {}
      const holder = /process (\d+)$/.exec(lease?.by ?? '')?.[1]
      return holder !== undefined && runId !== undefined ? ([Number(holder), runId] as const) : undefined
    })
    const worker = await place.until(() => place.writer(runId))
    expect(machines.map(({ child }) => child.pid)).toContain(pid)
    process.kill(pid, 'SIGKILL')
    // What it had at work notices, and stops.
    await place.until(async () => (isAlive(worker) ? undefined : true))
    const slot = await place.until(async () => {
      const taken = await place.taken()
      return taken?.state === 'done' ? taken : undefined
    })
    expect(slot).toMatchObject({ runId, exitCode: 0, failures: 0 })
    expect(slot.attempts).toBeGreaterThan(1)
    expect((await place.ledger()).slots).toHaveLength(1)
    expect(await place.runs()).toEqual([{ runId, documents: DOCUMENTS }])
    const other = machines.find(({ child }) => child.pid !== pid)
    other?.child.kill('SIGTERM')
    expect((await other?.ended)?.exitCode).toBe(0)
  })

  it('is stopped with its run, which the next one finishes', async () => {
    await place.configure({ lake: 'stop', schedule: `{cron: "${inSeconds(3)}"}`, perSecond: 1000 })
    const first = place.schedule('--json')
    const { runId } = await place.until(() => place.taken())
    await place.until(() => place.writer(runId))
    first.child.kill('SIGTERM')
    const ended = await first.ended
    expect(ended.exitCode, ended.stderr).toBe(0)
    const waiting = { state: 'waiting', runId, exitCode: 130, failures: 0, lease: null, reason: 'stopped by SIGTERM' }
    expect((await place.ledger()).slots).toMatchObject([waiting])
    expect(await place.runs()).toEqual([])
    const second = await place.schedule('--once').ended
    expect(second.exitCode, second.stderr).toBe(0)
    expect((await place.ledger()).slots).toMatchObject([{ state: 'done', runId, attempts: 2 }])
    expect(await place.runs()).toEqual([{ runId, documents: DOCUMENTS }])
  })

  it('watches, and answers for metrics, beside its slots', async () => {
    const [port] = await freePorts(1)
    const schedule = `{cron: "0 0 29 2 *", port: ${port}}\nmonitor: {every: 1s}`
    await place.configure({ lake: 'watch', schedule })
    const { child, ended } = place.schedule('--json')
    // The alert that papers was never exported.
    await place.until(async () => ((await place.has('_lakeferry/alerts.json')) ? true : undefined))
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
    expect(metrics).toContain('lakeferry_')
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200)
    child.kill('SIGTERM')
    expect((await ended).exitCode).toBe(0)
  })

  it('is refused without a schedule, with what to write', async () => {
    await place.configure({ lake: 'none', schedule: undefined })
    const { exitCode, stderr } = await place.schedule().ended
    expect(exitCode).toBe(2)
    expect(stderr).toContain(
      'error USAGE the configuration has no schedule\n  Add one to lakeferry.yaml: schedule: {cron:',
    )
  })
})

describe('schedule --list', () => {
  it('tells the next slots of each set as the clock there shows them', async () => {
    const sets = '{weekly: {cron: "0 4 * * 0", timezone: UTC}}'
    await place.configure({ lake: 'list', schedule: `{cron: 30 2 * * *, timezone: Europe/Berlin, sets: ${sets}}` })
    const invocation = await place.schedule('--list', '3', '--json').ended
    const answer = jsonOf(invocation) as { sets: { set: string; next: { slot: string; local: string }[] }[] }
    expect(differences(answer, documentedShape('schedule'))).toEqual([])
    expect(answer.sets.map(({ set, next }) => [set, next.length])).toEqual([
      ['default', 3],
      ['weekly', 3],
    ])
    expect(answer.sets[0]?.next[0]?.local).toMatch(/^\d{4}-\d\d-\d\d 02:30 Europe\/Berlin$/)
    const { stdout } = await place.schedule('--list').ended
    expect(stdout.split('\n')).toHaveLength(11)
    expect(await readFile(place.file('list/_lakeferry/schedule/default.json'), 'utf8').catch(() => 'none')).toBe('none')
  })
})

/** A cron, in UTC, that comes once: so many seconds from now. */
function inSeconds(seconds: number): string {
  const at = new Date(Date.now() + seconds * 1000)
  return `${at.getUTCSeconds()} ${at.getUTCMinutes()} ${at.getUTCHours()} ${at.getUTCDate()} ${at.getUTCMonth() + 1} *`
}
