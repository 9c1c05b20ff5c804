import { describe, expect, it } from 'vitest'
import { type ScheduleLedger, SLOTS_KEPT, type SlotLease, type TakenSlot } from '../../src/catalog/schedule-ledger.js'
import type { ScheduleSet } from '../../src/model/schedule-set.js'
import { type Decision, decide } from '../../src/schedule/decide.js'
import { MAX_ATTEMPTS } from '../../src/schedule/settle.js'

const HOURLY: ScheduleSet = {
  ...{
    name: 'hourly',
    cron: '0 * * * *',
    timezone: 'UTC',
    missed: 'run-once',
    jitterSeconds: 0,
    timeLimitSeconds: 7200,
  },
}
const LEASE: SlotLease = {
  ...{ by: 'host, process 1', owner: 'other', nonce: 'n', since: at('08:00'), renewedAt: at('08:00') },
}
const MINE: SlotLease = { ...LEASE, owner: 'me', nonce: 'mine' }

/** On the day in question. */
function at(time: string): string {
  return `2026-05-01T${time}${time.length === 5 ? ':00' : ''}.000Z`
}

function taken(slot: string, change: Partial<TakenSlot> = {}): TakenSlot {
  return {
    ...{
      slot: at(slot),
      state: 'done',
      runId: `run ${slot}`,
      began: at(slot),
      ended: at(slot),
      attempts: 1,
      failures: 0,
    },
    ...{ exitCode: 0, reason: null, notBefore: null, lease: null, ...change },
  }
}

function ledger(knownUntil: string, ...slots: ScheduleLedger['slots']): ScheduleLedger {
  const next = new Date(Date.parse(at(knownUntil)) + 3_600_000).toISOString()
  return {
    version: 1,
    set: 'hourly',
    knownUntil: at(knownUntil),
    next: { slot: next, startsBy: next },
    slots,
    nonce: 'x',
  }
}

interface Case {
  readonly set?: Partial<ScheduleSet>
  readonly ledger?: ScheduleLedger | undefined
  readonly damaged?: boolean
  readonly now: string
  readonly gone?: boolean
}

function decided({ set = {}, now, gone = false, damaged = false, ...rest }: Case): Decision {
  return decide({
    ...{ set: { ...HOURLY, ...set }, ledger: rest.ledger, damaged, now: new Date(at(now)), seed: 's' },
    ...{ isGone: () => gone, lease: () => MINE, runId: () => 'new run' },
  })
}

/** What is written: the last slot that is known, and the records, each in a few words. */
function written(decision: Decision): [string, ...string[]] {
  if (decision.kind !== 'write') throw new Error(`it decided to be ${decision.kind}`)
  const records = decision.ledger.slots.map(record => {
    const time = record.slot.slice(11, 16)
    if (record.state !== 'missed') return `${time} ${record.state}`
    return `${time}-${record.last.slice(11, 16)} ${record.reason} ${record.count} instead ${record.instead?.slice(11, 16)}`
  })
  return [decision.ledger.knownUntil.slice(11, 16), ...records]
}

describe('the first start', () => {
  it('runs a slot of a moment ago, and takes none before it for missed', () => {
    expect(written(decided({ now: '10:15' }))).toEqual(['10:00', '10:00 running'])
  })

  it('leaves older ones, and notes what comes next', () => {
    const decision = decided({ now: '10:25' })
    expect(written(decision)).toEqual(['10:25'])
    expect(decision).toMatchObject({ ledger: { next: { slot: at('11:00'), startsBy: at('11:00') } } })
  })

  it('over a damaged ledger runs nothing of before: it may have been run', () => {
    expect(written(decided({ now: '10:15', damaged: true }))).toEqual(['10:15'])
  })
})

describe('a slot that is due', () => {
  it('is taken, with a run id and the lease of who asks', () => {
    const decision = decided({ ledger: ledger('09:00'), now: '10:00' })
    expect(written(decision)).toEqual(['10:00', '10:00 running'])
    const running = { slot: at('10:00'), runId: 'new run', lease: MINE, attempts: 1, began: at('10:00'), ended: null }
    expect(decision).toMatchObject({ taken: running, ledger: { next: { slot: at('11:00') } } })
  })

  it('is not due a moment before', () => {
    expect(decided({ ledger: ledger('09:00'), now: '09:59:59' })).toEqual({
      ...{ kind: 'idle', next: { slot: at('10:00'), startsBy: at('10:00') } },
    })
  })

  it('is begun with its jitter, and not before', () => {
    const set = { jitterSeconds: 1800 }
    const noted = decided({ set, ledger: ledger('09:00'), now: '09:30' })
    const startsBy = (noted.kind === 'write' && noted.ledger.next?.startsBy) || ''
    expect(startsBy > at('10:00')).toBe(true)
    expect(startsBy < at('10:30')).toBe(true)
    const next = { ...ledger('09:00'), next: { slot: at('10:00'), startsBy } }
    const before = new Date(Date.parse(startsBy) - 1).toISOString().slice(11, 23)
    expect(decided({ set, ledger: next, now: before.slice(0, 8) })).toEqual({ kind: 'idle', next: next.next })
    const after = new Date(Date.parse(startsBy) + 1000).toISOString().slice(11, 19)
    expect(written(decided({ set, ledger: next, now: after }))).toEqual(['10:00', '10:00 running'])
  })

  it('is run in the place of those that were missed before it', () => {
    expect(written(decided({ ledger: ledger('05:00'), now: '10:59' }))).toEqual([
      ...(['10:00', '06:00-09:00 absent 4 instead 10:00', '10:00 running'] as const),
    ])
  })

  it('is missed as well where missed ones are skipped and it is late', () => {
    const skip = { missed: 'skip' } as const
    expect(written(decided({ set: skip, ledger: ledger('05:00'), now: '10:21' }))).toEqual([
      ...(['10:00', '06:00-10:00 absent 5 instead undefined'] as const),
    ])
    expect(written(decided({ set: skip, ledger: ledger('09:00'), now: '10:20' }))).toEqual(['10:00', '10:00 running'])
  })

  it('tells those that an earlier run kept waiting from those that nobody was there for', () => {
    const long = taken('05:00', { ended: at('07:30') })
    expect(written(decided({ ledger: ledger('05:00', long), now: '10:00' }))).toEqual([
      ...([
        '10:00',
        '05:00 done',
        '06:00-07:00 overrun 2 instead 10:00',
        '08:00-09:00 absent 2 instead 10:00',
      ] as const),
      '10:00 running',
    ])
  })

  it('is found at once behind a year of seconds, which nobody counts', () => {
    const set = { cron: '* * * * * *' }
    const old = { ...ledger('05:00'), knownUntil: '2025-05-01T05:00:00.000Z' }
    const decision = decided({ set, ledger: old, now: '10:00' })
    expect(decision).toMatchObject({
      taken: { slot: at('10:00') },
      ledger: { slots: [{ slot: '2025-05-01T05:00:01.000Z', last: at('09:59:59'), count: null, state: 'missed' }, {}] },
    })
  })

  it('never makes the ledger grow over its bound, and drops the oldest', () => {
    const many = Array.from({ length: SLOTS_KEPT }, (_, n) => taken('04:00', { runId: String(n) }))
    const decision = decided({ ledger: ledger('09:00', ...many), now: '10:00' })
    expect(decision.kind === 'write' && decision.ledger.slots.length).toBe(SLOTS_KEPT)
    expect(decision).toMatchObject({ ledger: { slots: [{ runId: '1' }, ...many.slice(2).map(() => ({})), {}] } })
  })
})

describe('a slot that somebody has', () => {
  const running = taken('08:00', { state: 'running', lease: LEASE, ended: null, exitCode: null })

  it('is left to him as long as he lives, whatever else is due', () => {
    expect(decided({ ledger: ledger('08:00', running), now: '10:00' })).toEqual({
      kind: 'held',
      slot: running,
      lease: LEASE,
    })
  })

  it('is gone on with when he is gone, as the same run', () => {
    const decision = decided({ ledger: ledger('08:00', running), now: '09:30', gone: true })
    expect(written(decision)).toEqual(['08:00', '08:00 running'])
    expect(decision).toMatchObject({ taken: { runId: running.runId, attempts: 2, began: running.began, lease: MINE } })
  })

  it('is given up when it was begun too often', () => {
    const often = { ...running, attempts: MAX_ATTEMPTS }
    const decision = decided({ ledger: ledger('08:00', often), now: '09:30', gone: true })
    expect(decision).toMatchObject({ ledger: { slots: [{ state: 'failed', lease: null, ended: at('09:30') }] } })
    expect(decision).not.toHaveProperty('taken')
  })

  it('is given up when it is too late for a set that skips what it missed', () => {
    const set = { missed: 'skip' } as const
    const question = { set, ledger: ledger('08:00', running), gone: true }
    expect(written(decided({ ...question, now: '10:20' }))).toEqual(['08:00', '08:00 running'])
    expect(written(decided({ ...question, now: '10:20:01' }))).toEqual(['08:00', '08:00 failed'])
  })

  it('waits for its next attempt, which anybody makes', () => {
    const waiting = taken('08:00', { state: 'waiting', notBefore: at('08:05'), failures: 1, ended: null })
    const question = { ledger: ledger('08:00', waiting) }
    expect(decided({ ...question, now: '08:04:59' })).toMatchObject({ kind: 'waiting', until: new Date(at('08:05')) })
    expect(decided({ ...question, now: '08:05' })).toMatchObject({
      taken: { attempts: 2, failures: 1, notBefore: null },
    })
  })
})

describe('a clock that is wrong', () => {
  it('runs no slot again that the ledger knows, and says so when it is far off', () => {
    expect(decided({ ledger: ledger('10:00'), now: '09:50' })).not.toHaveProperty('ahead')
    expect(decided({ ledger: ledger('10:00'), now: '09:30' })).toMatchObject({ kind: 'idle', ahead: true })
  })
})
