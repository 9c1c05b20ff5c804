import { userInfo } from 'node:os'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readAlertState } from '../../src/alert/alert-ledger.js'
import { AlertWorld, at } from './alert-world.js'
import { jsonOf } from './cli-fixture.js'
import { differences, documentedShape } from './documented-json.js'

let world: AlertWorld
beforeEach(async () => {
  world = await AlertWorld.open()
})
afterEach(() => world.close())

const wrong = { 'freshness papers': 'wrong', 'volume comments': { state: 'wrong', severity: 'warning' } } as const
const fine = { 'freshness papers': 'fine', 'volume comments': 'fine' } as const

const list = async (...argv: string[]): Promise<Record<string, unknown>> => {
  const json = jsonOf(await world.call(['alerts', 'list', '--json', ...argv], at(5)))
  expect(differences(json, documentedShape('alerts list'))).toEqual([])
  return json
}
const idOf = async (kind: string): Promise<string> =>
  (await readAlertState(world.lake)).alerts.find(alert => alert.kind === kind)?.id ?? ''

describe('alerts list', () => {
  it('says that nothing is open where there never was a pass', async () => {
    expect(await list()).toMatchObject({ at: null, alerts: [], silences: [], history: null })
    expect((await world.call(['alerts', 'list'])).stdout).toBe('no alert is open\n')
  })

  it('tells what is open, silenced, failing and over', async () => {
    world.receiver.behave({ status: 400 })
    await world.step(at(2), wrong)
    await world.step(at(3), { ...wrong, 'freshness papers': 'fine' })
    await world.call(['alerts', 'ack', await idOf('volume'), '--note', 'looking'], at(4))
    await world.call(['alerts', 'silence', '--kind', 'slots', '--for', '2h', '--reason', 'moving house'], at(4))
    expect(await list('--all')).toMatchObject({
      alerts: [
        { kind: 'volume', subject: 'comments', severity: 'warning', lastedSeconds: 3 * 3600, ack: { note: 'looking' } },
      ],
      silences: [{ kind: 'slots', datasets: [], from: at(4).toISOString(), until: at(6).toISOString() }],
      channels: [{ name: 'webhook', pending: 3, failures: 2 }],
      history: [{ kind: 'freshness', lastedSeconds: 3600, end: 'fine', told: true }],
    })
    const { stdout } = await world.call(['alerts', 'list', '--all'], at(5))
    const masked = stdout
      .replaceAll(/\b[0-9a-f]{8}\b/g, 'IDENTITY')
      .replaceAll(/127.0.0.1:\d+/g, 'RECEIVER')
      .replaceAll(/\S+@\S+/g, 'SOMEBODY')
      .replaceAll(/ {2,}(?=moving)/g, '  ')
    expect(masked).toMatchSnapshot()
  })

  it('wants one of its own commands', async () => {
    expect((await world.call(['alerts', 'lsit'])).exitCode).toBe(2)
    expect((await world.call(['alerts'])).exitCode).toBe(2)
  })
})

describe('alerts ack', () => {
  it('keeps reminders away, says who has it, and is over with the alert', async () => {
    await world.step(at(2), wrong)
    const id = await idOf('freshness')
    const { exitCode, stdout } = await world.call(['alerts', 'ack', id.slice(0, 4), '--json', '--note', 'me'], at(3))
    expect(exitCode).toBe(0)
    const json = jsonOf({ stdout })
    const shape = new Map([...documentedShape('alerts list')].filter(([path]) => path.startsWith('alerts[].')))
    const alert = new Map([...shape].map(([path, type]) => [path.replace('alerts[].', 'alert.'), type]))
    expect(differences(json, new Map([...documentedShape('alerts ack'), ...alert]))).toEqual([])
    const by = expect.stringContaining(`${userInfo().username}@`)
    expect(json['alert']).toMatchObject({ id, ack: { by, at: at(3).toISOString(), note: 'me' } })
    await world.step(at(27), wrong)
    // The other one is reminded of.
    expect(world.received()).toEqual([
      'opened papers is stale',
      'opened comments has an unusual number of documents',
      'reminded comments has an unusual number of documents',
    ])
    await world.step(at(28), fine)
    expect(world.received().at(-2)).toBe('resolved papers is stale')
  })

  it('wants an alert that is open', async () => {
    await world.step(at(2), wrong)
    const { exitCode, stderr } = await world.call(['alerts', 'ack', 'ffffffff'])
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringContaining('ALERT_UNKNOWN no open alert "ffffffff"; there is '),
    ])
    // The beginning of both is the beginning of none.
    expect((await world.call(['alerts', 'ack', ''])).exitCode).toBe(2)
  })
})

describe('alerts silence', () => {
  it('keeps quiet for as long as it says, and can be taken back', async () => {
    const { stdout } = await world.call(
      ['alerts', 'silence', 'papers', '--for', '2h', '--reason', 'index', '--json'],
      at(1),
    )
    const json = jsonOf({ stdout })
    const parts = [...documentedShape('alerts list')].filter(([path]) => path.startsWith('silences[].'))
    const silence = new Map(parts.map(([path, type]) => [path.replace('silences[].', 'silence.'), type]))
    expect(differences(json, new Map([...documentedShape('alerts silence'), ...silence]))).toEqual([])
    await world.step(at(2), wrong)
    expect(world.received()).toEqual(['opened comments has an unusual number of documents'])
    const { id } = json['silence'] as { id: string }
    const removed = await world.call(['alerts', 'silence', '--remove', id], at(2, 30))
    expect([removed.exitCode, removed.stdout]).toEqual([0, `${id}: papers is told again\n`])
    await world.step(at(2, 31), wrong)
    expect(world.received().at(-1)).toBe('opened papers is stale')
    expect((await world.call(['alerts', 'silence', '--remove', id], at(3))).stderr).toContain(
      'ALERT_UNKNOWN no silence',
    )
  })

  it('takes a beginning and an end with their zone', async () => {
    const times = ['--from', '2026-11-22T05:00:00+01:00', '--until', '2026-11-22T06:00:00Z']
    expect((await world.call(['alerts', 'silence', ...times, '--reason', 'r'], at(1))).exitCode).toBe(0)
    expect((await readAlertState(world.lake)).silences).toMatchObject([
      { datasets: [], kind: null, from: at(4).toISOString(), until: at(6).toISOString() },
    ])
  })

  it.each([
    [['--for', '2h'], 'a silence wants a reason'],
    [['--reason', 'r'], 'a silence wants its end, once'],
    [['--reason', 'r', '--for', '2h', '--until', '2026-11-23T00:00:00Z'], 'a silence wants its end, once'],
    [['--reason', 'r', '--until', '2026-11-22T00:00:00Z'], 'over already'],
    [['--reason', 'r', '--until', '2026-11-23T00:00:00'], 'Wanted a time with its zone'],
    [['--reason', 'r', '--for', 'soon'], 'Wanted a duration'],
    [['--reason', 'r', '--for', '2h', '--kind', 'colour'], 'there is no kind colour'],
    [['posts', '--reason', 'r', '--for', '2h'], 'DATASET_UNKNOWN'],
    [['papers', '--remove', '12345678'], '--remove goes with nothing else'],
  ])('refuses %j', async (argv, problem) => {
    const { exitCode, stderr } = await world.call(['alerts', 'silence', ...argv], at(12))
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(problem)])
    expect((await readAlertState(world.lake)).silences).toEqual([])
  })
})

describe('alerts test', () => {
  it('sends one message that says it is a test, and keeps nothing', async () => {
    const { exitCode, stdout } = await world.call(['alerts', 'test', '--json'])
    expect(exitCode).toBe(0)
    expect(differences(jsonOf({ stdout }), documentedShape('alerts test'))).toEqual([])
    expect(world.received()).toEqual(['opened this is a test: nothing is wrong'])
    expect(await readAlertState(world.lake)).toMatchObject({ at: null, channels: [] })
  })

  it('exits with 3 when it is not taken, and with 2 for a channel that there is none of', async () => {
    world.receiver.behave({ status: 403 })
    const { exitCode, stdout } = await world.call(['alerts', 'test', 'webhook'])
    expect([exitCode, stdout]).toEqual([
      3,
      expect.stringContaining('✗  webhook  the alert channel webhook did not take'),
    ])
    expect(stdout).not.toContain('/hook')
    const json = jsonOf(await world.call(['alerts', 'test', '--json']))
    expect(differences(json, documentedShape('alerts test'))).toEqual([])
    const unknown = await world.call(['alerts', 'test', 'pigeon'])
    expect([unknown.exitCode, unknown.stderr]).toEqual([2, expect.stringContaining('There is webhook.')])
  })
})
