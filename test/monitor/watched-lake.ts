import { spawnSync } from 'node:child_process'
import { newClaim } from '../../src/catalog/claim.js'
import { newProcessOwner, type ProcessOwner } from '../../src/host/process-owner.js'
import type { Attempt } from '../../src/model/attempt.js'
import { type Check, type CheckKind, checkId } from '../../src/model/check.js'
import { lakeKey } from '../../src/model/lake-key.js'
import { encodeJson } from '../../src/model/manifest.js'
import type { RuleResult, ValidationResult } from '../../src/model/result.js'
import type { RunId } from '../../src/model/run-id.js'
import { type ObserveQuestion, observe } from '../../src/monitor/observe.js'
import type { WatchedDataset } from '../../src/monitor/watched.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { runAt } from '../catalog/lake-fixture.js'

/** What the monitor looks at in these tests: a day into 2026 when nothing else is said. */
export const NOON: Date = new Date(Date.UTC(2026, 0, 2))
/** So many minutes before {@link NOON}, as an instant and as a run's id. */
export const ago = (minutes: number): string => new Date(NOON.getTime() - minutes * 60_000).toISOString()
export const runBefore = (minutes: number): RunId => runAt(24 * 60 - minutes)

export const CONTRACT = {
  id: 'urn:papers',
  version: '1.0.0',
  fingerprint: 'f',
  rules: [],
  columns: [],
  notes: {},
} as unknown as NonNullable<WatchedDataset['contract']>

export function watched(changes: Partial<WatchedDataset> = {}): WatchedDataset {
  const promise = { seconds: 26 * 3600, from: 'monitor.freshness' } as const
  return { name: 'papers', promise, contract: undefined, sets: [], ...changes }
}

export function questionOf(lake: ObserveQuestion['lake'], changes: Partial<ObserveQuestion> = {}): ObserveQuestion {
  const health = { clock: undefined, oplog: { kind: 'none', reason: 'a test' } } as const
  return {
    lake,
    lakeUrl: 'file:lake',
    clock: { now: () => NOON },
    datasets: [watched()],
    sets: [],
    source: { server: 'mongodb://h', ask: async () => health },
    jobs: { remote: false, limitSeconds: 3_600 },
    // What is given up, and when, is for the tests that say so.
    patience: { lakeMs: 120_000, sourceMs: 120_000 },
    ...changes,
  }
}

/** The checks of one pass, by their ids. */
export async function look(
  lake: ObserveQuestion['lake'],
  changes: Partial<ObserveQuestion> = {},
): Promise<ReadonlyMap<string, Check>> {
  const { checks } = await observe(questionOf(lake, changes))
  return new Map(checks.map(check => [checkId(check), check]))
}

/** The one check of a dataset. */
export async function lookAt(
  kind: CheckKind,
  lake: ObjectStore,
  changes: Partial<WatchedDataset> = {},
): Promise<Check | undefined> {
  return (await look(lake, { datasets: [watched(changes)] })).get(`${kind} papers`)
}

export function attempt(changes: Partial<Attempt> = {}): Attempt {
  return {
    runId: null,
    began: ago(60),
    ended: ago(50),
    outcome: 'good',
    documents: null,
    bytes: null,
    exportSeconds: null,
    validationSeconds: null,
    violated: null,
    error: null,
    ...changes,
  }
}

export const failure = (code = 'SOURCE_UNREACHABLE', step: 'export' | 'validation' = 'export'): Partial<Attempt> => ({
  outcome: 'failed',
  error: { step, code, message: 'no MongoDB answered' },
})

export async function record(lake: ObjectStore, ...attempts: Attempt[]): Promise<void> {
  await lake.put(lakeKey.attempts('papers'), encodeJson({ version: 1, dataset: 'papers', attempts }))
}

/** A result with one rule that holds, or not. */
export async function judge(lake: ObjectStore, runId: RunId, status: 'pass' | 'fail' = 'pass'): Promise<void> {
  const rule = { id: 'title.required', kind: 'required', severity: 'error', status, checked: 9, violated: 0 }
  const result = {
    version: 1,
    dataset: 'papers',
    runId,
    contract: { id: 'c', version: '1.0.0', fingerprint: 'f' },
    status,
    rules: [rule as unknown as RuleResult],
  } as unknown as ValidationResult
  await lake.put(lakeKey.report('papers', runId, 'result.json'), encodeJson(result))
}

/** A claim that was last renewed so many minutes before {@link NOON}. */
export async function claim(
  lake: ObjectStore,
  runId: RunId,
  { begun, renewed, owner }: { begun: number; renewed: number; owner?: ProcessOwner },
): Promise<void> {
  const made = newClaim('papers', runId, new Date(ago(begun)), new Date(ago(renewed)))
  await lake.put(
    lakeKey.claim('papers', runId),
    encodeJson({ ...made, by: 'host, process 7', owner: owner ?? made.owner }),
  )
}

/** The name of a process that was here and is not any more. */
export function deadOwner(): ProcessOwner {
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  return newProcessOwner().replace(`/${process.pid}/`, `/${pid}/`)
}
