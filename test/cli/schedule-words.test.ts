import { describe, expect, it } from 'vitest'
import type { MissedSlots, TakenSlot } from '../../src/catalog/schedule-ledger.js'
import type { CommandContext } from '../../src/cli/command.js'
import { Output } from '../../src/cli/output.js'
import { localTime } from '../../src/cli/steps/local-time.js'
import { childLines } from '../../src/cli/steps/schedule-child-lines.js'
import { ScheduleTeller } from '../../src/cli/steps/schedule-teller.js'
import type { ScheduleSet } from '../../src/model/schedule-set.js'
import type { ScheduleEvent } from '../../src/schedule/schedule-event.js'
import { Capture } from './cli-fixture.js'

const SLOT = '2026-05-01T00:00:00.000Z'
const SET: ScheduleSet = {
  ...{ name: 'nightly', cron: '0 2 * * *', timezone: 'Europe/Berlin', missed: 'run-once' },
  ...{ jitterSeconds: 0, timeLimitSeconds: 60 },
}

const taken = (change: Partial<TakenSlot>): TakenSlot => ({
  ...{ slot: SLOT, state: 'done', runId: 'r', began: SLOT, ended: SLOT, attempts: 1, failures: 0 },
  ...{ exitCode: 0, reason: null, notBefore: null, lease: null, ...change },
})

const missed = (change: Partial<MissedSlots>): MissedSlots => ({
  ...{ slot: SLOT, last: SLOT, count: 1, state: 'missed', reason: 'absent', ended: SLOT, instead: null, ...change },
})

function told(events: readonly ScheduleEvent[], json = false) {
  const [stdout, stderr] = [new Capture(false), new Capture(false)]
  const io = { stdout, stderr, env: {}, cwd: '/', clock: { now: () => new Date('2026-05-01T00:03:12Z') } }
  const options = { json, quiet: false, verbose: false, color: false }
  const context = { io, options, out: new Output(io, options) } as unknown as CommandContext
  const teller = new ScheduleTeller(context, [SET])
  for (const event of events) teller.tell(event)
  return { stdout: stdout.text, stderr: stderr.text, exitCode: teller.exitCode(), slots: teller.slotsOf('nightly') }
}

const set = 'nightly'

describe('what happens to the schedule, in words', () => {
  it.each<[ScheduleEvent, string]>([
    [
      { event: 'started', set, slot: taken({}), resumed: false },
      'nightly: slot 2026-05-01 02:00 Europe/Berlin is run as r\n',
    ],
    [
      { event: 'started', set, slot: taken({ attempts: 2 }), resumed: true },
      'nightly: slot 2026-05-01 02:00 Europe/Berlin is run as r, attempt 2\n',
    ],
    [
      { event: 'finished', set, slot: taken({ exitCode: 1 }) },
      'nightly: slot 2026-05-01 02:00 Europe/Berlin is done: exit code 1, 3m 12s\n',
    ],
  ])('%#', (event, wanted) => expect(told([event])).toMatchObject({ stdout: wanted, stderr: '' }))

  it.each<[ScheduleEvent, string]>([
    [
      { event: 'finished', set, slot: taken({ state: 'failed', reason: 'why' }) },
      'warning nightly: slot 2026-05-01 02:00 Europe/Berlin is given up: why\n',
    ],
    [
      { event: 'finished', set, slot: taken({ state: 'waiting', reason: 'why' }) },
      'warning nightly: slot 2026-05-01 02:00 Europe/Berlin is to be gone on with: why\n',
    ],
    [
      { event: 'missed', set, slots: missed({ instead: '2026-05-02T00:00:00.000Z' }) },
      'warning nightly: slot 2026-05-01 02:00 Europe/Berlin was missed: nobody was there; that of 2026-05-02 02:00 Europe/Berlin is run\n',
    ],
    [
      { event: 'missed', set, slots: missed({ last: '2026-05-03T00:00:00.000Z', count: 3, reason: 'overrun' }) },
      'warning nightly: 3 slots from 2026-05-01 02:00 Europe/Berlin to 2026-05-03 02:00 Europe/Berlin were missed: the run of an earlier one was at work\n',
    ],
    [
      { event: 'lost', set, slot: taken({}) },
      'warning nightly: slot 2026-05-01 02:00 Europe/Berlin was taken over by another while this one was silent\n',
    ],
    [
      { event: 'held', set, slot: taken({}), by: 'host, process 7' },
      'nightly: slot 2026-05-01 02:00 Europe/Berlin is run by host, process 7\n',
    ],
    [
      { event: 'next', set, next: { slot: SLOT, startsBy: '2026-05-01T00:04:05.000Z' } },
      'nightly: next at 2026-05-01 02:00 Europe/Berlin (2026-05-01T00:00:00.000Z), begun at 2026-05-01 02:04:05 Europe/Berlin\n',
    ],
    [{ event: 'next', set, next: null }, 'nightly: its cron has no further time\n'],
    [{ event: 'trouble', set, text: 'away' }, 'warning nightly: away\n'],
  ])('on standard error: %#', (event, wanted) => expect(told([event])).toMatchObject({ stdout: '', stderr: wanted }))

  it('is with --json a line of the log for each slot', () => {
    const log = told(
      [
        { event: 'started', set, slot: taken({}), resumed: false },
        {
          event: 'finished',
          set,
          slot: taken({ state: 'failed', exitCode: 3, failures: 3, attempts: 3, reason: 'why' }),
        },
        { event: 'missed', set, slots: missed({}) },
      ],
      true,
    ).stderr.split('\n')
    expect(log.flatMap(line => (line.includes('"time"') ? [JSON.parse(line)] : []))).toEqual([
      {
        time: '2026-05-01T00:03:12.000Z',
        level: 'info',
        event: 'slot.started',
        runId: 'r',
        set,
        slot: SLOT,
        attempt: 1,
        resumed: false,
      },
      {
        ...{ time: '2026-05-01T00:03:12.000Z', level: 'error', event: 'slot.finished', runId: 'r', set, slot: SLOT },
        ...{ state: 'failed', exitCode: 3, seconds: 192, attempts: 3, failures: 3, reason: 'why', notBefore: null },
      },
      {
        ...{ time: '2026-05-01T00:03:12.000Z', level: 'warn', event: 'slot.missed', set, slot: SLOT },
        ...{ last: SLOT, count: 1, reason: 'absent', instead: null },
      },
    ])
  })

  it.each<[readonly Partial<TakenSlot>[], number]>([
    [[], 0],
    [[{ exitCode: 0 }], 0],
    [[{ exitCode: 0 }, { exitCode: 4 }], 4],
    [[{ exitCode: 4 }, { exitCode: 1 }], 1],
    [[{ exitCode: 1 }, { state: 'failed', exitCode: 2 }], 2],
    [[{ exitCode: 1 }, { state: 'failed', exitCode: null }], 3],
    [[{ state: 'failed', exitCode: 130 }], 3],
    [[{ state: 'waiting', exitCode: 130 }], 130],
  ])('ends with the exit code of the worst slot: %j, %i', (slots, wanted) => {
    const events = slots.map((slot, at) => ({
      event: 'finished' as const,
      set,
      slot: taken({ ...slot, slot: `2026-05-0${at + 1}T00:00:00.000Z` }),
    }))
    expect(told(events).exitCode).toBe(wanted)
  })

  it('keeps the last hundred slots only', () => {
    const events = Array.from({ length: 130 }, (_, at) => ({
      ...{ event: 'finished' as const, set },
      slot: taken({ slot: new Date(Date.parse(SLOT) + at * 1000).toISOString() }),
    }))
    const { slots } = told(events)
    expect(slots).toHaveLength(100)
    expect(slots.at(-1)).toMatchObject({ slot: '2026-05-01T00:02:09.000Z' })
  })
})

describe('what a run says', () => {
  const lines = [
    '{"event":"progress","documents":1}',
    '{"event":"note","text":"on the way"}',
    '{"event":"warning","text":"empty"}',
    '{"event":"error","code":"LAKE_FULL","message":"no room","hint":"make some"}',
    '{"time":"2026-05-01T00:00:00.000Z","level":"info","event":"run.finished"}',
    'Segmentation fault',
  ]
  const heard = (json: boolean, log: boolean): string[] => {
    const stderr = new Capture(false)
    const out = new Output(
      { stdout: new Capture(false), stderr, env: {}, cwd: '/', clock: { now: () => new Date() } },
      { json, quiet: false, color: false },
    )
    for (const line of lines) childLines(out, { json, log })({ set, slot: SLOT, runId: 'r' }, line)
    return stderr.text.trimEnd().split('\n')
  }

  it('is handed on as it is with --json, but for progress and notes', () => {
    expect(heard(true, false)).toEqual(lines.slice(2))
  })

  it('is said in words to people, and logged where a log is wanted', () => {
    const words = ['warning nightly: empty', 'warning nightly: LAKE_FULL no room', '  make some']
    expect(heard(false, false)).toEqual([...words, 'nightly: Segmentation fault'])
    expect(heard(false, true)).toEqual([...words, lines[4], 'nightly: Segmentation fault'])
  })
})

it('an instant is shown as the clock of the place shows it', () => {
  expect(localTime(new Date('2026-12-31T23:30:00Z'), 'Asia/Kathmandu')).toBe('2027-01-01 05:15 Asia/Kathmandu')
  expect(localTime(new Date('2026-07-01T00:00:05Z'), 'UTC')).toBe('2026-07-01 00:00:05 UTC')
})
