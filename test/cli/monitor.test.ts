import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serialize } from 'bson'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openFsStore } from '../../src/adapters/fs/fs-store.js'
import { recordAttempt } from '../../src/catalog/attempts.js'
import { checkLines, monitorExit, worstFirst } from '../../src/cli/steps/check-table.js'
import type { Check } from '../../src/model/check.js'
import { lakeKey } from '../../src/model/lake-key.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { commit } from '../catalog/lake-fixture.js'
import { ago, attempt, failure, judge, NOON, runBefore } from '../monitor/watched-lake.js'
import { type Invocation, invoke, jsonOf } from './cli-fixture.js'
import { differences, documentedShape } from './documented-json.js'
import { lakeferry } from './spawned.js'

let root: string
let lake: ObjectStore
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lakeferry-monitor-'))
  lake = openFsStore({ root: join(root, 'lake') })
  await configure()
})
afterEach(() => rm(root, { recursive: true, force: true }))

/** A backup, so that the source answers without a server. */
async function configure(source = 'file:./dump', rest = ''): Promise<void> {
  await mkdir(join(root, 'dump', 'd'), { recursive: true })
  await writeFile(join(root, 'dump', 'd', 'papers.bson'), '')
  await writeFile(
    join(root, 'lakeferry.yaml'),
    `source: {uri: "${source}", database: d}\nlake: {url: file:./lake}\ndatasets: {papers: {collection: papers}}\n${rest}`,
  )
}

const env = (): Record<string, string> => ({ XDG_STATE_HOME: join(root, 'state'), HOME: root })
const call = (argv: string[], options: object = {}): Promise<Invocation> =>
  invoke(argv, { cwd: root, now: NOON, env: env(), ...options })

async function observed(): Promise<{
  exitCode: number
  states: Record<string, string>
  json: Record<string, unknown>
}> {
  const invocation = await call(['monitor', '--json', '--quiet'])
  const json = jsonOf(invocation)
  expect(differences(json, documentedShape('monitor'))).toEqual([])
  const checks = json['checks'] as Check[]
  const states = Object.fromEntries(checks.map(({ kind, subject, state }) => [`${kind} ${subject}`.trim(), state]))
  return { exitCode: invocation.exitCode, states, json }
}

describe('monitor', () => {
  it('exits with 4 as long as nothing was exported, and 0 when all is as promised', async () => {
    expect(await observed()).toMatchObject({
      exitCode: 4,
      states: { 'freshness papers': 'none', lake: 'fine', source: 'fine' },
    })
    await commit(lake, runBefore(60), { documents: 9 })
    const { exitCode, states } = await observed()
    expect(Object.values(states).filter(state => state !== 'fine')).toEqual([])
    expect(exitCode).toBe(0)
  })

  it('opens an alert for what is not fine, says so once, and resolves it', async () => {
    await commit(lake, runBefore(27 * 60), { documents: 9 })
    const { exitCode, json } = await observed()
    expect(exitCode).toBe(4)
    expect(json['alerts']).toMatchObject({
      where: 'lake',
      open: 1,
      messages: [{ event: 'opened', title: 'papers is stale' }],
    })
    expect((await observed()).json['alerts']).toMatchObject({ open: 1, messages: [] })
    await commit(lake, runBefore(60), { documents: 9 })
    expect((await observed()).json['alerts']).toMatchObject({ open: 0 })
  })

  it('exits with 3 when something cannot be told or reached', async () => {
    await commit(lake, runBefore(60), { documents: 9 })
    await lake.put(lakeKey.attempts('papers'), new Uint8Array([123]))
    expect(await observed()).toMatchObject({
      exitCode: 3,
      states: { 'run papers': 'unknown', 'freshness papers': 'fine' },
    })
    await lake.delete([lakeKey.attempts('papers')])
    await configure('mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200')
    expect(await observed()).toMatchObject({ exitCode: 3, states: { source: 'wrong', 'freshness papers': 'fine' } })
  })

  it('shows the worst first, with what to do', async () => {
    await commit(lake, runBefore(27 * 60), { documents: 9 })
    await recordAttempt(lake, 'papers', attempt({ ...failure('LIMITS_TOO_SMALL') }))
    const { stdout, exitCode } = await call(['monitor', '--quiet'])
    expect(exitCode).toBe(4)
    expect(stdout.replaceAll(root, 'ROOT')).toMatchInlineSnapshot(`
      "wrong  run papers        the last one failed 50m ago, at the export: LIMITS_TOO_SMALL: no MongoDB answered; since 2026-01-01T23:10:00.000Z; promised: the last attempt at a run came to its end
                               next: lakeferry run papers
      wrong  freshness papers  1d 3h old; since 2026-01-01T23:00:00.000Z; promised: at most 26h old (monitor.freshness)
                               because of run papers
      fine   lake              it answers
      fine   source            it answers
      fine   stuck papers      none is under way
      "
    `)
  })

  it('looks again and again until it is stopped, whatever a pass finds, and that is no failure', async () => {
    await configure('file:./dump', 'monitor: {every: 1s}\n')
    const stop = new AbortController()
    let seen = 0
    const { exitCode, stdout: text } = await call(['monitor', '--watch', '--json', '--quiet'], {
      signal: stop.signal,
      onStdout: (piece: string) => {
        seen += piece.split('\n').length - 1
        if (seen === 2) stop.abort()
      },
    })
    expect(exitCode).toBe(0)
    const passes = text
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as Record<string, unknown>)
    expect(passes).toHaveLength(2)
    for (const pass of passes) expect(differences(pass, documentedShape('monitor'))).toEqual([])
  })
})

describe('status', () => {
  it('tells of the last attempt that failed, and of open alerts', async () => {
    await commit(lake, runBefore(27 * 60), { documents: 9 })
    await judge(lake, runBefore(27 * 60))
    await recordAttempt(lake, 'papers', attempt({ ...failure('LIMITS_TOO_SMALL') }))
    await call(['monitor', '--quiet'])
    const invocation = await call(['status', '--json', '--quiet'])
    const json = jsonOf(invocation)
    expect(differences(json, documentedShape('status'))).toEqual([])
    expect(json).toMatchObject({
      datasets: [{ failed: { outcome: 'failed', step: 'export', code: 'LIMITS_TOO_SMALL', ended: ago(50) } }],
      alerts: [{ kind: 'run', subject: 'papers', title: 'the last run of papers failed', acknowledged: null }],
      channels: [],
    })
    const { stdout } = await call(['status', '--quiet'])
    expect(stdout).toMatch(/failed +the last attempt, at .*, at the export: LIMITS_TOO_SMALL: no MongoDB answered/)
    expect(stdout).toMatch(/alert +[0-9a-f]{8} {2}the last run of papers failed: /)
  })

  it('tells of a channel that fails, and how much is kept for it', async () => {
    const slack = 'alerts: [{kind: slack, url: "http://127.0.0.1:1/secret"}]\n'
    await configure('file:./dump', slack)
    await commit(lake, runBefore(27 * 60), { documents: 9 })
    await call(['monitor', '--quiet'])
    const json = jsonOf(await call(['status', '--json', '--quiet']))
    expect(differences(json, documentedShape('status'))).toEqual([])
    expect(json['channels']).toMatchObject([{ name: 'slack', failures: 1, code: 'CHANNEL_FAILED', pending: 1 }])
    const { stdout } = await call(['status', '--quiet'])
    expect(stdout).toMatch(/channel +slack takes no messages since .*CHANNEL_FAILED/)
    expect(stdout).not.toContain('secret')
  })

  it('that cannot read the state of alerts says that it cannot', async () => {
    await lake.put(lakeKey.alerts, new Uint8Array([123]))
    const invocation = await call(['status', '--json', '--quiet'])
    expect(jsonOf(invocation)).toMatchObject({ alerts: null, channels: null })
    expect(invocation.stderr).toContain('it cannot be told which alerts are open')
  })
})

describe('what becomes of an attempt', () => {
  it('is on record after a real export, good or failed', async () => {
    await writeFile(join(root, 'dump', 'd', 'papers.bson'), serialize({ _id: 1, title: 'a' }))
    const exporting = () => lakeferry(['export', '--quiet'], { cwd: root, env: env() }).ended
    const seen = async (): Promise<unknown> => {
      const json = jsonOf(await call(['monitor', '--json', '--quiet'], { now: new Date() }))
      return (json['checks'] as Check[]).find(({ kind }) => kind === 'run')
    }
    expect((await exporting()).exitCode).toBe(0)
    expect(await seen()).toMatchObject({ state: 'fine', seen: expect.stringMatching(/: unjudged$/) })
    await writeFile(join(root, 'dump', 'd', 'papers.bson'), 'no bson')
    expect((await exporting()).exitCode).toBe(3)
    expect(await seen()).toMatchObject({ state: 'wrong', seen: expect.stringMatching(/at the export: SOURCE_FILE/) })
  })
})

describe('monitor --watch as a process', () => {
  it('ends with 0 when it is asked to stop', async () => {
    const { child, ended } = lakeferry(['monitor', '--watch', '--json'], { cwd: root, env: env() })
    await new Promise(resolve => child.stdout?.once('data', resolve))
    child.kill('SIGTERM')
    const { exitCode, stdout } = await ended
    expect(exitCode).toBe(0)
    expect(stdout.trimEnd().split('\n')).toHaveLength(1)
  })
})

describe('the exit code of a pass', () => {
  const check = (changes: Partial<Check>): Check => ({
    ...{ kind: 'run', subject: 'papers', state: 'fine', severity: 'critical', promised: 'p', seen: 's', look: 'l' },
    ...changes,
  })
  const BAD = check({ kind: 'verdict', state: 'wrong' })
  const STALE = check({ kind: 'freshness', state: 'wrong' })
  const STUCK = check({ kind: 'stuck', state: 'wrong' })
  it.each<[string, Check[], number]>([
    ['nothing', [], 0],
    ['all fine', [check({}), check({ kind: 'lake' })], 0],
    ['a failed run', [check({ state: 'wrong' })], 3],
    ['a bad verdict before that', [STUCK, BAD], 1],
    ['an unusual volume', [check({ kind: 'volume', state: 'wrong', severity: 'warning' })], 1],
    ['stale before bad', [BAD, STALE], 4],
    ['never exported', [check({ kind: 'freshness', state: 'none', severity: 'warning' })], 4],
    ['unknown before stale', [STALE, check({ state: 'unknown' })], 3],
    ['no lake before stale', [STALE, check({ kind: 'lake', state: 'wrong' })], 3],
    ['an oplog that may not be read', [check({ kind: 'oplog', state: 'unknown', severity: 'warning' })], 0],
    ['a schedule that never was', [check({ kind: 'slots', state: 'none', severity: 'warning' })], 3],
  ])('%s', (_, checks, wanted) => {
    expect(monitorExit(checks)).toBe(wanted)
  })

  it('is not 0 for anything that is wrong, and the worst comes first, causes before what they caused', () => {
    const caused = check({ kind: 'freshness', state: 'wrong', cause: 'run papers' })
    const failed = check({ state: 'wrong' })
    const warned = check({ kind: 'clock', state: 'wrong', severity: 'warning' })
    const ordered = worstFirst([check({ kind: 'lake' }), warned, caused, failed])
    expect(ordered.map(({ kind }) => kind)).toEqual(['run', 'freshness', 'clock', 'lake'])
    const same = (text: string): string => text
    const paint = new Proxy({}, { get: () => same }) as Parameters<typeof checkLines>[1]['paint']
    expect(checkLines([failed, caused], { paint })[3]).toMatch(/because of run papers/)
  })
})
