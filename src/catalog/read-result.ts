import { LakeferryError } from '../errors.js'
import { lakeKey } from '../model/lake-key.js'
import type { Execution, ValidationResult } from '../model/result.js'
import type { RunId } from '../model/run-id.js'
import type { ObjectStore } from '../ports/object-store.js'

/**
 * What the last validation of a run found; undefined when it has not been validated.
 *
 * @throws {@link LakeferryError} `LAKE_OBJECT_DAMAGED` when it is no result of this version, dataset and run
 */
export async function readResult(
  lake: ObjectStore,
  dataset: string,
  runId: RunId,
): Promise<ValidationResult | undefined> {
  const key = lakeKey.report(dataset, runId, 'result.json')
  const result = await readVersioned<ValidationResult>(lake, key, 'a result')
  if (result === undefined) return undefined
  if (result.dataset === dataset && result.runId === runId && Array.isArray(result.rules)) return result
  const got = `one of run ${result.runId} of ${result.dataset}`
  throw new LakeferryError('LAKE_OBJECT_DAMAGED', {
    lake: lake.url,
    key,
    wanted: `the result of run ${runId} of ${dataset}`,
    got,
  })
}

/**
 * What is true of the one time that result was made; undefined when there is none.
 *
 * @throws {@link LakeferryError} `LAKE_OBJECT_DAMAGED`
 */
export async function readExecution(lake: ObjectStore, dataset: string, runId: RunId): Promise<Execution | undefined> {
  return readVersioned<Execution>(lake, lakeKey.report(dataset, runId, 'execution.json'), 'an execution')
}

/** @throws {@link LakeferryError} `LAKE_OBJECT_DAMAGED` unless it is JSON of version 1 */
export async function readVersioned<T extends { readonly version: 1 }>(
  lake: ObjectStore,
  key: string,
  what: string,
): Promise<T | undefined> {
  const stored = await lake.get(key)
  if (!stored) return undefined
  const damaged = (got: string, cause?: unknown): LakeferryError =>
    new LakeferryError('LAKE_OBJECT_DAMAGED', { lake: lake.url, key, wanted: `${what} of version 1`, got }, { cause })
  let value: T | null
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(stored.body))
  } catch (error) {
    throw damaged('what is not JSON', error)
  }
  if (value === null || typeof value !== 'object') throw damaged(JSON.stringify(value))
  if (value.version !== 1) throw damaged(`version ${value.version}`)
  return value
}
