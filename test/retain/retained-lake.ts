import { expect } from 'vitest'
import { listRuns, movePointer, readResult } from '../../src/catalog/catalog.js'
import { lakeKey } from '../../src/model/lake-key.js'
import { encodeJson, type Manifest } from '../../src/model/manifest.js'
import type { ValidationResult } from '../../src/model/result.js'
import { newRunId } from '../../src/model/run-id.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import type { Garbage, KeptRun } from '../../src/retain/garbage.js'
import { planRetention, type SweptDataset } from '../../src/retain/plan-sweep.js'
import { type DecidedRun, sweepDataset } from '../../src/retain/sweep.js'
import { commit } from '../catalog/lake-fixture.js'
import { DAY_MS, HOUR_MS } from './lake-with-garbage.js'

/** Noon of a Monday. */
export const NOON: Date = new Date('2026-11-23T12:00:00.000Z')

/** The id of the run begun so many hours before noon. */
export function runBefore(hours: number): string {
  return newRunId(new Date(NOON.getTime() - hours * HOUR_MS), 'aaaaaa')
}

export interface StoredRun {
  readonly dataset?: string
  readonly parts?: number
  /** `undefined`: nobody has validated it. */
  readonly status?: ValidationResult['status']
  readonly references?: ValidationResult['references']
  readonly manifest?: Partial<Manifest>
}

/** A committed run with parts, the pointer at it and, validated, with reports of all kinds. */
export async function store(lake: ObjectStore, runId: string, run: StoredRun = {}): Promise<string> {
  const { dataset = 'papers', parts: count = 2, status, references, manifest = {} } = run
  const parts = Array.from({ length: count }, (_, n) => ({
    ...{ format: 'parquet', key: lakeKey.part(dataset, runId, 'parquet', n), documents: 1, bytes: 4 },
    ...{ sha256: '', digest: '', firstId: null, lastId: null },
  })) as Manifest['parts']
  for (const { key } of parts) await lake.putIfAbsent(key, new TextEncoder().encode('part'))
  await movePointer(lake, await commit(lake, runId, { dataset, documents: count, parts, ...manifest }))
  if (status !== undefined) await validated(lake, dataset, runId, status, references)
  return runId
}

export async function validated(
  lake: ObjectStore,
  dataset: string,
  runId: string,
  status: ValidationResult['status'],
  references: ValidationResult['references'] = [],
): Promise<void> {
  const rule = { id: 'a', kind: 'required', column: 'a', message: 'm', threshold: 1, checked: 2 } as const
  const violated = status === 'pass' ? 0 : 1
  const severity = status === 'fail' ? 'error' : 'warning'
  const result: ValidationResult = {
    ...{ version: 1, dataset, runId, status, documents: 2, failingDocuments: { error: 0, any: 0 } },
    contract: { id: 'c', version: '1.0.0', fingerprint: '0'.repeat(64) },
    rules: [{ ...rule, severity, violated, status: violated ? 'fail' : 'pass' }],
    violations: { count: 0, keys: [] },
    ...(references.length === 0 ? {} : { references }),
  }
  await lake.put(lakeKey.report(dataset, runId, 'result.json'), encodeJson(result))
  for (const name of ['violations/part-00000.ndjson.gz', 'rows/part-00000.ndjson.gz', 'profile.json', 'report.html'])
    await lake.put(lakeKey.report(dataset, runId, name), new TextEncoder().encode('report'))
}

export interface Retained {
  readonly removed: Garbage[]
  readonly kept: KeptRun[]
  readonly decided: DecidedRun[]
  /** Ids of the runs that went, or would go. */
  readonly gone: string[]
}

export interface RetainArguments {
  readonly now?: Date
  readonly dryRun?: boolean
  readonly keepDaily?: number
  readonly keepWeekly?: number
  readonly datasets?: readonly string[]
  /** Called between the plan and what is done about it. */
  readonly between?: () => Promise<void>
}

/** A whole `gc` of the runs, without the lake's own leftovers. */
export async function retention(lake: ObjectStore, options: RetainArguments = {}): Promise<Retained> {
  const { now = NOON, dryRun = false, keepDaily = 0, keepWeekly = 0, datasets = ['papers'], between } = options
  const told: Retained = { removed: [], kept: [], decided: [], gone: [] }
  const deps = { lake, clock: { now: () => now }, signal: new AbortController().signal }
  const sweep = { now, olderThanMs: DAY_MS, dryRun }
  const swept = datasets.map((name): SweptDataset => ({ name, judging: {} }))
  const plans = await planRetention(deps, swept, sweep, { keepDaily, keepWeekly, graceMs: HOUR_MS })
  await between?.()
  for (const plan of plans.values()) {
    await sweepDataset(deps, plan, sweep, {
      removed: items => told.removed.push(...items),
      kept: run => told.kept.push(run),
      decided: run => {
        told.decided.push(run)
        if (!run.kept) told.gone.push(run.runId)
      },
    })
  }
  return told
}

/** What a reader may see at any time: runs whose parts are all there. Gives their ids, oldest first. */
export async function wholeRuns(lake: ObjectStore, dataset = 'papers'): Promise<string[]> {
  const runs: string[] = []
  for (const { runId, committed, manifest } of await listRuns(lake, dataset)) {
    if (!committed) continue
    for (const { key } of manifest?.parts ?? []) expect(await lake.head(key), key).toBeDefined()
    runs.unshift(runId)
  }
  return runs
}

export async function goodRuns(lake: ObjectStore, dataset = 'papers'): Promise<string[]> {
  const good: string[] = []
  for (const runId of await wholeRuns(lake, dataset))
    if ((await readResult(lake, dataset, runId))?.status === 'pass') good.push(runId)
  return good
}
