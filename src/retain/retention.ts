import { nounText } from '../model/count-text.js'
import { spanText } from '../model/duration.js'
import { type RunId, runIdInstant } from '../model/run-id.js'
import { dayOf, weekOf } from './calendar.js'

export interface RetentionRules {
  readonly now: Date
  /** Newest days (UTC) with runs of which one stays, 0 or more. */
  readonly keepDaily: number
  /** Newest weeks (ISO 8601, UTC) with runs of which one stays, 0 or more. */
  readonly keepWeekly: number
  /** A run that was the newest so many milliseconds ago stays. */
  readonly graceMs: number
}

/** A run that has a manifest. */
export interface CommittedRun {
  readonly runId: RunId
  /** undefined: its manifest cannot be read, and it stays. */
  readonly committedAt: Date | undefined
  /** As the gate has it, its age left aside; undefined: nobody has validated it, or what was found cannot be read. */
  readonly verdict: 'good' | 'bad' | undefined
  /** Why it stays whatever the rules say, in words. */
  readonly holds: readonly string[]
  /** The runs of other datasets that its foreign keys were held to. */
  readonly references: readonly { readonly dataset: string; readonly runId: RunId }[]
}

/** What becomes of a run. */
export interface Decision {
  readonly runId: RunId
  readonly kept: boolean
  /** Everything that keeps it; or the one reason why it goes. */
  readonly reasons: readonly string[]
}

/** Committed runs of each dataset, by its name, each list oldest first. */
export type CommittedRuns = ReadonlyMap<string, readonly CommittedRun[]>

/**
 * Which runs stay, of all datasets at once, because runs belong together across datasets: a run that stays by itself
 * keeps those of the same cycle, which have its id, and those that its foreign keys were held to. It goes no further than
 * that one step: whom a run kept for another's sake refers to may go.
 *
 * More days, more weeks or a longer grace never let a run go that stayed before, and what stays would stay again.
 */
export function retain(runs: CommittedRuns, rules: RetentionRules): ReadonlyMap<string, readonly Decision[]> {
  const own = new Map([...runs].map(([dataset, list]) => [dataset, keptByItself(list, rules)]))
  const besides = keptForOthers(runs, own)
  return new Map(
    [...runs].map(([dataset, list]) => {
      const outcome = own.get(dataset)!
      const decisions = list.map(({ runId }): Decision => {
        const reasons = [...(outcome.reasons.get(runId) ?? []), ...(besides.get(nameOf(dataset, runId)) ?? [])]
        if (reasons.length > 0) return { runId, kept: true, reasons }
        return { runId, kept: false, reasons: [whyGone(runId, outcome, rules)] }
      })
      return [dataset, decisions]
    }),
  )
}

interface OwnOutcome {
  readonly reasons: ReadonlyMap<RunId, readonly string[]>
  readonly days: ReadonlyMap<string, CommittedRun>
  readonly weeks: ReadonlyMap<string, CommittedRun>
}

function keptByItself(runs: readonly CommittedRun[], rules: RetentionRules): OwnOutcome {
  const { now, keepDaily, keepWeekly, graceMs } = rules
  const since = now.getTime() - graceMs
  const reasons = new Map<RunId, string[]>()
  const keep = (run: CommittedRun | undefined, reason: string): void => {
    if (run === undefined) return
    const told = reasons.get(run.runId) ?? []
    reasons.set(run.runId, [...told, reason])
  }
  // What cannot be read stands for no day: a run that can be read has to.
  const readable = runs.filter(({ committedAt }) => committedAt !== undefined)
  keep(runs.at(-1), 'the newest run')
  if (readable.at(-1) !== runs.at(-1)) keep(readable.at(-1), 'the newest run that can be read')
  keep(newestGood(runs), 'the newest good run')
  const days = newestPeriods(readable, dayOf, keepDaily)
  for (const [day, run] of days) keep(run, `stands for ${day}`)
  const weeks = newestPeriods(readable, weekOf, keepWeekly)
  for (const [week, run] of weeks) keep(run, `stands for ${week}`)
  // From the newest to the oldest: a run was the newest until one with a greater id was committed.
  let until = Number.POSITIVE_INFINITY
  for (const run of readable.toReversed()) {
    const committed = run.committedAt!.getTime()
    if (until !== Number.POSITIVE_INFINITY && until > since)
      keep(run, `was the newest until ${spanText(Math.max(0, now.getTime() - until) / 1000)} ago`)
    else if (committed > since) keep(run, 'committed only just')
    until = Math.min(until, committed)
  }
  for (const run of runs) for (const hold of run.holds) keep(run, hold)
  return { reasons, days, weeks }
}

/** The run that readers fall back on. */
export function newestGood(runs: readonly CommittedRun[]): CommittedRun | undefined {
  return runs.findLast(({ verdict }) => verdict === 'good')
}

/** The better the greater: a run that nobody has looked at may be good. */
function rankOf({ verdict }: CommittedRun): number {
  return verdict === 'good' ? 2 : verdict === undefined ? 1 : 0
}

/** The run that stands for each of the newest periods that have runs: the newest of the best. */
function newestPeriods(
  runs: readonly CommittedRun[],
  periodOf: (instant: Date) => string,
  most: number,
): Map<string, CommittedRun> {
  const standing = new Map<string, CommittedRun>()
  // Newest first, so that of equally good ones the first stands.
  for (const run of runs.toReversed()) {
    const period = periodOf(runIdInstant(run.runId))
    const before = standing.get(period)
    if (before === undefined) {
      if (standing.size < most) standing.set(period, run)
    } else if (rankOf(run) > rankOf(before)) standing.set(period, run)
  }
  return standing
}

/** Reasons by dataset and run id, of runs that others need. */
function keptForOthers(
  runs: CommittedRuns,
  own: ReadonlyMap<string, OwnOutcome>,
): ReadonlyMap<string, readonly string[]> {
  const reasons = new Map<string, string[]>()
  const keep = (dataset: string, runId: RunId, reason: string): void => {
    const name = nameOf(dataset, runId)
    const told = reasons.get(name) ?? []
    if (!told.includes(reason)) reasons.set(name, [...told, reason])
  }
  for (const [dataset, list] of runs) {
    for (const { runId, references } of list) {
      if (own.get(dataset)?.reasons.get(runId) === undefined) continue
      for (const other of runs.keys())
        if (other !== dataset) keep(other, runId, `${dataset} keeps its run of the same id`)
      for (const to of references)
        if (to.dataset !== dataset) keep(to.dataset, to.runId, `run ${runId} of ${dataset} was held to it`)
    }
  }
  return reasons
}

function whyGone(runId: RunId, { days, weeks }: OwnOutcome, { keepDaily, keepWeekly }: RetentionRules): string {
  const instant = runIdInstant(runId)
  for (const [period, standing] of [[dayOf(instant), days] as const, [weekOf(instant), weeks] as const]) {
    const other = standing.get(period)
    if (other !== undefined) return `${other.runId} stands for ${period}`
  }
  const kept = [
    ...(keepDaily > 0 ? [nounText(keepDaily, 'day')] : []),
    ...(keepWeekly > 0 ? [nounText(keepWeekly, 'week')] : []),
  ]
  return `older than the last ${kept.join(' and ')} with runs`
}

function nameOf(dataset: string, runId: RunId): string {
  return `${dataset} ${runId}`
}
