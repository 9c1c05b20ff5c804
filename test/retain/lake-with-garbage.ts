import { newProcessOwner } from '../../src/host/process-owner.js'
import { lakeKey } from '../../src/model/lake-key.js'
import { encodeJson } from '../../src/model/manifest.js'
import type { RunId } from '../../src/model/run-id.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import type { Garbage, KeptRun } from '../../src/retain/garbage.js'
import type { Scrap } from '../../src/retain/leftovers.js'
import { planDataset } from '../../src/retain/plan-sweep.js'
import { sweepDataset, sweepScraps } from '../../src/retain/sweep.js'
import { breakOff, commit } from '../catalog/lake-fixture.js'

export const HOUR_MS = 3_600_000
export const DAY_MS: number = 24 * HOUR_MS

const own = newProcessOwner().split('/')

/** Whose claim it is, as far as this machine can tell. */
export const OWNERS: Readonly<Record<'alive' | 'dead' | 'unknown', string>> = {
  /** This process. */
  alive: newProcessOwner(),
  dead: own.with(2, String(2 ** 30)).join('/'),
  /** On another machine. */
  unknown: ['another-boot', ...own.slice(1)].join('/'),
}

export interface ClaimFacts {
  /** undefined: of version 0.1.0, which did not say. */
  readonly owner?: keyof typeof OWNERS
  /** Null: left to be resumed. */
  readonly renewedAt?: Date | null
  readonly at?: Date
}

export async function claim(lake: ObjectStore, runId: RunId, { owner, renewedAt, at }: ClaimFacts): Promise<void> {
  await lake.put(
    lakeKey.claim('papers', runId),
    encodeJson({
      version: 1,
      dataset: 'papers',
      runId,
      by: 'a test',
      nonce: runId,
      at: (at ?? renewedAt ?? new Date(0)).toISOString(),
      ...(owner === undefined ? {} : { owner: OWNERS[owner] }),
      ...(renewedAt === undefined ? {} : { renewedAt: renewedAt?.toISOString() ?? null }),
    }),
  )
}

export async function plan(lake: ObjectStore, runId: RunId): Promise<void> {
  await lake.put(lakeKey.planFile('papers', runId), encodeJson({ version: 1 }))
  await lake.put(`${lakeKey.plan('papers', runId)}range-000/segment-000000.json`, encodeJson({ version: 1 }))
}

/** A run that was broken off, of a writer who is dead for sure; with a plan it could be resumed. */
export async function breakOffDead(
  lake: ObjectStore,
  runId: RunId,
  { renewedAt, resumable = false }: { renewedAt: Date; resumable?: boolean },
): Promise<void> {
  await breakOff(lake, runId)
  if (resumable) await plan(lake, runId)
  await claim(lake, runId, { owner: 'dead', renewedAt })
}

/** A committed run with one part, and one object that its manifest does not name. */
export async function commitWithOrphan(lake: ObjectStore, runId: RunId): Promise<{ named: string[]; orphan: string }> {
  await breakOff(lake, runId)
  const key = lakeKey.part('papers', runId, 'parquet', 0)
  const orphan = lakeKey.part('papers', runId, 'parquet', 1)
  await lake.put(orphan, new Uint8Array(7))
  const part = {
    format: 'parquet',
    key,
    documents: 1,
    bytes: 1,
    sha256: '',
    digest: '',
    firstId: null,
    lastId: null,
  } as const
  await commit(lake, runId, { parts: [part] })
  return { named: [key, lakeKey.manifest('papers', runId)], orphan }
}

export interface Swept {
  readonly removed: Garbage[]
  readonly kept: KeptRun[]
  readonly scraps: Scrap[]
}

export interface SweepArguments {
  readonly now: Date
  readonly olderThanMs?: number
  readonly dryRun?: boolean
}

export async function sweep(
  lake: ObjectStore,
  { now, olderThanMs = DAY_MS, dryRun = false }: SweepArguments,
): Promise<Swept> {
  const swept: Swept = { removed: [], kept: [], scraps: [] }
  const deps = { lake, clock: { now: () => now }, signal: new AbortController().signal }
  const options = { now, olderThanMs, dryRun }
  const papers = await planDataset(deps, { name: 'papers', judging: {} }, options)
  await sweepDataset(deps, papers, options, {
    removed: items => swept.removed.push(...items),
    kept: run => swept.kept.push(run),
  })
  await sweepScraps(deps, options, { removed: items => swept.scraps.push(...items) })
  return swept
}
