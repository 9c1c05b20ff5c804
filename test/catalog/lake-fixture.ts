import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openFsStore } from '../../src/adapters/fs/fs-store.js'
import { EMPTY_CENSUS } from '../../src/model/census.js'
import { EMPTY_DIGEST } from '../../src/model/digest.js'
import { lakeKey } from '../../src/model/lake-key.js'
import { encodeJson, type Manifest } from '../../src/model/manifest.js'
import { newRunId, runIdInstant } from '../../src/model/run-id.js'
import type { ObjectStore } from '../../src/ports/object-store.js'

/** A `file:` lake in a temporary directory. */
export async function temporaryLake(): Promise<{ lake: ObjectStore; root: string; remove: () => Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'lakeferry-lake-'))
  const lake = openFsStore({ root })
  return {
    lake,
    root,
    remove: async () => {
      await lake.close()
      await rm(root, { recursive: true, force: true })
    },
  }
}

/** The id of a run begun `minute` minutes into 2026. */
export function runAt(minute: number, suffix = 'aaaaaa'): string {
  return newRunId(new Date(Date.UTC(2026, 0, 1, 0, minute)), suffix)
}

export function manifestOf(runId: string, changes: Partial<Manifest> = {}): Manifest {
  const startedAt = runIdInstant(runId)
  return {
    version: 1,
    runId,
    dataset: 'papers',
    source: { server: '127.0.0.1:27017', database: 'iclr', collection: 'papers' },
    guarantee: { kind: 'majority', reason: 'a test' },
    startedAt: startedAt.toISOString(),
    committedAt: new Date(startedAt.getTime() + 10_000).toISOString(),
    documents: 0,
    digest: EMPTY_DIGEST,
    formats: ['parquet'],
    parts: [],
    rejects: { documents: 0, keys: [] },
    census: EMPTY_CENSUS,
    columns: [],
    tool: 'lakeferry 0.0.0',
    ...changes,
  }
}

export async function commit(lake: ObjectStore, runId: string, changes: Partial<Manifest> = {}): Promise<Manifest> {
  const manifest = manifestOf(runId, changes)
  await lake.putIfAbsent(lakeKey.manifest(manifest.dataset, runId), encodeJson(manifest))
  return manifest
}

/** A run that has parts and no manifest. */
export async function breakOff(lake: ObjectStore, runId: string): Promise<void> {
  await lake.putIfAbsent(lakeKey.part('papers', runId, 'parquet', 0), new Uint8Array([1]))
}

/** A lake that does something just before the real call, or just after it: the moments for somebody else to come. */
export function withHook<K extends 'get' | 'list' | 'putIfMatch'>(
  lake: ObjectStore,
  method: K,
  before: () => Promise<void>,
  after: () => Promise<void> = async () => undefined,
): ObjectStore {
  return new Proxy(lake, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      if (name !== method) return value.bind(target)
      return async (...args: unknown[]) => {
        await before()
        const answer = await value.apply(target, args)
        await after()
        return answer
      }
    },
  })
}
