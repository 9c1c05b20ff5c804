import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newRunId, runIdInstant } from '../../src/model/run-id.js'
import { type CommittedRun, type CommittedRuns, type RetentionRules, retain } from '../../src/retain/retention.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const NOW = Date.UTC(2026, 0, 12, 12)

/** Begun up to 40 days before now, around a change of the year, or by a clock that is ahead. */
const run = fc.record({
  hoursAgo: fc.integer({ min: -2, max: 40 * 24 }),
  /** Of the export. */
  minutes: fc.nat(180),
  verdict: fc.constantFrom('good', 'good', 'bad', undefined),
  unreadable: fc.nat(9).map(n => n === 0),
  held: fc.nat(9).map(n => n === 0),
  /** Of the other dataset's runs, by place. */
  refersTo: fc.option(fc.nat(20), { nil: undefined }),
})

const lists = fc.record({ papers: fc.array(run, { maxLength: 25 }), comments: fc.array(run, { maxLength: 12 }) })

const rulesOf = (keepDaily: number, keepWeekly: number, graceHours: number): RetentionRules => ({
  ...{ now: new Date(NOW), keepDaily, keepWeekly, graceMs: graceHours * HOUR_MS },
})
const rules = fc.tuple(fc.nat(20), fc.nat(7), fc.integer({ min: 1, max: 30 }))

function runsOf(drawn: typeof lists extends fc.Arbitrary<infer T> ? T : never): CommittedRuns {
  const ids = (dataset: 'papers' | 'comments'): string[] =>
    [...new Set(drawn[dataset].map(({ hoursAgo }) => newRunId(new Date(NOW - hoursAgo * HOUR_MS), 'aaaaaa')))].sort()
  const made = (dataset: 'papers' | 'comments', other: 'papers' | 'comments'): CommittedRun[] =>
    ids(dataset).map(runId => {
      const facts = drawn[dataset].find(({ hoursAgo }) => runIdInstant(runId).getTime() === NOW - hoursAgo * HOUR_MS)!
      const { minutes, verdict, unreadable, held, refersTo } = facts
      const target = refersTo === undefined ? undefined : ids(other)[refersTo]
      return {
        runId,
        committedAt: unreadable ? undefined : new Date(runIdInstant(runId).getTime() + minutes * 60_000),
        verdict: unreadable ? undefined : verdict,
        holds: held || unreadable ? ['held'] : [],
        references: target === undefined ? [] : [{ dataset: other, runId: target }],
      }
    })
  return new Map([
    ['papers', made('papers', 'comments')],
    ['comments', made('comments', 'papers')],
  ])
}

function keptIds(runs: CommittedRuns, by: RetentionRules): Map<string, Set<string>> {
  return new Map(
    [...retain(runs, by)].map(([dataset, decisions]) => [
      dataset,
      new Set(decisions.filter(({ kept }) => kept).map(({ runId }) => runId)),
    ]),
  )
}

/** The Monday that a day's week begins with: no week numbers, so that it shares nothing with what is tested. */
function mondayOf(instant: Date): number {
  const midnight = Math.floor(instant.getTime() / DAY_MS)
  // 1 January 1970 was a Thursday.
  return midnight - ((midnight + 3) % 7)
}

/** The same policy, reckoned for each run by itself and without haste. */
function reckoned(runs: CommittedRuns, { keepDaily, keepWeekly, graceMs }: RetentionRules): Map<string, Set<string>> {
  const own = new Map<string, Set<string>>()
  for (const [dataset, list] of runs) {
    const readable = list.filter(({ committedAt }) => committedAt)
    const best = (some: readonly CommittedRun[]): string | undefined =>
      [...some]
        .sort((a, b) => {
          const rank = ({ verdict }: CommittedRun): number => ['bad', undefined, 'good'].indexOf(verdict)
          return rank(b) - rank(a) || (a.runId < b.runId ? 1 : -1)
        })
        .at(0)?.runId
    const stands = (most: number, period: (instant: Date) => number, runId: string): boolean => {
      const mine = period(runIdInstant(runId))
      const periods = [...new Set(readable.map(other => period(runIdInstant(other.runId))))]
      if (periods.filter(other => other > mine).length >= most) return false
      return best(readable.filter(other => period(runIdInstant(other.runId)) === mine)) === runId
    }
    /** Whether at any minute of the grace it was the one that readers were given. */
    const wasNewest = (of: CommittedRun): boolean => {
      for (let at = NOW - graceMs + 1; at <= NOW; at += HOUR_MS / 60) {
        const there = readable.filter(({ committedAt }) => committedAt!.getTime() <= at)
        if (there.at(-1)?.runId === of.runId) return true
      }
      return false
    }
    const kept = list.filter(
      one =>
        one.holds.length > 0 ||
        one === list.at(-1) ||
        one === readable.at(-1) ||
        one === list.findLast(({ verdict }) => verdict === 'good') ||
        (one.committedAt !== undefined &&
          (stands(keepDaily, instant => Math.floor(instant.getTime() / DAY_MS), one.runId) ||
            stands(keepWeekly, mondayOf, one.runId) ||
            wasNewest(one) ||
            one.committedAt.getTime() > NOW - graceMs ||
            // By a clock that is ahead its successor is yet to come.
            (one !== readable.at(-1) &&
              readable.filter(r => r.runId > one.runId).every(r => r.committedAt!.getTime() > NOW)))),
    )
    own.set(dataset, new Set(kept.map(({ runId }) => runId)))
  }
  const all = new Map([...own].map(([dataset, ids]) => [dataset, new Set(ids)]))
  for (const [dataset, list] of runs) {
    for (const { runId, references } of list.filter(one => own.get(dataset)!.has(one.runId))) {
      for (const [other, others] of runs) if (others.some(one => one.runId === runId)) all.get(other)!.add(runId)
      for (const to of references) all.get(to.dataset)!.add(to.runId)
    }
  }
  return all
}

describe('the retention', () => {
  it('keeps what the same policy keeps when it is reckoned run by run', () => {
    fc.assert(
      fc.property(lists, rules, (drawn, numbers) => {
        const [runs, by] = [runsOf(drawn), rulesOf(...numbers)]
        expect(keptIds(runs, by)).toEqual(reckoned(runs, by))
      }),
      { numRuns: 400 },
    )
  })

  it('never lets the newest run, the newest good one or a held one go, and gives every run a reason', () => {
    fc.assert(
      fc.property(lists, rules, (drawn, numbers) => {
        const runs = runsOf(drawn)
        for (const [dataset, decisions] of retain(runs, rulesOf(...numbers))) {
          const list = runs.get(dataset)!
          expect(decisions.map(({ runId }) => runId)).toEqual(list.map(({ runId }) => runId))
          const gone = new Set(decisions.filter(({ kept }) => !kept).map(({ runId }) => runId))
          const safe = [
            list.at(-1),
            list.findLast(({ verdict }) => verdict === 'good'),
            ...list.filter(r => r.holds[0]),
          ]
          for (const one of safe) expect(gone.has(one?.runId ?? '')).toBe(false)
          for (const { kept, reasons } of decisions) expect(kept ? reasons.length > 0 : reasons.length === 1).toBe(true)
        }
      }),
    )
  })

  it('lets nothing go that it kept before, when more is to be kept', () => {
    const more = fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3))
    fc.assert(
      fc.property(lists, rules, more, (drawn, [daily, weekly, grace], [d, w, g]) => {
        const runs = runsOf(drawn)
        const before = keptIds(runs, rulesOf(daily, weekly, grace))
        const after = keptIds(runs, rulesOf(daily + d, weekly + w, grace + g))
        for (const [dataset, ids] of before) expect([...ids].filter(id => !after.get(dataset)!.has(id))).toEqual([])
      }),
    )
  })

  it('keeps all of what it has left, when it is asked again', () => {
    fc.assert(
      fc.property(lists, rules, (drawn, numbers) => {
        const [runs, by] = [runsOf(drawn), rulesOf(...numbers)]
        const kept = keptIds(runs, by)
        const left = new Map([...runs].map(([name, list]) => [name, list.filter(r => kept.get(name)!.has(r.runId))]))
        expect(keptIds(left, by)).toEqual(kept)
      }),
    )
  })
})
