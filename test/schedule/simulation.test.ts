import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SLOTS_KEPT, type SlotRecord } from '../../src/catalog/schedule-ledger.js'
import type { ScheduleSet } from '../../src/model/schedule-set.js'
import { type SimulationOutcome, simulate } from './simulation.js'
import { wallClockSlots } from './wall-clock-slots.js'

const common = { missed: 'run-once', jitterSeconds: 0, timeLimitSeconds: 10 * 3600 } as const
const NIGHTLY: ScheduleSet = { name: 'nightly', cron: '30 2 * * *', timezone: 'Europe/Berlin', ...common }
const WEEKLY: ScheduleSet = {
  ...common,
  name: 'weekly',
  cron: '0 4 * * 0',
  timezone: 'America/New_York',
  missed: 'skip',
}
const OFTEN: ScheduleSet = {
  ...common,
  name: 'often',
  cron: '15 1,7,13,19 * * *',
  timezone: 'Australia/Lord_Howe',
  jitterSeconds: 900,
}

/**
 * Holds what was written to the slots worked out from the clock on the wall alone: each has one fate.
 *
 * @returns how many had which
 */
function checkFates({ records, runs }: SimulationOutcome, set: ScheduleSet, from: Date): Record<string, number> {
  const found = records.get(set.name) ?? []
  const first = found[0]?.slot ?? ''
  const last = found.map(end).sort().at(-1) ?? ''
  const expected = wallClockSlots(set, from, new Date(last)).filter(slot => slot >= first)
  const fates = new Map<string, string[]>(expected.map(slot => [slot, []]))
  for (const record of found) {
    const covered = expected.filter(slot => slot >= record.slot && slot <= end(record))
    if (record.state === 'missed') expect(covered).toHaveLength(record.count ?? -1)
    for (const slot of covered) fates.get(slot)?.push(record.state)
  }
  expect([...fates].filter(([, states]) => states.length !== 1)).toEqual([])
  const commits = runs.commits.filter(commit => commit.set === set.name)
  expect(new Set(commits.map(({ slot }) => slot)).size).toBe(commits.length)
  expect(new Set(commits.map(({ runId }) => runId)).size).toBe(commits.length)
  const committed = new Set(commits.map(({ slot }) => slot))
  for (const record of found) {
    if (record.state === 'done') expect(committed, record.slot).toContain(record.slot)
    if (record.state === 'missed') expect(committed, record.slot).not.toContain(record.slot)
  }
  const counts: Record<string, number> = {}
  for (const [state = ''] of fates.values()) counts[state] = (counts[state] ?? 0) + 1
  return counts
}

const end = (record: SlotRecord): string => (record.state === 'missed' ? record.last : record.slot)

describe('simulated time', () => {
  it('gives each slot of 400 days over three changes of the clocks one fate, whatever happens to three machines', async () => {
    const from = new Date('2026-01-15T12:00:00Z')
    const options = { seed: 7, from, days: 400, machines: 3, troubleEveryHours: 30 }
    const outcome = await simulate({ ...options, sets: [NIGHTLY, WEEKLY, OFTEN] })
    expect(outcome.thrown).toEqual([])
    expect(outcome.runs.doubled).toEqual([])
    const nightly = checkFates(outcome, NIGHTLY, from)
    checkFates(outcome, WEEKLY, from)
    const often = checkFates(outcome, OFTEN, from)
    expect(Object.keys(outcome.troubles)).toHaveLength(6)
    for (const times of Object.values(outcome.troubles)) expect(times).toBeGreaterThan(50)
    // Something of everything did happen.
    for (const counts of [nightly, often]) {
      expect(counts['done']).toBeGreaterThan(300)
      expect(counts['failed']).toBeGreaterThan(0)
    }
    expect(Object.values(nightly).reduce((a, b) => a + b)).toBeGreaterThan(398)
    expect(outcome.largest).toBeLessThan(SLOTS_KEPT * 1000)
  }, 180_000)

  it('does so whatever the chance, the number of machines and the rate of trouble', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 2, max: 60 }),
        fc.integer({ min: 0, max: 400 }),
        async (seed, machines, troubleEveryHours, day) => {
          const from = new Date(Date.UTC(2026, 0, 1 + day, 5))
          const outcome = await simulate({ seed, from, days: 15, machines, troubleEveryHours, sets: [NIGHTLY, OFTEN] })
          expect(outcome.thrown).toEqual([])
          expect(outcome.runs.doubled).toEqual([])
          checkFates(outcome, NIGHTLY, from)
          checkFates(outcome, OFTEN, from)
        },
      ),
      { numRuns: 10 },
    )
  }, 180_000)
})
