import { atOnce } from '../model/at-once.js'
import type { Manifest } from '../model/manifest.js'
import type { RunId } from '../model/run-id.js'
import type { ListedObject, ObjectStore } from '../ports/object-store.js'
import { type Finding, judgeRun } from './find-garbage.js'
import type { SweepRules } from './garbage.js'
import type { CommittedRun } from './retention.js'
import { type RunObjects, runsOnLake } from './runs-on-lake.js'

/** Runs whose manifests are read at once; several of them may be large. */
const AT_ONCE = 16

/** What is known of one run: small, whatever it holds, since there may be thousands. */
export interface SurveyedRun {
  readonly runId: RunId
  /** Of its folder. */
  readonly objects: number
  readonly bytes: number
  readonly plan: ListedObject[]
  readonly claim: ListedObject | undefined
  readonly finding: Finding | undefined
  /** Only of a committed run. `facts.holds` are those that its own objects tell. */
  readonly facts?: CommittedRun
}

export interface SurveyDeps {
  readonly lake: ObjectStore
  readonly signal: AbortSignal
}

/** Says of a run what a retention goes by beside its manifest. */
export type VerdictReader = (manifest: Manifest) => Promise<Pick<CommittedRun, 'verdict' | 'references'>>

/**
 * Looks at every run of a dataset, oldest first. Nothing is changed. Costs a listing, a read for each run and, with
 * `verdict`, a second one for each committed run.
 *
 * @param verdict - left out where nothing is to be retained
 */
export async function survey(
  { lake, signal }: SurveyDeps,
  dataset: string,
  rules: SweepRules,
  verdict?: VerdictReader,
): Promise<readonly SurveyedRun[]> {
  const found: SurveyedRun[] = []
  let some: RunObjects[] = []
  const look = async (): Promise<void> => {
    signal.throwIfAborted()
    found.push(...(await atOnce(AT_ONCE, some, run => surveyRun(lake, dataset, run, rules, verdict))))
    some = []
  }
  for await (const run of runsOnLake(lake, dataset)) {
    some.push(run)
    if (some.length === AT_ONCE) await look()
  }
  await look()
  return found.sort((a, b) => (a.runId < b.runId ? -1 : 1))
}

async function surveyRun(
  lake: ObjectStore,
  dataset: string,
  run: RunObjects,
  rules: SweepRules,
  verdict: VerdictReader | undefined,
): Promise<SurveyedRun> {
  const { runId, folder, plan, claim } = run
  const { committed, finding, manifest, problem, atWork } = await judgeRun(lake, dataset, run, rules)
  const bytes = folder.reduce((sum, object) => sum + object.bytes, 0)
  const plain = { runId, objects: folder.length, bytes, plan, claim, finding }
  if (!committed) return plain
  const holds = [problem, atWork].filter(text => text !== undefined)
  if (manifest === undefined)
    return { ...plain, facts: { runId, committedAt: undefined, verdict: undefined, holds, references: [] } }
  const told = (await verdict?.(manifest)) ?? { verdict: undefined, references: [] }
  const committedAt = new Date(manifest.committedAt)
  // A time that cannot be read would make the run look old.
  if (Number.isNaN(committedAt.getTime()))
    return {
      ...plain,
      facts: { runId, committedAt: undefined, holds: [...holds, `was committed at ${manifest.committedAt}`], ...told },
    }
  return { ...plain, facts: { runId, committedAt, holds, ...told } }
}
