import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ScheduleLedger, SlotRecord, TakenSlot } from '../../src/catalog/schedule-ledger.js'
import { LakeferryError } from '../../src/errors.js'
import { lakeKey } from '../../src/model/lake-key.js'
import { encodeJson } from '../../src/model/manifest.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import type { ClockReading, OplogState, SourceHealth } from '../../src/ports/source-health.js'
import { clockReading } from '../../src/ports/source-health.js'
import { commit, temporaryLake } from '../catalog/lake-fixture.js'
import { ago, attempt, failure, look, NOON, record, runBefore, watched } from './watched-lake.js'

let lake: ObjectStore
let remove: () => Promise<void>
beforeEach(async () => {
  ;({ lake, remove } = await temporaryLake())
})
afterEach(() => remove())

const NO_OPLOG: OplogState = { kind: 'none', reason: 'a test' }
const sourceThat = (health: Partial<SourceHealth>) => ({
  source: { server: 'mongodb://h', ask: async () => ({ clock: undefined, oplog: NO_OPLOG, ...health }) },
})
const down = {
  source: {
    server: 'mongodb://h',
    ask: () => Promise.reject(new LakeferryError('SOURCE_UNREACHABLE', { uri: 'h', reason: 'refused', waitedMs: 1 })),
  },
}

describe('the source', () => {
  it('answers, or does not, which hinders nothing else', async () => {
    await commit(lake, runBefore(60))
    expect((await look(lake)).get('source')).toMatchObject({
      state: 'fine',
      promised: 'the source answers (mongodb://h)',
    })
    const found = await look(lake, down)
    expect(found.get('source')).toMatchObject({
      state: 'wrong',
      severity: 'critical',
      seen: expect.stringMatching(/^SOURCE_UNREACHABLE: no MongoDB answered.*refused$/),
    })
    for (const id of ['oplog', 'clock source'])
      expect(found.get(id)).toMatchObject({ state: 'unknown', cause: 'source' })
    expect(found.get('freshness papers')).toMatchObject({ state: 'fine' })
    expect(found.get('lake')).toMatchObject({ state: 'fine' })
  })

  it('that never answers is given up', async () => {
    const source = { server: 'h', ask: () => sleep(60_000, undefined, { ref: false }).then(() => undefined as never) }
    const found = await look(lake, { source, patience: { sourceMs: 30 } })
    expect(found.get('source')).toMatchObject({ state: 'wrong', seen: 'TOO_LATE: no answer within 0.03 s' })
  })

  it('is the cause of a run that failed for it, and so of a stale dataset', async () => {
    await record(lake, attempt({ ...failure() }))
    const found = await look(lake, down)
    expect(found.get('run papers')).toMatchObject({ state: 'wrong', cause: 'source' })
    expect(found.get('freshness papers')).toMatchObject({ state: 'none', cause: 'source' })
  })
})

describe('the oplog', () => {
  const window = (seconds: number, whole = false) =>
    sourceThat({ oplog: { kind: 'window', seconds, from: ago(seconds / 60), whole } })
  const exported = (seconds: number): Promise<void> =>
    record(lake, attempt({ runId: runBefore(60), exportSeconds: seconds }))

  it.each([
    [7200, { state: 'fine', seen: `it reaches back 2h, to ${ago(120)}` }],
    [7199, { state: 'wrong', severity: 'warning' }],
    [3600, { state: 'wrong', severity: 'warning' }],
    [3599, { state: 'wrong', severity: 'critical' }],
  ])('that reaches back %i s, where an export takes an hour', async (seconds, wanted) => {
    await exported(3600)
    const found = (await look(lake, window(seconds))).get('oplog')
    expect(found).toMatchObject(wanted)
    expect(found?.promised).toMatch(/^the oplog reaches back at least 2h/)
  })

  it('that nothing has fallen out of is as long as can be', async () => {
    await exported(3600)
    expect((await look(lake, window(9, true))).get('oplog')).toMatchObject({
      state: 'fine',
      seen: expect.stringMatching(/^it reaches back 9s.* nothing has fallen out of it yet$/),
    })
  })

  it('goes by the longest export of any dataset, and by the newest run where no attempt is on record', async () => {
    await exported(10)
    await commit(lake, runBefore(60), { dataset: 'comments', committedAt: ago(0) })
    const datasets = [watched(), watched({ name: 'comments' })]
    expect((await look(lake, { datasets, ...window(3700) })).get('oplog')).toMatchObject({ severity: 'warning' })
  })

  it('is left out where there is none, and as long as nobody knows how long an export takes', async () => {
    expect((await look(lake, window(1))).has('oplog')).toBe(false)
    await exported(3600)
    expect((await look(lake)).has('oplog')).toBe(false)
  })

  it('that may not be read is never fine', async () => {
    const oplog = { kind: 'unknown', reason: 'it may not be read', remedy: 'give the role' } as const
    expect((await look(lake, sourceThat({ oplog }))).get('oplog')).toMatchObject({
      state: 'unknown',
      severity: 'warning',
      seen: 'cannot be told: it may not be read; give the role',
    })
  })
})

describe('a clock', () => {
  const reading = (aheadMs: number, withinMs = 500): { clock: ClockReading } => ({ clock: { aheadMs, withinMs } })
  it.each([
    [0, { state: 'fine', seen: 'it is within 1s' }],
    [60_500, { state: 'fine' }],
    [60_501, { state: 'wrong', severity: 'warning', seen: 'it is 1m behind' }],
    [-90_000, { state: 'wrong', severity: 'warning', seen: 'it is 1m 30s ahead' }],
    [400_000, { state: 'wrong', severity: 'critical', seen: 'it is 6m 40s behind' }],
  ])('of MongoDB that is %i ms ahead', async (aheadMs, wanted) => {
    expect((await look(lake, sourceThat(reading(aheadMs)))).get('clock source')).toMatchObject(wanted)
  })

  it('that took too long to answer is neither right nor wrong', async () => {
    expect((await look(lake, sourceThat(reading(70_000, 65_000)))).get('clock source')?.state).toBe('unknown')
  })

  it('of the lake is asked where the lake has one of its own', async () => {
    expect((await look(lake)).has('clock lake')).toBe(false)
    const other = (readClock: ObjectStore['readClock']): ObjectStore =>
      new Proxy(lake, { get: (target, name) => (name === 'readClock' ? readClock : bound(target, name)) })
    const read = async (readClock: ObjectStore['readClock']) => (await look(other(readClock))).get('clock lake')
    expect(await read(async () => ({ aheadMs: -120_000, withinMs: 600 }))).toMatchObject({ state: 'wrong' })
    expect(await read(async () => undefined)).toBeUndefined()
    const refuse = () =>
      Promise.reject(new LakeferryError('LAKE_UNREACHABLE', { lake: 'x', operation: 'head', reason: 'y' }))
    expect(await read(refuse)).toMatchObject({ state: 'unknown' })
  })

  it('is read between two looks at our own', () => {
    const at = (ms: number) => new Date(NOON.getTime() + ms)
    expect(clockReading(at(0), at(1100), at(200))).toEqual({ aheadMs: 1000, withinMs: 100 })
    // Whole seconds: it may be anything up to a second more.
    expect(clockReading(at(0), at(0), at(200), 1000)).toEqual({ aheadMs: 400, withinMs: 600 })
  })
})

function bound(target: ObjectStore, name: string | symbol): unknown {
  const value: unknown = Reflect.get(target, name)
  return typeof value === 'function' ? value.bind(target) : value
}

describe('the slots of the schedule', () => {
  const set = { name: 'nightly', datasets: ['papers'], graceSeconds: 900 }
  const slot = (changes: Partial<TakenSlot> = {}): TakenSlot => ({
    ...{
      slot: ago(120),
      state: 'done',
      runId: runBefore(120),
      began: ago(120),
      ended: ago(60),
      attempts: 1,
      failures: 0,
    },
    ...{ exitCode: 0, reason: null, notBefore: null, lease: null, ...changes },
  })
  const lease = (renewed: number) => ({
    by: 'host a',
    owner: 'o',
    since: ago(120),
    renewedAt: ago(renewed),
    nonce: 'n',
  })
  const missed = (changes: object = {}): SlotRecord => ({
    ...{ slot: ago(200), last: ago(140), count: 2, state: 'missed', reason: 'absent', ended: ago(100), instead: null },
    ...changes,
  })
  const ledger = (slots: readonly SlotRecord[], next = -1320): ScheduleLedger => ({
    ...{ version: 1, set: 'nightly', knownUntil: ago(120), slots, nonce: 'n' },
    next: { slot: ago(next), startsBy: ago(next) },
  })

  it.each<[string, ScheduleLedger | undefined, object]>([
    ['that nobody scheduled yet', undefined, { state: 'none', seen: 'no scheduler has ever been there' }],
    [
      'that were run',
      ledger([slot()]),
      { state: 'fine', seen: `the slot of ${ago(120)} was run; the next is ${ago(-1320)}` },
    ],
    ['that found bad data', ledger([slot({ exitCode: 1 })]), { state: 'fine' }],
    ['none of which was due', ledger([]), { state: 'fine', seen: `no slot was due yet; the next is ${ago(-1320)}` }],
    ['of which one is just due', ledger([slot()], 15), { state: 'fine' }],
    [
      'of which one is due and nobody takes it',
      ledger([slot()], 16),
      {
        state: 'wrong',
        severity: 'critical',
        since: ago(16),
        seen: expect.stringMatching(/no scheduler is there to take it$/),
      },
    ],
    ['one under way', ledger([slot({ state: 'running', ended: null, lease: lease(1) })], 16), { state: 'fine' }],
    [
      'one whose scheduler is silent',
      ledger([slot({ state: 'running', ended: null, lease: lease(16) })]),
      { state: 'wrong', severity: 'critical', since: ago(16), seen: expect.stringMatching(/^host a took the slot/) },
    ],
    ['one that waits', ledger([slot({ state: 'waiting', ended: null, notBefore: ago(-5) })]), { state: 'fine' }],
    [
      'one that waits in vain',
      ledger([slot({ state: 'waiting', ended: null, notBefore: ago(16), reason: 'LAKE_FULL' })]),
      { state: 'wrong', since: ago(16) },
    ],
    [
      'one that was given up',
      ledger([slot({ state: 'failed', attempts: 3, reason: 'SOURCE_UNREACHABLE: no answer' })]),
      { state: 'wrong', severity: 'critical', since: ago(60), look: 'lakeferry run papers' },
    ],
    [
      'some that nobody ran',
      ledger([slot({ slot: ago(300) }), missed()]),
      {
        state: 'wrong',
        severity: 'warning',
        since: ago(200),
        seen: expect.stringMatching(/^2 slots from .* no scheduler was there/),
      },
    ],
    ['some that a later one stood in for', ledger([missed({ instead: ago(120) }), slot()]), { state: 'fine' }],
  ])('%s', async (_, written, wanted) => {
    if (written !== undefined) await lake.put(lakeKey.schedule('nightly'), encodeJson(written))
    expect((await look(lake, { sets: [set] })).get('slots nightly')).toMatchObject(wanted)
  })

  it('whose ledger is damaged cannot be told', async () => {
    await lake.put(lakeKey.schedule('nightly'), new Uint8Array([123]))
    expect((await look(lake, { sets: [set] })).get('slots nightly')).toMatchObject({ state: 'unknown' })
  })

  it('that nobody took are the cause of a stale dataset', async () => {
    await lake.put(lakeKey.schedule('nightly'), encodeJson(ledger([slot()], 2000)))
    await commit(lake, runBefore(27 * 60))
    const found = await look(lake, { sets: [set], datasets: [watched({ sets: ['nightly'] })] })
    expect(found.get('freshness papers')).toMatchObject({ state: 'wrong', cause: 'slots nightly' })
  })
})
