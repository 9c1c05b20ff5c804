import { hostname } from 'node:os'
import { isLakeferryError, LakeferryError } from '../errors.js'
import type { Contract } from '../model/contract.js'
import { lakeKey } from '../model/lake-key.js'
import type { Manifest } from '../model/manifest.js'
import { type Execution, resultStatus, type ValidationResult } from '../model/result.js'
import type { Clock } from '../ports/clock.js'
import type { ObjectStore } from '../ports/object-store.js'
import type { QueryEngine, Row, SqlDialect, Statement } from '../ports/query-engine.js'
import type { Dialect } from './compile/dialect.js'
import { type Plan, planOf } from './compile/plan.js'
import { Findings } from './findings.js'
import { documentsOf } from './read/counts.js'
import { ruleResult } from './read/rule-result.js'
import { ReportFolder } from './report-folder.js'
import { type ReferencedRun, requireDialect, type UsedReference, usedReferences } from './runnable.js'
import { schemaDifference } from './schema-difference.js'

export interface ValidateServices {
  readonly lake: ObjectStore
  readonly engine: QueryEngine
  readonly clock: Clock
}

export interface ValidateRequest {
  readonly manifest: Manifest
  readonly contract: Contract
  /** The runs of the same cycle that foreign keys may point into; others may be among them. @defaultValue none */
  readonly references?: readonly ReferencedRun[]
  /** The newest earlier run of the dataset, for `rowCountChange`. Absent: there is none. */
  readonly previous?: Manifest
  /** What else the engine is to be asked about the run while it is at it, after the rules. @defaultValue nothing */
  readonly alongside?: Alongside
  /** Also write `rows/`, a line for each document. @defaultValue false */
  readonly rows?: boolean
  /** For `execution.json`. @defaultValue the name of this machine */
  readonly host?: string
  /** The program and its version, `lakeferry 0.1.0`. */
  readonly tool: string
  readonly signal?: AbortSignal
}

export interface Alongside {
  /** Their names are none of a validation's own: `profile sums`. */
  readonly statements: readonly Statement[]
  readonly take: (statement: string, rows: readonly Row[]) => void | Promise<void>
}

export interface Validation {
  readonly result: ValidationResult
  readonly execution: Execution
  readonly resultKey: string
  /** Empty unless rows were asked for. */
  readonly rowsKeys: readonly string[]
  readonly seconds: number
}

/** Each is loaded when an engine speaks it. */
const DIALECTS: Readonly<Record<SqlDialect, () => Promise<Dialect>>> = {
  duckdb: async () => (await import('./compile/duckdb/dialect.js')).duckdbDialect,
  spark: async () => (await import('./compile/spark/dialect.js')).sparkDialect,
}

/**
 * Holds a committed run to its contract and writes what was found beside it: every violation, a row for each document
 * when asked, `execution.json`, and `result.json` last. A validation that could not run writes no result.
 *
 * @throws {@link LakeferryError} `RUN_NO_PARQUET`, `CONTRACT_SCHEMA_CHANGED`, `RULE_CANNOT_RUN` for a rule that the engine
 * has no SQL for or that has nothing to look into, `LAKE_OBJECT_DAMAGED` when the parts hold another number of documents
 * than the manifest says, and what the engine and the lake throw
 */
export async function validateRun(services: ValidateServices, request: ValidateRequest): Promise<Validation> {
  const { lake, engine, clock } = services
  const { manifest, contract, previous, alongside, signal } = request
  const startedAt = clock.now()
  requireValidatable(manifest, contract)
  requireDialect(manifest, contract, engine.dialect)
  const references = usedReferences(manifest, contract, request.references ?? [])

  const folder = new ReportFolder(lake, manifest)
  const plan = planOf(contract, references)
  const findings = new Findings(plan, folder, request.rows === true)
  const { counts, failing, violations } = findings
  const besides = new Set(alongside?.statements.map(({ name }) => name))
  const dialect = await DIALECTS[engine.dialect]()
  try {
    await engine.run({
      manifest,
      columns: manifest.columns,
      // A dataset that refers to itself is there already.
      references: references.filter(({ name }) => name !== 'data'),
      statements: [...findings.statements(dialect), ...(alongside?.statements ?? [])],
      onPage: async (statement, page) => {
        if (besides.has(statement)) return await alongside?.take(statement, page)
        await findings.take(statement, page)
        if (statement === 'facts') requireDocuments(lake, manifest, counts.documents)
      },
      ...(signal ? { signal } : {}),
    })
  } catch (error) {
    throw withOwnSql(error, plan)
  }
  requireDocuments(lake, manifest, counts.documents)
  const { violationKeys, rowsKeys } = await findings.end(engine)
  signal?.throwIfAborted()

  const ruleResults = contract.rules.map(rule => ruleResult(rule, counts.outcomeOf(rule, manifest, previous)))
  const lookedAt = otherRuns(contract, references, manifest, previous)
  const result: ValidationResult = {
    version: 1,
    dataset: manifest.dataset,
    runId: manifest.runId,
    contract: { id: contract.id, version: contract.version, fingerprint: contract.fingerprint },
    status: resultStatus(ruleResults),
    documents: counts.documents ?? 0,
    failingDocuments: { error: failing.error, any: failing.any },
    rules: ruleResults,
    violations: { count: violations.count, keys: violationKeys },
    ...(lookedAt.length === 0 ? {} : { references: lookedAt }),
  }
  const seconds = (clock.now().getTime() - startedAt.getTime()) / 1000
  const execution: Execution = {
    version: 1,
    engine: engine.name,
    engineVersion: await engine.version(),
    tool: request.tool,
    startedAt: startedAt.toISOString(),
    seconds,
    host: request.host ?? hostname(),
    ...(engine.facts === undefined ? {} : { facts: engine.facts() }),
    ...(request.rows ? { rows: rowsKeys } : {}),
  }
  return { result, execution, resultKey: await folder.finish(result, execution), rowsKeys, seconds }
}

function requireValidatable(manifest: Manifest, contract: Contract): void {
  const { dataset, runId, formats } = manifest
  if (!formats.includes('parquet')) throw new LakeferryError('RUN_NO_PARQUET', { dataset, runId, formats })
  const difference = schemaDifference(manifest.columns, contract.columns)
  if (difference !== undefined) throw new LakeferryError('CONTRACT_SCHEMA_CHANGED', { dataset, runId, difference })
}

/** A verdict on other documents than the run's would be worth nothing. */
function requireDocuments(lake: ObjectStore, manifest: Manifest, documents: number | undefined): void {
  const wanted = documentsOf(manifest)
  if (documents === wanted) return
  throw new LakeferryError('LAKE_OBJECT_DAMAGED', {
    lake: lake.url,
    key: lakeKey.manifest(manifest.dataset, manifest.runId),
    wanted: `${wanted} documents in the Parquet parts`,
    got: documents === undefined ? 'no count' : `${documents}`,
  })
}

/** Those whose documents or counts the verdict depends on, beside the run itself. */
function otherRuns(
  contract: Contract,
  references: readonly UsedReference[],
  { dataset }: Manifest,
  previous: Manifest | undefined,
): NonNullable<ValidationResult['references']> {
  const compared = contract.rules.some(rule => rule.kind === 'rowCountChange')
  return [
    ...references
      .filter(({ name }) => name !== 'data')
      .map(reference => ({ dataset: reference.dataset, runId: reference.manifest.runId })),
    ...(compared && previous ? [{ dataset, runId: previous.runId }] : []),
  ]
}

/**
 * A condition of a contract's own can be SQL and fail on a document all the same, in a statement about many rules: those
 * that it can be are told.
 */
function withOwnSql(error: unknown, { conditionRules }: Plan): unknown {
  if (!isLakeferryError(error, 'ENGINE_FAILED') || conditionRules.length === 0) return error
  const { engine, step, reason } = error.details
  if (!/\b(facts|violations|rows)$/.test(step)) return error
  const ids = conditionRules.map(rule => rule.id).join(', ')
  return new LakeferryError(
    'ENGINE_FAILED',
    { engine, step: `${step}, with the SQL of ${ids}`, reason },
    { cause: error },
  )
}
