import type { Contract } from '../../model/contract.js'
import type { Manifest } from '../../model/manifest.js'
import type { Profile } from '../../model/profile.js'
import type { Clock } from '../../ports/clock.js'
import type { ObjectStore } from '../../ports/object-store.js'
import type { QueryEngine } from '../../ports/query-engine.js'
import type { Validation } from '../../validate/validate-run.js'
import { TOOL } from '../version.js'

export interface ValidateStepRequest {
  readonly manifest: Manifest
  readonly contract: Contract
  readonly rows: boolean
  /** Validate even where the verdict is on the lake already. @defaultValue true */
  readonly again?: boolean
  /** Also make the run's profile, unless it is there. @defaultValue false */
  readonly profile?: boolean
  readonly signal: AbortSignal
}

export interface ValidateStepDeps {
  readonly lake: ObjectStore
  /** Asked only when there is something to ask an engine. */
  readonly engineFor: (manifest: Manifest) => Promise<QueryEngine>
  readonly clock: Clock
}

export interface Validated extends Validation {
  /** Whether the verdict was on the lake already, and no engine was asked. */
  readonly reused: boolean
  /** Where one was wanted. */
  readonly profile?: Profile
}

/** `lakeferry validate` of one run. */
export async function validateStep(deps: ValidateStepDeps, request: ValidateStepRequest): Promise<Validated> {
  const { lake, clock, engineFor } = deps
  const { manifest, contract, rows, again = true, signal } = request
  const startedAt = clock.now()
  const { otherRuns } = await import('../../validate/other-runs.js')
  const others = await otherRuns({ lake }, manifest, contract)
  const profiler = request.profile ? await profilerOf(lake, manifest) : undefined
  const before = again ? undefined : await earlierVerdict(lake, { manifest, contract, others, rows })
  if (before !== undefined) {
    const profile = await profiler?.byItself(engineFor, signal)
    const seconds = (clock.now().getTime() - startedAt.getTime()) / 1000
    return { ...before, reused: true, seconds, ...(profile === undefined ? {} : { profile }) }
  }
  const { validateRun } = await import('../../validate/validate-run.js')
  const engine = await engineFor(manifest)
  const alongside = profiler?.alongside(engine)
  const validation = await validateRun(
    { lake, engine, clock },
    { manifest, contract, ...others, rows, signal, tool: TOOL, ...(alongside ? { alongside } : {}) },
  )
  const profile = profiler?.profile()
  return { ...validation, reused: false, ...(profile === undefined ? {} : { profile }) }
}

async function earlierVerdict(
  lake: ObjectStore,
  question: import('../../validate/verdict-before.js').VerdictQuestion,
): Promise<Omit<Validation, 'seconds'> | undefined> {
  const { verdictBefore } = await import('../../validate/verdict-before.js')
  return verdictBefore({ lake }, question)
}

type Alongside = NonNullable<import('../../validate/validate-run.js').ValidateRequest['alongside']>

interface Profiler {
  /** What the validation asks for us; nothing when the profile is there already. */
  alongside(engine: QueryEngine): Alongside | undefined
  /** Without a validation. */
  byItself(engineFor: ValidateStepDeps['engineFor'], signal: AbortSignal): Promise<Profile | undefined>
  profile(): Profile | undefined
}

async function profilerOf(lake: ObjectStore, manifest: Manifest): Promise<Profiler> {
  const { profileRun } = await import('../../anomaly/profile-run.js')
  const { readProfileIfSound } = await import('../../catalog/read-profile.js')
  const { Profiling } = await import('../../anomaly/profiling.js')
  const before = await readProfileIfSound(lake, manifest.dataset, manifest.runId)
  let profiling: InstanceType<typeof Profiling> | undefined
  return {
    alongside: engine => {
      if (before !== undefined) return undefined
      const own = new Profiling(manifest)
      profiling = own
      return { statements: own.statements(engine.dialect), take: (name, rows) => own.take(name, rows) }
    },
    byItself: async (engineFor, signal) => {
      if (before !== undefined) return before
      return (await profileRun(await engineFor(manifest), manifest, signal)).profile()
    },
    profile: () => before ?? profiling?.profile(),
  }
}

/** What `--json` says of a validation; docs/cli.md. */
export function validateFacts({ result, execution, resultKey, reused, seconds }: Validated): Record<string, unknown> {
  return {
    runId: result.runId,
    status: result.status,
    engine: execution.engine,
    engineFacts: execution.facts ?? {},
    reused,
    validatedAt: execution.startedAt,
    references: result.references ?? [],
    failingDocuments: result.failingDocuments,
    rules: result.rules.map(({ id, severity, checked, violated, status }) => ({
      id,
      severity,
      checked,
      violated,
      status,
    })),
    violations: result.violations.count,
    result: resultKey,
    seconds,
  }
}
