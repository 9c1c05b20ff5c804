import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readAlertState } from '../../src/alert/alert-ledger.js'
import { machineStateFolder } from '../../src/cli/steps/machine-state.js'
import { lakeKey } from '../../src/model/lake-key.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { faulty, unreachable } from '../support/faulty-store.js'
import { AlertWorld, at } from './alert-world.js'
import { invoke, jsonOf } from './cli-fixture.js'

let world: AlertWorld
beforeEach(async () => {
  world = await AlertWorld.open()
})
afterEach(() => world.close())

const stale = { lake: 'fine', 'freshness papers': 'wrong' } as const
const fresh = { lake: 'fine', 'freshness papers': 'fine' } as const

describe('a pass of the alerts', () => {
  it('tells once what is wrong, and once that it is over, whatever process does it', async () => {
    expect(await world.step(at(2), stale)).toMatchObject({ where: 'lake', open: 1, sent: 1, failed: [], warnings: [] })
    expect(await world.step(at(2, 5), stale)).toMatchObject({ open: 1, messages: [], sent: 0 })
    expect(await world.step(at(3), fresh)).toMatchObject({ open: 0, sent: 1 })
    expect(world.received()).toEqual(['opened papers is stale', 'resolved papers is stale'])
    expect(world.posts()[1]).toMatchObject({
      data: { lastedSeconds: 3600, lake: world.lake.url, promised: 'all is well', seen: 'it is' },
    })
  })

  it('says for people and in the log what it told', async () => {
    await world.step(at(2), stale)
    expect(world.stderr.text).toMatch(/^alert opened: papers is stale \(it is\) [0-9a-f]{8}\n$/)
    world.stderr.text = ''
    await world.step(at(3), fresh, { json: true })
    expect(
      world.stderr.text
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line)),
    ).toMatchObject([
      { time: at(3).toISOString(), level: 'info', event: 'alert.resolved', title: 'papers is stale', seconds: 3600 },
    ])
  })

  it('writes nothing as long as all is fine', async () => {
    await world.step(at(2), fresh)
    expect(await world.lake.head(lakeKey.alerts)).toBeUndefined()
  })

  it('gives back that a channel failed, keeps the message, and shows it', async () => {
    world.receiver.behave({ status: 404 })
    const outcome = await world.step(at(2), stale)
    expect(outcome).toMatchObject({ sent: 0, failed: [{ channel: 'webhook', code: 'CHANNEL_FAILED' }] })
    expect(outcome.warnings).toEqual([expect.stringContaining('It is kept, and sent by a later pass.')])
    expect(world.stderr.text).not.toContain('/hook')
    const listed = jsonOf(await world.call(['alerts', 'list', '--json']))
    expect(listed['channels']).toMatchObject([{ name: 'webhook', pending: 1, failures: 1 }])
    expect((await world.call(['alerts', 'list'])).stdout).toContain('channels that take no messages')
    world.receiver.behave({ status: 200 })
    expect(await world.step(at(3), stale)).toMatchObject({ sent: 1, failed: [] })
    // The receiver was asked twice, and was told the same.
    expect(world.posts()).toHaveLength(2)
    expect(world.posts()[1]).toEqual(world.posts()[0])
  })
})

describe('without the lake', () => {
  const away = { lake: 'wrong', 'freshness papers': { state: 'unknown', cause: 'lake' } } as const

  it('tells once that it is away, and when it is back, that it is; what stayed wrong, then', async () => {
    for (const minute of [0, 10, 20]) {
      expect(await world.step(at(2, minute), away, { lake: undefined })).toMatchObject({ where: 'machine', open: 1 })
    }
    expect(await world.step(at(3), stale)).toMatchObject({ where: 'lake', open: 1 })
    await world.step(at(3, 5), stale)
    expect(world.received()).toEqual([
      'opened the lake cannot be reached',
      'resolved the lake cannot be reached',
      'opened papers is stale',
    ])
  })

  it('is listed, and can be acknowledged, on the machine that noticed it', async () => {
    await world.step(at(2), away, { lake: undefined })
    // A link to itself, which cannot be read.
    await mkdir(join(world.root, '_lakeferry'), { recursive: true })
    await symlink('alerts.json', join(world.root, lakeKey.alerts))
    const { stdout, stderr } = await world.call(['alerts', 'list', '--json'], at(3))
    expect(stderr).toContain('while the lake is away')
    const listed = jsonOf({ stdout })
    expect(listed).toMatchObject({ where: 'machine', alerts: [{ title: 'the lake cannot be reached' }] })
    const [{ id }] = listed['alerts'] as [{ id: string }]
    expect((await world.call(['alerts', 'ack', id], at(3))).exitCode).toBe(0)
    const again = jsonOf(await world.call(['alerts', 'list', '--json'], at(4)))
    expect(again['alerts']).toMatchObject([{ id, ack: { at: at(3).toISOString() } }])
    // Where nothing is kept, the error is what there is to say.
    const elsewhere = { cwd: world.cwd, env: { XDG_STATE_HOME: join(world.cwd, 'other') } }
    expect((await invoke(['alerts', 'list'], elsewhere)).exitCode).toBe(3)
  })

  it('takes one that fails while the alerts are written for one that is away', async () => {
    const broken = faulty(world.lake, call => (call === 'putIfMatch' ? unreachable('no route') : undefined))
    expect(await world.step(at(2), stale, { lake: broken })).toMatchObject({ where: 'machine', open: 1 })
    expect(world.posts()[0]).toMatchObject({
      data: {
        title: 'the lake cannot be reached',
        affected: ['freshness papers'],
        seen: expect.stringContaining('no route'),
      },
    })
  })

  it('and where the folder cannot be one, keeps in memory what it told', async () => {
    const home = join(world.cwd, 'file')
    await writeFile(home, 'no folder')
    const options = { lake: undefined, env: { XDG_STATE_HOME: home } }
    for (const minute of [0, 10])
      expect(await world.step(at(2, minute), away, options)).toMatchObject({ where: 'memory' })
    expect(await world.step(at(3), fresh, { env: { XDG_STATE_HOME: home } })).toMatchObject({ where: 'lake', open: 0 })
    expect(world.received()).toEqual(['opened the lake cannot be reached', 'resolved the lake cannot be reached'])
  })
})

describe('a state that cannot be read', () => {
  it('on this machine is put aside there, and what is open is told', async () => {
    const folder = machineStateFolder(world.lake.url, world.env)
    await mkdir(join(folder, '_lakeferry'), { recursive: true })
    await writeFile(join(folder, lakeKey.alerts), 'half of it')
    const outcome = await world.step(at(2), { lake: 'wrong' }, { lake: undefined })
    expect(outcome).toMatchObject({
      where: 'machine',
      sent: 1,
      warnings: [expect.stringContaining('put aside as _lake')],
    })
    expect((await world.step(at(3), { lake: 'fine' })).warnings).toEqual([])
    expect(world.received()).toEqual(['opened the lake cannot be reached', 'resolved the lake cannot be reached'])
  })

  const write = (text: string): Promise<void> => world.lake.put(lakeKey.alerts, new TextEncoder().encode(text))
  const read = async (lake: ObjectStore, key: string): Promise<string> =>
    new TextDecoder().decode((await lake.get(key))?.body)

  it('is put aside, which is said, and what is open is told again', async () => {
    await world.step(at(2), stale)
    await write('{"version": 1, "alerts": 7}')
    const { exitCode, stderr } = await world.call(['alerts', 'list'])
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining('ALERT_STATE_DAMAGED')])
    const { warnings, sent } = await world.step(at(3), stale)
    const key = '_lakeferry/alerts-aside/20261122T030000.000Z.json'
    expect([sent, warnings]).toEqual([1, [expect.stringContaining(`put aside as ${key}`)]])
    expect(await read(world.lake, key)).toBe('{"version": 1, "alerts": 7}')
    expect(world.received()).toEqual(['opened papers is stale', 'opened papers is stale'])
    expect(jsonOf(await world.call(['alerts', 'list', '--json']))['aside']).toEqual([{ at: at(3).toISOString(), key }])
  })

  it('because a newer version wrote it stays as it is, and nothing is told', async () => {
    await write('{"version": 2}')
    expect(await world.step(at(3), stale)).toMatchObject({
      where: null,
      messages: [],
      warnings: [expect.stringContaining('A newer lakeferry wrote it')],
    })
    expect(await read(world.lake, lakeKey.alerts)).toBe('{"version": 2}')
    expect(world.posts()).toEqual([])
  })
})

describe('run', () => {
  it('ends with the alerts, and with its own error and exit code', async () => {
    const { exitCode, stdout } = await world.call(['run', '--json'], at(2))
    expect(exitCode).toBe(3)
    expect(jsonOf({ stdout })).toMatchObject({ error: { code: 'SOURCE_UNREACHABLE' } })
    expect(world.received()).toEqual(['opened MongoDB cannot be reached'])
    expect(world.posts()[0]).toMatchObject({ data: { affected: expect.arrayContaining(['run papers']) } })
    expect((await readAlertState(world.lake)).pending).toEqual([])
  })

  it('does without where no channel is configured', async () => {
    const silent = await AlertWorld.open('monitor: {freshness: 26h}')
    try {
      expect((await silent.call(['run'], at(2))).exitCode).toBe(3)
      expect(await silent.lake.head(lakeKey.alerts)).toBeUndefined()
    } finally {
      await silent.close()
    }
  })
})
