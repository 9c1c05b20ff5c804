import { describe, expect, it } from 'vitest'
import { newRunId } from '../../src/model/run-id.js'
import { type CommittedRun, type RetentionRules, retain } from '../../src/retain/retention.js'

const HOUR_MS = 3_600_000
/** A Monday. */
const NOW = new Date('2026-11-23T12:00:00.000Z')

type Told = 'good' | 'bad' | 'nothing'

function run(at: string, told: Told = 'good', changes: Partial<CommittedRun> = {}): CommittedRun {
  const verdict = told === 'nothing' ? undefined : told
  const begun = new Date(`${at}:00.000Z`)
  const committedAt = new Date(begun.getTime() + 10 * 60_000)
  return { runId: newRunId(begun, 'aaaaaa'), committedAt, verdict, holds: [], references: [], ...changes }
}

function rules(changes: Partial<RetentionRules> = {}): RetentionRules {
  return { now: NOW, keepDaily: 0, keepWeekly: 0, graceMs: HOUR_MS, ...changes }
}

/** `2026-11-20T02:00` of each run that stays, with its reasons. */
function stays(runs: readonly CommittedRun[], changes: Partial<RetentionRules>): Record<string, string> {
  const decisions = retain(new Map([['papers', runs]]), rules(changes)).get('papers') ?? []
  return Object.fromEntries(
    decisions.filter(({ kept }) => kept).map(({ runId, reasons }) => [short(runId), reasons.join('; ')]),
  )
}

function goes(runs: readonly CommittedRun[], changes: Partial<RetentionRules>): Record<string, string> {
  const decisions = retain(new Map([['papers', runs]]), rules(changes)).get('papers') ?? []
  return Object.fromEntries(
    decisions.filter(({ kept }) => !kept).map(({ runId, reasons }) => [short(runId), reasons.join('; ')]),
  )
}

const short = (runId: string): string => runId.slice(4, 13)

describe('days and weeks', () => {
  // Saturday to Monday, with a day off between.
  const runs = [
    run('2026-11-14T02:00'),
    run('2026-11-19T02:00'),
    run('2026-11-21T02:00'),
    run('2026-11-21T14:00'),
    run('2026-11-22T02:00'),
    run('2026-11-23T02:00'),
  ]

  it('count where there are runs, so that an outage uses none of them up', () => {
    expect(stays(runs, { keepDaily: 4 })).toEqual({
      '1119T0200': 'stands for 2026-11-19',
      '1121T1400': 'stands for 2026-11-21',
      '1122T0200': 'stands for 2026-11-22',
      '1123T0200': 'the newest run; the newest good run; stands for 2026-11-23',
    })
    expect(goes(runs, { keepDaily: 4 })).toEqual({
      '1114T0200': 'older than the last 4 days with runs',
      '1121T0200': `${runs[3]!.runId} stands for 2026-11-21`,
    })
  })

  it('of weeks are those that begin on Monday', () => {
    expect(stays(runs, { keepWeekly: 3 })).toEqual({
      '1114T0200': 'stands for 2026-W46',
      '1122T0200': 'stands for 2026-W47',
      '1123T0200': 'the newest run; the newest good run; stands for 2026-W48',
    })
    expect(goes(runs, { keepWeekly: 1, keepDaily: 1 })['1119T0200']).toBe(
      'older than the last 1 day and 1 week with runs',
    )
  })

  it('are stood for by the newest good run, else by the newest that nobody looked at, else by the newest', () => {
    const day = (...verdicts: Told[]): CommittedRun[] => [
      ...verdicts.map((verdict, hour) => run(`2026-11-20T0${hour}:00`, verdict)),
      run('2026-11-23T02:00'),
    ]
    const stand = (...verdicts: Told[]): string => Object.keys(stays(day(...verdicts), { keepDaily: 2 }))[0] ?? ''
    expect(stand('good', 'good', 'nothing', 'bad')).toBe('1120T0100')
    expect(stand('bad', 'nothing', 'nothing', 'bad')).toBe('1120T0200')
    expect(stand('bad', 'bad')).toBe('1120T0100')
  })
})

describe('whatever the numbers say', () => {
  it('the newest run and the newest good one stay', () => {
    const runs = [run('2026-01-01T02:00'), run('2026-01-02T02:00', 'bad'), run('2026-11-22T02:00', 'bad')]
    expect(stays(runs, { keepDaily: 1 })).toEqual({
      '0101T0200': 'the newest good run',
      '1122T0200': 'the newest run; stands for 2026-11-22',
    })
  })

  it('what a reader was pointed to within the grace stays: until when a run was the newest its successor’s commit tells', () => {
    const overtaken = (minutesAgo: number): CommittedRun[] => [
      run('2026-11-23T02:00'),
      run('2026-11-23T11:00', 'good', { committedAt: new Date(NOW.getTime() - minutesAgo * 60_000) }),
    ]
    expect(stays(overtaken(59), { keepDaily: 1 })['1123T0200']).toBe('was the newest until 59m ago')
    expect(stays(overtaken(60), { keepDaily: 1 })['1123T0200']).toBeUndefined()
    expect(stays(overtaken(60), { keepDaily: 1, graceMs: 2 * HOUR_MS })['1123T0200']).toBe(
      'was the newest until 1h ago',
    )
    // Committed by a machine whose clock is ahead.
    expect(stays(overtaken(-30), { keepDaily: 1 })['1123T0200']).toBe('was the newest until 0s ago')
  })

  it('a run that was committed late, behind a newer one, stays as long', () => {
    const late = [
      run('2026-11-23T02:00', 'bad', { committedAt: new Date(NOW.getTime() - 30 * 60_000) }),
      run('2026-11-23T03:00'),
    ]
    expect(stays(late, { keepDaily: 1 })['1123T0200']).toBe('committed only just')
  })

  it('a run that is held stays, and one that cannot be read, which stands for nothing', () => {
    const runs = [
      run('2026-01-01T02:00', 'bad', { holds: ['_latest.json names it'] }),
      run('2026-11-20T01:00'),
      run('2026-11-20T02:00', 'nothing', { committedAt: undefined, holds: ['its manifest is of version 2'] }),
      run('2026-11-23T02:00'),
      run('2026-11-23T03:00', 'nothing', { committedAt: undefined, holds: ['its manifest is not JSON'] }),
    ]
    expect(stays(runs, { keepDaily: 2 })).toEqual({
      '0101T0200': '_latest.json names it',
      '1120T0100': 'stands for 2026-11-20',
      '1120T0200': 'its manifest is of version 2',
      '1123T0200': 'the newest run that can be read; the newest good run; stands for 2026-11-23',
      '1123T0300': 'the newest run; its manifest is not JSON',
    })
  })
})

describe('runs of several datasets', () => {
  it('stay together: those of one cycle, and those that foreign keys were held to, one step far', () => {
    const id = (at: string): string => run(at).runId
    const papers = [
      run('2026-10-01T02:00'),
      run('2026-11-20T02:00', 'bad'),
      run('2026-11-20T09:00'),
      run('2026-11-23T02:00'),
    ]
    const comments = [
      run('2026-11-19T02:00', 'good', { references: [{ dataset: 'papers', runId: id('2026-10-01T02:00') }] }),
      run('2026-11-20T02:00', 'good', {
        references: [
          { dataset: 'papers', runId: id('2026-11-20T02:00') },
          // The run before, of a rule that compares with it.
          { dataset: 'comments', runId: id('2026-11-19T02:00') },
        ],
      }),
      run('2026-11-20T09:00', 'bad'),
      run('2026-11-23T02:00', 'good', { references: [{ dataset: 'elsewhere', runId: id('2026-11-23T02:00') }] }),
    ]
    const decided = retain(
      new Map([
        ['papers', papers],
        ['comments', comments],
      ]),
      rules({ keepDaily: 2 }),
    )
    const told = (dataset: string): string[] =>
      decided
        .get(dataset)!
        .map(({ runId, kept, reasons }) => `${short(runId)} ${kept ? '+' : '-'} ${reasons.join('; ')}`)
    const run20 = id('2026-11-20T02:00')
    expect(told('papers')).toEqual([
      '1001T0200 - older than the last 2 days with runs',
      `1120T0200 + comments keeps its run of the same id; run ${run20} of comments was held to it`,
      '1120T0900 + stands for 2026-11-20',
      '1123T0200 + the newest run; the newest good run; stands for 2026-11-23; comments keeps its run of the same id',
    ])
    expect(told('comments')).toEqual([
      '1119T0200 - older than the last 2 days with runs',
      '1120T0200 + stands for 2026-11-20',
      '1120T0900 + papers keeps its run of the same id',
      '1123T0200 + the newest run; the newest good run; stands for 2026-11-23; papers keeps its run of the same id',
    ])
  })
})
