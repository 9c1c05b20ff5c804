import { CronExpressionParser } from 'cron-parser'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ScheduleSet } from '../../src/model/schedule-set.js'
import { newestSlots, nextSlot, slotsBetween, startOf } from '../../src/schedule/slots.js'
import { wallClockSlots } from './wall-clock-slots.js'

const set = (cron: string, timezone: string): ScheduleSet => ({
  ...{ name: 'x', cron, timezone, missed: 'run-once', jitterSeconds: 0, timeLimitSeconds: 60 },
})

/** Gaps and repetitions of an hour, of half an hour, at midnight, and none at all. */
const ZONES = [
  ...['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/Santiago', 'Africa/Cairo'],
  ...['Europe/Dublin', 'America/Havana', 'Pacific/Chatham', 'Asia/Kathmandu', 'Asia/Beirut', 'UTC'],
]

describe('slots', () => {
  it.each([
    [
      '02:30 where clocks go from 2 to 3: the first instant after the gap',
      '30 2 * * *',
      'Europe/Berlin',
      '2026-03-28T12:00Z',
      ['2026-03-29T01:00', '2026-03-30T00:30'],
    ],
    [
      '02:30 where clocks go from 3 to 2: the first time only',
      '30 2 * * *',
      'Europe/Berlin',
      '2026-10-24T12:00Z',
      ['2026-10-25T00:30', '2026-10-26T01:30'],
    ],
    [
      'two times in one gap: once',
      '0,30 2 * * *',
      'Europe/Berlin',
      '2026-03-28T12:00Z',
      ['2026-03-29T01:00', '2026-03-30T00:00'],
    ],
    [
      'one in the gap, one after it: both',
      '30 2,3 * * *',
      'Europe/Berlin',
      '2026-03-28T12:00Z',
      ['2026-03-29T01:00', '2026-03-29T01:30'],
    ],
    [
      '02:30 in New York in spring',
      '30 2 * * *',
      'America/New_York',
      '2026-03-07T12:00Z',
      ['2026-03-08T07:00', '2026-03-09T06:30'],
    ],
    [
      '01:30 in New York in autumn',
      '30 1 * * *',
      'America/New_York',
      '2026-10-31T12:00Z',
      ['2026-11-01T05:30', '2026-11-02T06:30'],
    ],
    [
      '02:15 on Lord Howe, whose clocks go half an hour',
      '15 2 * * *',
      'Australia/Lord_Howe',
      '2026-10-03T02:00Z',
      ['2026-10-03T15:30', '2026-10-04T15:15'],
    ],
    [
      'midnight in Santiago, which a day does not have',
      '0 0 * * *',
      'America/Santiago',
      '2026-09-05T12:00Z',
      ['2026-09-06T04:00', '2026-09-07T03:00'],
    ],
    [
      'every hour keeps to real time',
      '0 * * * *',
      'Europe/Berlin',
      '2026-10-24T23:30Z',
      ['2026-10-25T00:00', '2026-10-25T01:00', '2026-10-25T02:00'],
    ],
    [
      'steps leave out what the clock leaves out',
      '*/30 2 * * *',
      'Europe/Berlin',
      '2026-03-28T12:00Z',
      ['2026-03-30T00:00', '2026-03-30T00:30'],
    ],
    [
      'steps come twice with a time that comes twice',
      '*/30 2 * * *',
      'Europe/Berlin',
      '2026-10-24T12:00Z',
      ['2026-10-25T00:00', '2026-10-25T00:30', '2026-10-25T01:00', '2026-10-25T01:30'],
    ],
    ['seconds in front', '15 30 2 * * *', 'Asia/Kathmandu', '2026-01-01T00:00Z', ['2026-01-01T20:45:15']],
    ['either of two days', '0 0 13 * 5', 'UTC', '2026-01-31T00:00Z', ['2026-02-06T00:00', '2026-02-13T00:00']],
  ])('%s', (_, cron, timezone, from, wanted) => {
    const times = set(cron, timezone)
    let after: Date | null = new Date(from)
    const found: string[] = []
    while (found.length < wanted.length && after !== null) {
      after = nextSlot(times, after)
      if (after !== null) found.push(after.toISOString())
    }
    expect(found).toEqual(wanted.map(text => new Date(`${text}Z`).toISOString()))
  })

  it('are those of the clock on the wall, in every zone and year', () => {
    const minute = fc.integer({ min: 0, max: 59 })
    const times = fc.uniqueArray(fc.integer({ min: 0, max: 23 }), { minLength: 1, maxLength: 3 })
    const weekdays = fc.option(fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 3 }))
    const zone = fc.constantFrom(...ZONES)
    fc.assert(
      fc.property(
        ...([
          zone,
          minute,
          times,
          weekdays,
          fc.integer({ min: 2016, max: 2036 }),
          fc.integer({ min: 0, max: 365 }),
        ] as const),
        (timezone, at, hours, days, year, day) => {
          const cron = `${at} ${hours.join(',')} * * ${days?.join(',') ?? '*'}`
          const from = new Date(Date.UTC(year, 0, day, 5, 17))
          const until = new Date(from.getTime() + 60 * 86_400_000)
          const found = slotsBetween(set(cron, timezone), from, until).map(slot => slot.toISOString())
          expect(found, `${cron} ${timezone} ${from.toISOString()}`).toEqual(
            wallClockSlots(set(cron, timezone), from, until),
          )
        },
      ),
      { numRuns: 200 },
    )
  })

  it('are those of another library wherever clocks do not change', () => {
    const field = (max: number, min = 0) =>
      fc.oneof(fc.constant('*'), fc.integer({ min, max }).map(String), fc.constantFrom('*/7', `${min}-${min + 3}`))
    fc.assert(
      fc.property(field(59), field(23), field(28, 1), field(12, 1), field(6), fc.nat(5000), (m, h, d, M, w, day) => {
        const cron = [m, h, d, M, w].join(' ')
        const from = new Date(Date.UTC(2020, 0, day, 13, 7, 5))
        const other = CronExpressionParser.parse(cron, { currentDate: from, tz: 'UTC' })
        let after = from
        for (let at = 0; at < 5; at++) {
          const next = nextSlot(set(cron, 'UTC'), after)
          expect(next?.toISOString(), cron).toBe(other.next().toDate().toISOString())
          after = next!
        }
      }),
      { numRuns: 200 },
    )
  })

  it('asked for from any instant on are the rest of the same list', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.nat(365 * 24 * 60),
        fc.constantFrom('30 2 * * *', '0,20,40 0,1,2 * * *', '*/20 * * * *'),
        (timezone, minutes, cron) => {
          const times = set(cron, timezone)
          const from = new Date(Date.UTC(2026, 0, 1, 0, minutes))
          const until = new Date(from.getTime() + 12 * 3_600_000)
          const all = slotsBetween(times, from, until).map(Number)
          for (const [at, slot] of all.entries()) {
            expect(slotsBetween(times, new Date(slot), until).map(Number)).toEqual(all.slice(at + 1))
            expect(newestSlots(times, from, new Date(slot)).map(Number)).toEqual(all.slice(Math.max(0, at - 1), at + 1))
          }
        },
      ),
      { numRuns: 25 },
    )
  })
})

describe('the start of a slot', () => {
  const jittered: ScheduleSet = { ...set('*/5 * * * *', 'UTC'), jitterSeconds: 900 }
  const slots = slotsBetween(jittered, new Date('2026-01-01T00:00Z'), new Date('2026-01-02T00:00Z'))

  it('is at the slot or later, before the next one, and the same for everybody', () => {
    for (const [at, slot] of slots.entries()) {
      const start = startOf(jittered, slot, 'lake')
      expect(start.getTime()).toBeGreaterThanOrEqual(slot.getTime())
      expect(start.getTime()).toBeLessThan((slots[at + 1] ?? new Date('2026-01-02T00:05Z')).getTime())
      expect(startOf({ ...jittered }, new Date(slot), 'lake')).toEqual(start)
    }
  })

  it('is spread over the jitter, and another one for another lake', () => {
    const delays = slots.map(slot => startOf(jittered, slot, 'lake').getTime() - slot.getTime())
    // The room is the five minutes to the next slot: each fifth of it gets about a fifth.
    for (let part = 0; part < 5; part++) {
      const share = delays.filter(ms => Math.floor(ms / 60_000) === part).length / delays.length
      expect(share).toBeGreaterThan(0.1)
      expect(share).toBeLessThan(0.3)
    }
    expect(slots.map(slot => startOf(jittered, slot, 'other'))).not.toEqual(
      slots.map(slot => startOf(jittered, slot, 'lake')),
    )
  })

  it('is the slot itself without a jitter', () => {
    expect(startOf(set('0 2 * * *', 'UTC'), slots[0]!, 'lake')).toEqual(slots[0])
  })
})
