import { hostname } from 'node:os'
import { LakeferryError } from '../errors.js'
import type { Contract } from '../model/contract.js'
import { lakeKey } from '../model/lake-key.js'
import type { Manifest } from '../model/manifest.js'
import { type Execution, resultStatus, type ValidationResult } from '../model/result.js'
import type { Clock } from '../ports/clock.js'
import type { ObjectStore } from '../ports/object-store.js'
import type { QueryEngine } from '../ports/query-engine.js'
import type { Dialect } from './compile/dialect.js'
import { duckdbDialect } from './compile/duckdb/dialect.js'
import { planOf } from './compile/plan.js'
import { Findings } from './findings.js'
import { ReportFolder } from './report-folder.js'
import { schemaDifference } from './schema-difference.js'

export interface ValidateServices {
  readonly lake: ObjectStore
  readonly engine: QueryEngine
  readonly clock: Clock
}

export interface ValidateRequest {
  readonly manifest: Manifest
  readonly contract: Contract
  /** Also write `rows/`, a line for each document. @defaultValue false */
  readonly rows?: boolean
  /** For `execution.json`. @defaultValue the name of this machine */
  readonly host?: string
  /** The program and its version, `lakeferry 0.1.0`. */
  readonly tool: string
  readonly signal?: AbortSignal
}

export interface Validation {
  readonly result: ValidationResult
  readonly execution: Execution
  readonly resultKey: string
  /** Empty unless rows were asked for. */
  readonly rowsKeys: readonly string[]
  readonly seconds: number
}

const DIALECTS: Readonly<Record<QueryEngine['dialect'], Dialect>> = { duckdb: duckdbDialect }

/**
 * Holds a committed run to its contract and writes what was found beside it: every violation, a row for each document
 * when asked, `execution.json`, and `result.json` last. A validation that could not run writes no result.
 *
 * @throws {@link LakeferryError} `RUN_NO_PARQUET`, `CONTRACT_SCHEMA_CHANGED`, `LAKE_OBJECT_DAMAGED` when the parts hold
 * another number of documents than the manifest says, and what the engine and the lake throw
 */
export async function validateRun(services: ValidateServices, request: ValidateRequest): Promise<Validation> {
  const { lake, engine, clock } = services
  const { manifest, contract, signal } = request
  const startedAt = clock.now()
  requireValidatable(manifest, contract)

  const folder = new ReportFolder(lake, manifest)
  const findings = new Findings(planOf(contract), folder, request.rows === true)
  const { counts, failing, violations } = findings
  await engine.run({
    manifest,
    columns: manifest.columns,
    statements: findings.statements(DIALECTS[engine.dialect]),
    onPage: async (statement, page) => {
      await findings.take(statement, page)
      if (statement === 'facts') requireDocuments(lake, manifest, counts.documents)
    },
    ...(signal ? { signal } : {}),
  })
  requireDocuments(lake, manifest, counts.documents)
  const { violationKeys, rowsKeys } = await findings.end(engine)
  signal?.throwIfAborted()

  const ruleResults = counts.results(contract)
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
  const wanted = manifest.documents - manifest.rejects.documents
  if (documents === wanted) return
  throw new LakeferryError('LAKE_OBJECT_DAMAGED', {
    lake: lake.url,
    key: lakeKey.manifest(manifest.dataset, manifest.runId),
    wanted: `${wanted} documents in the Parquet parts`,
    got: documents === undefined ? 'no count' : `${documents}`,
  })
}
