import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NO_ALERTS, type ResolvedAlert } from '../../src/alert/alert-state.js'
import { encodeState } from '../../src/alert/alert-state-json.js'
import { lakeKey } from '../../src/model/lake-key.js'
import { ask } from './described-answers.js'
import { openAlert } from './open-alert.js'
import { PipelineWorld } from './pipeline-world.js'

let world: PipelineWorld
let app: FastifyInstance
const NOW = new Date('2026-05-01T12:00:00Z')

const open = openAlert()
const over: ResolvedAlert = {
  ...{ id: '00000001', kind: 'lake', subject: '', severity: 'critical', promised: 'it answers', seen: 'no answer' },
  ...{ since: '2026-04-01T00:00:00.000Z', endedAt: '2026-04-01T01:00:00.000Z', end: 'fine', lastedSeconds: 3600 },
  ...{ told: true, messages: 2, reopened: 0, ack: null },
}

beforeAll(async () => {
  world = await PipelineWorld.make()
  await world.lake.put(
    lakeKey.alerts,
    encodeState({ ...NO_ALERTS, at: '2026-05-01T11:00:00.000Z', alerts: [open], history: [over] }),
  )
  app = await world.serve({ now: NOW })
})
afterAll(() => world.remove())

const send = (method: 'POST' | 'DELETE', url: string, payload?: object) =>
  ask(app, `/api/pipeline/${url}`, { method, ...(payload === undefined ? {} : { payload }) })
const list = async (query = '') => (await ask(app, `/api/pipeline/alerts${query}`)).json()

describe('alerts', () => {
  it('are those that are open, and with all those that are over', async () => {
    const { alerts, at } = await list()
    expect(at).toBe('2026-05-01T11:00:00.000Z')
    expect(alerts).toMatchObject([{ id: '3f9c21ab', title: 'papers is stale', resolvedAt: null, acknowledged: null }])
    expect((await list('?all=true')).alerts).toMatchObject([
      { id: '3f9c21ab' },
      { id: '00000001', title: 'the lake cannot be reached', resolvedAt: '2026-04-01T01:00:00.000Z' },
    ])
    expect((await ask(app, '/api/pipeline/status')).json().openAlerts).toBe(1)
  })

  it('come newest first, without those that wait to be told; one that is over counts no more', async () => {
    const before = await world.lake.get(lakeKey.alerts)
    const made = [
      openAlert({ id: '0000000a', since: '2026-05-01T01:00:00.000Z' }),
      openAlert({ id: '0000000b', since: '2026-05-01T03:00:00.000Z', fineSince: '2026-05-01T04:00:00.000Z' }),
      openAlert({ id: '0000000c', since: '2026-05-01T02:00:00.000Z' }),
      openAlert({ id: '0000000d', phase: 'waiting', openedAt: null }),
    ]
    const silence = { ...{ datasets: [], kind: null, reason: 'x', by: 'ada' }, from: '2026-05-01T09:00:00.000Z' }
    const silences = [
      { ...silence, id: '0000000e', until: '2026-05-01T11:59:59.000Z' },
      { ...silence, id: '0000000f', until: '2026-05-01T12:00:01.000Z' },
    ]
    await world.lake.put(lakeKey.alerts, encodeState({ ...NO_ALERTS, alerts: made, silences }))
    const { alerts, silences: left } = await list()
    expect(alerts.map(({ id, resolvedAt }: { id: string; resolvedAt: string }) => [id, resolvedAt])).toEqual([
      ['0000000b', '2026-05-01T04:00:00.000Z'],
      ['0000000c', null],
      ['0000000a', null],
    ])
    expect(left.map(({ id }: { id: string }) => id)).toEqual(['0000000f'])
    const fresh = await world.serve({ now: NOW })
    expect((await ask(fresh, '/api/pipeline/status')).json().openAlerts).toBe(2)
    await world.lake.put(lakeKey.alerts, Buffer.from(before?.body ?? ''))
  })

  it('are taken on by who says so, also by the first digits of the id', async () => {
    const acknowledged = { by: 'ada', at: NOW.toISOString(), note: 'disk ordered' }
    const answer = await send('POST', 'alerts/3f9c/ack', { by: 'ada', note: 'disk ordered' })
    expect(answer.json()).toMatchObject({ id: '3f9c21ab', acknowledged })
    expect((await list()).alerts[0].acknowledged).toEqual(acknowledged)
    // Said again, the newer word holds; nobody has to give a name.
    expect((await send('POST', 'alerts/3f9c21ab/ack', {})).json().acknowledged).toMatchObject({
      by: 'dashboard',
      note: null,
    })
  })

  it.each([
    ['alerts/ffffffff/ack', {}, 404],
    ['alerts/00000001/ack', {}, 404],
    ['alerts/3F9C21AB/ack', {}, 400],
    ['alerts/3f9c21ab/ack', { other: 1 }, 400],
  ])('%s of %j is %i', async (url, payload, status) => {
    expect((await send('POST', url, payload)).statusCode).toBe(status)
  })
})

describe('silences', () => {
  it('are made, listed and ended', async () => {
    const wanted = { datasets: ['papers'], kind: 'volume', for: '2h', reason: 'index build', by: 'ada' }
    const made = await send('POST', 'silences', wanted)
    expect(made.statusCode).toBe(201)
    const silence = made.json()
    expect(silence).toMatchObject({ ...{ datasets: ['papers'], kind: 'volume', reason: 'index build', by: 'ada' } })
    expect(silence).toMatchObject({ from: NOW.toISOString(), until: '2026-05-01T14:00:00.000Z' })
    expect((await list()).silences).toEqual([silence])
    expect((await send('DELETE', `silences/${silence.id}`)).statusCode).toBe(204)
    expect((await list()).silences).toEqual([])
    expect((await send('DELETE', `silences/${silence.id}`)).statusCode).toBe(404)
  })

  it.each([
    [{ reason: 'x' }, 422],
    [{ reason: 'x', for: '2h', until: '2026-06-01T00:00:00Z' }, 422],
    [{ reason: 'x', until: '2026-01-01T00:00:00Z' }, 422],
    [{ reason: 'x', from: '2026-04-01T00:00:00Z', until: '2026-05-01T11:59:59Z' }, 422],
    [{ reason: 'x', from: '2026-04-01T00:00:00Z', for: '1h' }, 422],
    [{ reason: 'x', until: '2026-13-41T00:00:00Z' }, 422],
    [{ reason: 'x', for: '999999999w' }, 422],
    [{ reason: 'x', for: '2h', kind: 'nothing' }, 422],
    [{ reason: 'x', for: '2h', datasets: ['nothing'] }, 422],
    [{ reason: '', for: '2h' }, 400],
    [{ reason: '   ', for: '2h' }, 400],
    [{ for: '2h' }, 400],
    [{ reason: 'x', until: '2026-06-01T00:00:00' }, 400],
    [{ reason: 'x', for: '2 hours' }, 400],
  ])('%j is %i', async (payload, status) => {
    expect((await send('POST', 'silences', payload)).statusCode).toBe(status)
    expect((await list()).silences).toEqual([])
  })
})

describe('metrics and a lake that is away', () => {
  it('has the metrics of the table, and those of the process', async () => {
    const { body, headers } = await ask(app, '/metrics')
    expect(headers['content-type']).toMatch(/^text\/plain/)
    expect(body).toMatch(/^# HELP lakeferry_/m)
    expect(body).toMatch(/^process_cpu_seconds_total/m)
  })

  it('tells a damaged state, and of a lake that is away what is known', async () => {
    await world.lake.put(lakeKey.alerts, Buffer.from('{'))
    expect((await ask(app, '/api/pipeline/alerts')).json()).toMatchObject({ status: 503, code: 'ALERT_STATE_DAMAGED' })
    const { LakeferryError } = await import('../../src/errors.js')
    const away = await world.serve({
      lake: async () => {
        throw new LakeferryError('LAKE_UNREACHABLE', { lake: 's3://x', operation: 'open', key: '', reason: 'gone' })
      },
    })
    const { datasets, checks, openAlerts } = (await ask(away, '/api/pipeline/status')).json()
    expect(openAlerts).toBeNull()
    expect(datasets).toMatchObject([{ state: 'unknown' }, { state: 'unknown' }])
    expect(checks.find((check: { kind: string }) => check.kind === 'lake')).toMatchObject({ state: 'wrong' })
    expect((await ask(away, '/api/pipeline/runs')).json()).toMatchObject({ status: 503, code: 'LAKE_UNREACHABLE' })
  })
})
