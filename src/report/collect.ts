import { readExecution, readManifest, readResult } from '../catalog/catalog.js'
import { readAnomalies } from '../catalog/read-profile.js'
import { readViolations } from '../catalog/violations.js'
import { isLakeferryError, LakeferryError } from '../errors.js'
import type { Contract } from '../model/contract.js'
import { lakeKey, runIdInKey } from '../model/lake-key.js'
import { type Manifest, manifestBytes } from '../model/manifest.js'
import type { ValidationResult } from '../model/result.js'
import { type RunId, runIdInstant } from '../model/run-id.js'
import type { ObjectStore } from '../ports/object-store.js'
import type { HistoryPoint, ReportInput } from './report-input.js'
import { SAMPLES_PER_RULE, sampleViolations } from './samples.js'

/** Earlier runs in a trend, at most: a month of nights, and no more objects to read than that. */
export const HISTORY_RUNS = 30
/** Earlier runs read at once. */
const AT_ONCE = 8

export interface CollectOptions {
  readonly dataset: string
  readonly runId: RunId
  /** The program and its version, `lakeferry 0.1.0`. */
  readonly generatedBy: string
  /** Gives its name and notes, if it is still the contract that the run was held to. */
  readonly contract?: Pick<Contract, 'name' | 'notes' | 'fingerprint'>
  /** @defaultValue {@link SAMPLES_PER_RULE} */
  readonly samplesPerRule?: number
  /** @defaultValue {@link HISTORY_RUNS} */
  readonly historyRuns?: number
}

/**
 * Reads from the lake what a report on one validated run needs.
 *
 * @throws {@link LakeferryError} `RUN_MISSING`, `RESULT_NONE`, `MANIFEST_INVALID`, `LAKE_OBJECT_DAMAGED`
 */
export async function collectReportInput(
  { lake }: { lake: ObjectStore },
  options: CollectOptions,
): Promise<ReportInput> {
  const { dataset, runId, contract, generatedBy } = options
  const [manifest, result, execution, anomalies] = await Promise.all([
    readManifest(lake, dataset, runId),
    readResult(lake, dataset, runId),
    readExecution(lake, dataset, runId),
    readAnomalies(lake, dataset, runId),
  ])
  if (result === undefined || execution === undefined) throw new LakeferryError('RESULT_NONE', { dataset, runId })
  const [samples, past] = await Promise.all([
    sampleViolations(readViolations(lake, result), result.rules, options.samplesPerRule ?? SAMPLES_PER_RULE),
    readHistory(lake, dataset, runId, options.historyRuns ?? HISTORY_RUNS),
  ])
  // Notes of a contract that has changed since would explain a verdict they had no part in.
  const sameContract = contract?.fingerprint === result.contract.fingerprint ? contract : undefined
  return {
    manifest,
    result,
    execution,
    samples,
    ...past,
    contractNotes: sameContract?.notes ?? {},
    ...(sameContract === undefined ? {} : { contractName: sameContract.name }),
    generatedBy,
    ...(anomalies === undefined ? {} : { anomalies }),
  }
}

/** The newest validated runs before one, oldest first. */
async function readHistory(
  lake: ObjectStore,
  dataset: string,
  before: RunId,
  limit: number,
): Promise<Pick<ReportInput, 'history' | 'unreadableHistory'>> {
  const newestFirst = (await reportedRuns(lake, dataset)).filter(runId => runId < before).reverse()
  const history: HistoryPoint[] = []
  const unreadable: RunId[] = []
  for (let at = 0; at < newestFirst.length && history.length < limit; at += AT_ONCE) {
    const runIds = newestFirst.slice(at, at + AT_ONCE)
    const points = await Promise.all(runIds.map(runId => readPoint(lake, dataset, runId)))
    points.forEach((point, index) => {
      if (history.length === limit) return
      if (point === 'unreadable') unreadable.push(runIds[index] ?? '')
      else if (point !== undefined) history.push(point)
    })
  }
  return { history: history.reverse(), unreadableHistory: unreadable.reverse() }
}

/** Ids of the runs that have anything below the reports, oldest first. */
async function reportedRuns(lake: ObjectStore, dataset: string): Promise<RunId[]> {
  const found: RunId[] = []
  for await (const { key } of lake.list(`${lakeKey.reports(dataset)}run=`, { delimiter: '/' })) {
    const runId = runIdInKey(key)
    if (runId !== undefined && isRunId(runId)) found.push(runId)
  }
  return found.sort()
}

function isRunId(text: string): boolean {
  try {
    runIdInstant(text)
    return true
  } catch {
    return false
  }
}

/** Undefined: not validated after all. A damaged earlier result is told and does not keep today's report away. */
async function readPoint(
  lake: ObjectStore,
  dataset: string,
  runId: RunId,
): Promise<HistoryPoint | 'unreadable' | undefined> {
  let result: ValidationResult | undefined
  let manifest: Manifest | undefined
  try {
    result = await readResult(lake, dataset, runId)
  } catch (error) {
    if (isLakeferryError(error, 'LAKE_OBJECT_DAMAGED')) return 'unreadable'
    throw error
  }
  if (result === undefined) return undefined
  try {
    manifest = await readManifest(lake, dataset, runId)
  } catch (error) {
    // Retention removes runs and keeps their results; the trend needs the manifest for the size only.
    if (!isLakeferryError(error, 'RUN_MISSING', 'MANIFEST_INVALID')) throw error
  }
  return {
    runId,
    documents: result.documents,
    ...(manifest === undefined ? {} : { bytes: manifestBytes(manifest) }),
    status: result.status,
    failingDocuments: result.failingDocuments,
    ruleViolated: Object.fromEntries(result.rules.map(rule => [rule.id, rule.violated])),
    contractFingerprint: result.contract.fingerprint,
  }
}
