import { readFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { isAlive } from '../support/is-alive.js'
import { jsonOf } from './cli-fixture.js'
import { differences, documentedShape } from './documented-json.js'
import { quietPort } from './quiet-port.js'
import { ScheduledLake } from './scheduled-lake.js'

const DOCUMENTS = 4000
/** Documents a second at which a run is at work for as long as a test needs it to be. */
const FOR_LONG = 10
/** Of tests that start several processes, one after the other. */
const SEVERAL_PROCESSES_MS = 300_000

let place: ScheduledLake
beforeAll(async () => {
  place = await ScheduledLake.make(DOCUMENTS)
})
afterEach(() => place.endAll())
afterAll(() => place.remove())

describe('schedule --once', { timeout: SEVERAL_PROCESSES_MS }, () => {
  it('runs what is due, once, and ends with the exit code of the run', async () => {
    // Due a moment ago, and not again: a minute may end while the run is at work.
    await place.configure({ lake: 'once', schedule: `{cron: "${inSeconds(-5, KOLKATA)}", timezone: Asia/Kolkata}` })
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
    expect(stderr).toMatch(/^default: next at (\d{4}-02-29) 00:00 UTC \(\1T00:00:00\.000Z\)\n$/)
    expect(await place.runs()).toEqual([])
  })

  it('stops a run that takes longer than it may, with exit code 3', async () => {
    const schedule = `{cron: "${inSeconds(-5)}", timeLimit: 2s}`
    await place.configure({ lake: 'slow', schedule, perSecond: FOR_LONG })
    const { exitCode, stderr } = await place.schedule('--once').ended
    expect(exitCode, stderr).toBe(3)
    expect(stderr).toContain('is given up: stopped: it took longer than 2s')
    expect((await place.ledger()).slots).toMatchObject([{ state: 'failed', failures: 1, lease: null }])
    expect(await place.runs()).toEqual([])
  })
})

describe('schedule', { timeout: SEVERAL_PROCESSES_MS }, () => {
  it('goes on with the run of a machine that was killed, and commits it once', async () => {
    const setting = { lake: 'two', schedule: `{cron: "${inSeconds(3)}"}` }
    await place.configure({ ...setting, perSecond: FOR_LONG })
    const machines = [place.schedule(), place.schedule()]
    const [pid, runId] = await place.until(async () => {
      const { lease, runId } = (await place.taken()) ?? {}
      const holder = /process (\d+)$/.exec(lease?.by ?? '')?.[1]
      return holder !== undefined && runId !== undefined ? ([Number(holder), runId] as const) : undefined
    })
    const worker = await place.until(() => place.writer(runId))
    expect(machines.map(({ child }) => child.pid)).toContain(pid)
    // For who goes on with it: what is at work has read its own settings.
    await place.configure(setting)
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
    const setting = { lake: 'stop', schedule: `{cron: "${inSeconds(3)}"}` }
    await place.configure({ ...setting, perSecond: FOR_LONG })
    const first = place.schedule('--json')
    const { runId } = await place.until(() => place.taken())
    await place.until(() => place.writer(runId))
    first.child.kill('SIGTERM')
    const ended = await first.ended
    expect(ended.exitCode, ended.stderr).toBe(0)
    const waiting = { state: 'waiting', runId, exitCode: 130, failures: 0, lease: null, reason: 'stopped by SIGTERM' }
    expect((await place.ledger()).slots).toMatchObject([waiting])
    expect(await place.runs()).toEqual([])
    await place.configure(setting)
    const second = await place.schedule('--once').ended
    expect(second.exitCode, second.stderr).toBe(0)
    expect((await place.ledger()).slots).toMatchObject([{ state: 'done', runId, attempts: 2 }])
    expect(await place.runs()).toEqual([{ runId, documents: DOCUMENTS }])
  })

  it('watches, and answers for metrics, beside its slots', async () => {
    const port = await quietPort()
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

describe('schedule --list', { timeout: SEVERAL_PROCESSES_MS }, () => {
  it('tells the next slots of each set as the clock there shows them', async () => {
    const sets = '{weekly: {cron: "0 4 * * 0", timezone: UTC}}'
    await place.configure({ lake: 'list', schedule: `{cron: 30 12 * * *, timezone: Europe/Berlin, sets: ${sets}}` })
    const invocation = await place.schedule('--list', '3', '--json').ended
    const answer = jsonOf(invocation) as { sets: { set: string; next: { slot: string; local: string }[] }[] }
    expect(differences(answer, documentedShape('schedule'))).toEqual([])
    expect(answer.sets.map(({ set, next }) => [set, next.length])).toEqual([
      ['default', 3],
      ['weekly', 3],
    ])
    expect(answer.sets[0]?.next[0]?.local).toMatch(/^\d{4}-\d\d-\d\d 12:30 Europe\/Berlin$/)
    const { stdout } = await place.schedule('--list').ended
    expect(stdout.split('\n')).toHaveLength(11)
    expect(await readFile(place.file('list/_lakeferry/schedule/default.json'), 'utf8').catch(() => 'none')).toBe('none')
  })
})

/** Minutes that clocks there are ahead of UTC, all year long. */
const KOLKATA = 330

/** A cron that comes once: so many seconds from now, where clocks are so many minutes ahead of UTC. */
function inSeconds(seconds: number, ahead = 0): string {
  const at = new Date(Date.now() + seconds * 1000 + ahead * 60_000)
  return `${at.getUTCSeconds()} ${at.getUTCMinutes()} ${at.getUTCHours()} ${at.getUTCDate()} ${at.getUTCMonth() + 1} *`
}
