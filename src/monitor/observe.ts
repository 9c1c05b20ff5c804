import { readLedger } from '../catalog/schedule-ledger.js'
import { LakeferryError } from '../errors.js'
import { atOnce } from '../model/at-once.js'
import type { Observation } from '../model/check.js'
import { lakeKey } from '../model/lake-key.js'
import type { Clock } from '../ports/clock.js'
import type { ObjectStore } from '../ports/object-store.js'
import type { ClockReading, SourceHealth } from '../ports/source-health.js'
import { longestExport } from './attempt-history.js'
import { clockCheck } from './clock-check.js'
import { type DatasetFacts, readDatasetFacts } from './dataset-facts.js'
import { within } from './deadline.js'
import { type Draft, withCauses } from './draft.js'
import { type Finding, find } from './finding.js'
import { freshnessCheck } from './freshness-check.js'
import { jobCheck } from './job-check.js'
import { oplogCheck } from './oplog-check.js'
import { lakeCheck, sourceCheck } from './reach-check.js'
import { runCheck } from './run-check.js'
import { type LedgerFound, slotsCheck } from './slots-check.js'
import { stuckCheck } from './stuck-check.js'
import { verdictCheck } from './verdict-check.js'
import { volumeCheck } from './volume-check.js'
import type { WatchedDataset, WatchedSet } from './watched.js'

export interface ObserveQuestion {
  /** Or what kept it from being opened. */
  readonly lake: ObjectStore | LakeferryError
  /** As a person would write it, without secrets. */
  readonly lakeUrl: string
  readonly clock: Clock
  readonly datasets: readonly WatchedDataset[]
  /** Of the schedule. */
  readonly sets: readonly WatchedSet[]
  readonly source: {
    /** Without secrets. */
    readonly server: string
    readonly ask: () => Promise<SourceHealth>
  }
  readonly jobs: {
    /** Whether validations may run elsewhere, by the configuration. */
    readonly remote: boolean
    readonly limitSeconds: number
  }
  /** How long any one answer is waited for, in milliseconds. @defaultValue {@link PATIENCE} */
  readonly patience?: Partial<Patience>
}

interface Patience {
  readonly lakeMs: number
  readonly sourceMs: number
}

/**
 * In milliseconds. A lake that never answered is tried eight times before its adapter gives up, which takes up to 13 s
 * and then says why; a MongoDB that is there answers at once.
 */
export const PATIENCE: Patience = { lakeMs: 15_000, sourceMs: 5_000 }

/** Datasets that are looked at at the same time. Each asks about ten times, some of them side by side. */
const DATASETS_AT_ONCE = 6

/** What one pass found, and what it found it by. */
export interface Observed extends Observation {
  /** Of each dataset, by its name: whoever shows the same datasets beside it need not ask the lake again. */
  readonly facts: ReadonlyMap<string, DatasetFacts>
}

/**
 * One pass of the monitor: everything there is to look at, from what lies on the lake, and from MongoDB what only MongoDB
 * can say. Nothing of it needs anything else of it: what cannot be looked at is `unknown`, and hinders nobody.
 *
 * @throws only what is a defect of ours
 */
export async function observe(question: ObserveQuestion): Promise<Observed> {
  const { datasets, sets, source, clock, jobs } = question
  const { lakeMs, sourceMs } = { ...PATIENCE, ...question.patience }
  const now = clock.now()
  const [lakeSide, health] = await Promise.all([
    readLakeSide(question, now, lakeMs),
    find(() => within(sourceMs, source.ask())),
  ])
  const { probe, lakeClock, facts, ledgers } = lakeSide
  const longest = datasets.flatMap((_, index) => longestOf(facts[index]!) ?? [])
  const drafts: (Draft | undefined)[] = [
    lakeCheck(probe, question.lakeUrl),
    sourceCheck(health, source.server),
    clockCheck('lake', lakeClock),
    clockCheck('source', health.known ? { known: true, value: health.value.clock } : health),
    oplogCheck(health, longest.length === 0 ? undefined : Math.max(...longest)),
    ...sets.map((set, index) => slotsCheck(set, ledgers[index]!, now)),
    ...datasets.flatMap((dataset, index) => {
      const found = facts[index]!
      return [
        freshnessCheck(dataset, found, now),
        runCheck(dataset, found, now),
        stuckCheck(dataset, found, now),
        verdictCheck(dataset, found, now),
        volumeCheck(dataset, found),
        jobCheck(dataset, found, { ...jobs, now }),
      ]
    }),
  ]
  return {
    at: now.toISOString(),
    checks: withCauses(drafts.filter(draft => draft !== undefined)),
    facts: new Map(datasets.map(({ name }, index) => [name, facts[index]!])),
  }
}

interface LakeSide {
  readonly probe: Finding<unknown>
  /** Undefined where the lake has no clock of its own. */
  readonly lakeClock: Finding<ClockReading | undefined> | undefined
  /** In the order of the datasets. */
  readonly facts: readonly DatasetFacts[]
  /** In the order of the sets. */
  readonly ledgers: readonly Finding<LedgerFound>[]
}

async function readLakeSide(
  { lake, datasets, sets }: ObserveQuestion,
  now: Date,
  patienceMs: number,
): Promise<LakeSide> {
  // Before the rest: of a lake that is gone nothing else is asked, and so waited for.
  const probe = await find(async () => {
    if (lake instanceof LakeferryError) throw lake
    return within(patienceMs, lake.get(lakeKey.alerts))
  })
  if (lake instanceof LakeferryError || !probe.known) {
    const gone = probe as Finding<never>
    const clockToo = lake instanceof LakeferryError || lake.readClock !== undefined ? gone : undefined
    return { probe, lakeClock: clockToo, facts: datasets.map(() => nothingKnown(gone)), ledgers: sets.map(() => gone) }
  }
  const [lakeClock, facts, ledgers] = await Promise.all([
    lake.readClock === undefined ? undefined : find(() => within(patienceMs, lake.readClock!())),
    atOnce(DATASETS_AT_ONCE, datasets, async ({ name }) => {
      const found = await find(() => within(patienceMs, readDatasetFacts(lake, name, now)))
      return found.known ? found.value : nothingKnown(found)
    }),
    Promise.all(sets.map(({ name }) => find(() => within(patienceMs, findLedger(lake, name))))),
  ])
  return { probe, lakeClock, facts, ledgers }
}

async function findLedger(lake: ObjectStore, set: string): Promise<LedgerFound> {
  const { ledger, etag } = await readLedger(lake, set)
  return ledger ?? (etag === undefined ? undefined : 'damaged')
}

function nothingKnown(why: Finding<never>): DatasetFacts {
  return { newest: why, result: why, anomalies: why, attempts: why, unfinished: why, jobs: why }
}

function longestOf({ attempts, newest }: DatasetFacts): number | undefined {
  return longestExport(attempts.known ? attempts.value.attempts : [], newest.known ? newest.value : undefined)
}
