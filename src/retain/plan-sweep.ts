import type { RunId } from '../model/run-id.js'
import type { SweepRules } from './garbage.js'
import { findHolds } from './holds.js'
import { type Decision, type RetentionRules, retain } from './retention.js'
import { strayReports } from './stray-reports.js'
import { type SurveyDeps, type SurveyedRun, survey, type VerdictReader } from './survey.js'
import { type Judging, verdictOf } from './verdict.js'

/** A dataset to look at, and what its verdicts go by. */
export interface SweptDataset {
  readonly name: string
  readonly judging: Judging
}

/** What a sweep of a dataset is about to do. */
export interface DatasetSweep {
  readonly dataset: string
  /** Oldest first; then those of which there are reports alone. */
  readonly runs: readonly SurveyedRun[]
  readonly verdict: VerdictReader
  /** Of its committed runs; absent where nothing is retained, and so every one of them stays. */
  readonly decisions?: ReadonlyMap<RunId, Decision>
}

/** The sweep of a dataset without a retention: every committed run stays. */
export async function planDataset(
  deps: SurveyDeps,
  { name, judging }: SweptDataset,
  rules: SweepRules,
): Promise<DatasetSweep> {
  const verdict: VerdictReader = manifest => verdictOf(deps.lake, manifest, judging)
  return { dataset: name, runs: await survey(deps, name, rules), verdict }
}

/**
 * The sweeps of datasets whose runs are retained together: which run stays depends on those of the others.
 *
 * @param datasets - all that the configuration has, whichever are to be swept
 */
export async function planRetention(
  deps: SurveyDeps,
  datasets: readonly SweptDataset[],
  rules: SweepRules,
  retention: Omit<RetentionRules, 'now'>,
): Promise<ReadonlyMap<string, DatasetSweep>> {
  const { lake } = deps
  const sweeps = new Map<string, DatasetSweep>()
  for (const { name, judging } of datasets) {
    const verdict: VerdictReader = manifest => verdictOf(lake, manifest, judging)
    const runs = await survey(deps, name, rules, verdict)
    const stray = await strayReports(lake, name, new Set(runs.map(({ runId }) => runId)))
    sweeps.set(name, { dataset: name, runs: [...runs, ...stray], verdict })
  }
  // After the surveys: a pointer that was moved meanwhile, or a job that was begun, is seen.
  const holds = await findHolds(lake, [...sweeps.keys()], rules)
  const committed = new Map(
    [...sweeps].map(([dataset, { runs }]) => [
      dataset,
      runs.flatMap(({ runId, facts }) =>
        facts === undefined ? [] : [{ ...facts, holds: [...facts.holds, ...holds.of(dataset, runId)] }],
      ),
    ]),
  )
  const decided = retain(committed, { ...retention, now: rules.now })
  return new Map(
    [...sweeps].map(([dataset, sweep]) => {
      const decisions = new Map(decided.get(dataset)?.map(decision => [decision.runId, decision]))
      return [dataset, { ...sweep, decisions }]
    }),
  )
}
