import { readExecution, readResult } from '../catalog/catalog.js'
import { isLakeferryError } from '../errors.js'
import type { Contract } from '../model/contract.js'
import { lakeKey } from '../model/lake-key.js'
import type { Manifest } from '../model/manifest.js'
import type { Execution, ValidationResult } from '../model/result.js'
import type { ObjectStore } from '../ports/object-store.js'
import type { OtherRuns } from './other-runs.js'

export interface VerdictBefore {
  readonly result: ValidationResult
  readonly execution: Execution
  readonly resultKey: string
  readonly rowsKeys: readonly string[]
}

export interface VerdictQuestion {
  readonly manifest: Manifest
  readonly contract: Contract
  readonly others: OtherRuns
  /** Whether `rows/` have to be there, too. */
  readonly rows: boolean
}

/**
 * The verdict on the lake, as long as validating again could give no other one: a run never changes, so it is one of the same
 * contract, of the same rules as this version reads in it, and of the same other runs; and all that it tells of is there.
 * Undefined otherwise. Neither a damaged result nor a missing object is an error here: validating again mends both.
 */
export async function verdictBefore(
  { lake }: { readonly lake: ObjectStore },
  { manifest, contract, others, rows }: VerdictQuestion,
): Promise<VerdictBefore | undefined> {
  const { dataset, runId } = manifest
  const result = await sound(readResult(lake, dataset, runId))
  if (result === undefined || result.contract.fingerprint !== contract.fingerprint) return undefined
  if (!sameRules(result, contract) || !sameReferences(result, others)) return undefined
  const execution = await sound(readExecution(lake, dataset, runId))
  if (execution === undefined) return undefined
  const violations = await objectsBelow(lake, lakeKey.report(dataset, runId, 'violations/'))
  if (!result.violations.keys.every(key => violations.has(key))) return undefined
  const rowsKeys = rows ? execution.rows : []
  if (rowsKeys === undefined) return undefined
  const there = rows ? await objectsBelow(lake, lakeKey.report(dataset, runId, 'rows/')) : new Set<string>()
  if (!rowsKeys.every(key => there.has(key))) return undefined
  return { result, execution, resultKey: lakeKey.report(dataset, runId, 'result.json'), rowsKeys }
}

/** An older version may have read less in the same text. */
function sameRules(result: ValidationResult, contract: Contract): boolean {
  const told = result.rules.map(rule => `${rule.id} ${rule.kind} ${rule.severity}`)
  const wanted = contract.rules.map(rule => `${rule.id} ${rule.kind} ${rule.severity}`)
  return told.length === wanted.length && told.every((text, index) => text === wanted[index])
}

function sameReferences(
  { dataset, references = [] }: ValidationResult,
  { references: runs, previous }: OtherRuns,
): boolean {
  // A data set that refers to itself looks at no other run for that.
  const wanted = new Set(runs.filter(run => run.dataset !== dataset).map(({ manifest }) => nameOf(manifest)))
  if (previous !== undefined) wanted.add(nameOf(previous))
  const told = new Set(references.map(nameOf))
  return told.size === wanted.size && [...wanted].every(name => told.has(name))
}

function nameOf({ dataset, runId }: { readonly dataset: string; readonly runId: string }): string {
  return `${dataset} ${runId}`
}

async function objectsBelow(lake: ObjectStore, prefix: string): Promise<Set<string>> {
  const keys = new Set<string>()
  for await (const { key } of lake.list(prefix)) keys.add(key)
  return keys
}

async function sound<T>(reading: Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await reading
  } catch (error) {
    if (isLakeferryError(error, 'LAKE_OBJECT_DAMAGED')) return undefined
    throw error
  }
}
