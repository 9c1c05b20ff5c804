import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { withRetry } from '../../src/adapters/retry.js'
import { openS3Store, type S3StoreOptions } from '../../src/adapters/s3/s3-store.js'
import { latestManifest, listRuns } from '../../src/catalog/catalog.js'
import { exportDataset } from '../../src/export/export-dataset.js'
import { lakeKey } from '../../src/model/lake-key.js'
import { newRunId } from '../../src/model/run-id.js'
import { systemClock } from '../../src/ports/clock.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { keysOf } from '../ports/object-store-suite.js'
import { claim, DAY_MS, sweep } from '../retain/lake-with-garbage.js'
import { arraySource, bsonOf } from '../support/array-source.js'
import { freshPrefix, type S3Service, s3 } from '../support/services.js'
import { startToxicProxy, type Toxic, type ToxicProxy } from '../support/toxic-proxy.js'

// A lake that goes in the middle of an export and does not come back. The same as in lake-faults.test.ts, with budgets of a
// second, because nobody wants to wait for the real ones. What is tried counts its time from a failure, and before the lake goes
// there is none: only where nothing is ever answered may a pause of this process be taken for silence, hence seconds of it.

const workerUrl = new URL('../../dist/export/worker.js', import.meta.url)
const BUDGET_MS = 1_000
const SILENCE_MS = 3_000
const NEVER_MS = 120_000
const documents = bsonOf(
  Array.from({ length: 1_200 }, (_, n) => ({ _id: n, text: randomBytes(3_000).toString('base64') })),
)

let service: S3Service
let proxy: ToxicProxy
let direct: ObjectStore
let common: S3StoreOptions
const remotes: ObjectStore[] = []

beforeAll(async () => {
  service = await s3()
  const { hostname, port } = new URL(service.endpoint)
  proxy = await startToxicProxy({ host: hostname, port: Number(port) })
})
afterAll(() => proxy?.stop())
beforeEach(async () => {
  await proxy.heal()
  const { accessKeyId, secretAccessKey, bucket, region } = service
  common = { bucket, region, prefix: freshPrefix(), credentials: { accessKeyId, secretAccessKey } }
  direct = await openS3Store({ ...common, endpoint: service.endpoint })
  return async () => {
    await Promise.all([direct, ...remotes.splice(0)].map(store => store.close()))
  }
})

/** The lake by way of the proxy. */
async function remoteWith({ idleTimeoutMs, budgetMs }: { idleTimeoutMs: number; budgetMs: number }) {
  const far = await openS3Store({ ...common, endpoint: `http://${proxy.host}:${proxy.port}`, idleTimeoutMs })
  const remote = withRetry(far, { budgetMs, spentBudgetMs: budgetMs / 4, baseMs: 20 })
  remotes.push(remote)
  return remote
}

const parts = async (): Promise<number> => (await keysOf(direct, 'papers/')).length

/** An export during which, once parts are on the lake, `strike` happens. */
function exportDuring(remote: ObjectStore, runId: string, strike: () => Promise<void>) {
  let struck = false
  const source = arraySource(documents, {
    perBlock: 20,
    beforeBlock: async read => {
      if (struck || read < 600) return
      const deadline = Date.now() + 90_000
      while ((await parts()) === 0 && Date.now() < deadline);
      struck = true
      await strike()
    },
  })
  return exportDataset(
    { source, lake: remote, clock: systemClock, workerUrl },
    { dataset: 'papers', collection: 'papers', formats: ['ndjson.gz'], partBytes: 300_000, runId, tool: 'a test' },
  )
}

describe('an export whose lake', () => {
  it.each<[string, Toxic]>([
    ['is not there any more', { kind: 'refuse' }],
    ['breaks every request within its body', { kind: 'cut-request', after: 50_000 }],
    ['breaks off every answer before its first byte', { kind: 'cut-answer', after: 0 }],
    ['breaks off every answer within its head', { kind: 'cut-answer', after: 40 }],
    ['takes requests and says nothing', { kind: 'stall' }],
  ])('%s fails within its budget, visible to nobody, and gc finds the rest', async (_, toxic) => {
    const runId = newRunId(new Date())
    let since = 0
    const idleTimeoutMs = toxic.kind === 'stall' ? SILENCE_MS : NEVER_MS
    const remote = await remoteWith({ idleTimeoutMs, budgetMs: BUDGET_MS })
    const failed = exportDuring(remote, runId, async () => {
      since = performance.now()
      await proxy.inject(toxic)
    })
    const error: unknown = await failed.then(
      () => 'no failure',
      e => e,
    )
    const took = performance.now() - since
    expect(error).toMatchObject({ code: 'LAKE_UNREACHABLE', exitCode: 3, retryable: true })
    expect(String(error)).toMatch(/\(\d+ attempts in \d+\.\d s\)$/)
    // The call that fails, and a few short ones to take things back; the machine may be slow, but the budget of whoever sets
    // none is a minute for the first alone.
    expect(took).toBeLessThan(55_000)
    await proxy.heal()
    expect((await listRuns(direct, 'papers')).filter(({ committed }) => committed)).toEqual([])

    // Had the process ended, as the command does.
    if ((await direct.head(lakeKey.claim('papers', runId))) !== undefined)
      await claim(direct, runId, { owner: 'dead', renewedAt: new Date() })
    await sweep(direct, { now: new Date(Date.now() + 2 * DAY_MS) })
    expect(await keysOf(direct, '')).toEqual([])
  })

  it('comes back within the budget is committed whole, however long a request had to wait', async () => {
    const runId = newRunId(new Date())
    const remote = await remoteWith({ idleTimeoutMs: BUDGET_MS, budgetMs: NEVER_MS })
    const { manifest } = await exportDuring(remote, runId, async () => {
      await proxy.inject({ kind: 'stall' }, 2)
    })
    expect(manifest.documents).toBe(documents.length)
    const stored = await latestManifest(direct, 'papers')
    for (const { key, bytes } of stored.parts) expect((await direct.head(key))?.bytes).toBe(bytes)
    expect(stored.parts.reduce((sum, part) => sum + part.documents, 0)).toBe(documents.length)
  })
})
