import { createHash, randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateBucketCommand, DeleteBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openFsStore } from '../../src/adapters/fs/fs-store.js'
import { openS3Store } from '../../src/adapters/s3/s3-store.js'
import { latestManifest, listRuns } from '../../src/catalog/catalog.js'
import { lakeKey } from '../../src/model/lake-key.js'
import { newRunId } from '../../src/model/run-id.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import type { Invocation } from '../cli/cli-fixture.js'
import { lakeferry, type Spawned } from '../cli/spawned.js'
import { keysOf } from '../ports/object-store-suite.js'
import { errorXml } from '../support/canned-s3.js'
import { type S3Call, type S3Fault, startFaultyS3 } from '../support/faulty-s3.js'
import { freshDatabase, freshPrefix, mongo, type S3Service, s3 } from '../support/services.js'

// What becomes of `lakeferry export`, the whole program, when the lake fails it. Faults that last longer than it tries
// again are in lake-outages.test.ts, with shorter budgets.

const DOCUMENTS = 1_500

let work: string
let database: string
let source: string
let client: MongoClient
let service: S3Service
/** Of all tests, which run side by side: most of their time is waiting. */
const toEnd: (() => unknown)[] = []

beforeAll(async () => {
  const server = await mongo()
  service = await s3()
  work = await mkdtemp(join(tmpdir(), 'lakeferry-faults-'))
  database = freshDatabase()
  source = `source: {uri: "${server.uri}", database: ${database}, concurrency: 1}\n`
  client = await new MongoClient(server.uri).connect()
  await client
    .db(database)
    .collection<{ _id: number }>('papers')
    .insertMany(Array.from({ length: DOCUMENTS }, (_, n) => ({ _id: n, text: randomBytes(3_000).toString('base64') })))
})
afterAll(async () => {
  await Promise.all(toEnd.map(end => end()))
  await client?.db(database).dropDatabase()
  await client?.close()
  if (work) await rm(work, { recursive: true, force: true })
})

/** Six parts of 1 MB of documents, which cannot be compressed much. */
async function exportTo(
  lake: string,
  runId: string,
  { before, perSecond = 1_000_000 }: { before?: string; perSecond?: number } = {},
): Promise<Spawned> {
  const file = join(work, `${runId}.yaml`)
  await writeFile(
    file,
    `${source}lake: ${lake}\ndatasets: {papers: {collection: papers, formats: [ndjson.gz], partSize: 1MB}}\n`,
  )
  const env = {
    AWS_ACCESS_KEY_ID: service.accessKeyId,
    AWS_SECRET_ACCESS_KEY: service.secretAccessKey,
    LAKEFERRY_SOURCE_MAX_DOCUMENTS_PER_SECOND: String(perSecond),
  }
  const argv = ['export', 'papers', '--config', file, '--json', '--run-id', runId]
  const spawned = lakeferry(argv, { cwd: work, env, ...(before === undefined ? {} : { before }) })
  toEnd.push(() => void spawned.child.kill('SIGKILL'))
  return spawned
}

interface Lake {
  /** Past all faults. */
  readonly store: ObjectStore
  readonly config: string
}

async function s3Lake(endpoint: string, bucket = service.bucket): Promise<Lake> {
  const { region, accessKeyId, secretAccessKey } = service
  const prefix = freshPrefix()
  const store = await openS3Store({
    ...{ bucket, prefix, endpoint: service.endpoint, region },
    credentials: { accessKeyId, secretAccessKey },
  })
  toEnd.push(() => store.close())
  return {
    store,
    config: `{url: "s3://${bucket}/${prefix}", endpoint: "${endpoint}", region: ${region}, pathStyle: true}`,
  }
}

async function exportThrough(next: (call: S3Call, n: number) => S3Fault | undefined) {
  const counts = new Map<string, number>()
  const faulty = await startFaultyS3(service.endpoint, call => {
    const kind = `${call.method} ${isPart(call)}`
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
    return next(call, counts.get(kind)!)
  })
  toEnd.push(() => faulty.stop())
  const { store, config } = await s3Lake(faulty.endpoint)
  const outcome = await (await exportTo(config, newRunId(new Date()))).ended
  expect(faulty.struck).toBeGreaterThan(0)
  return { outcome, store }
}

const isPart = ({ url }: S3Call): boolean => url.includes('/part-')
/** A third of the time, in no order that a retry could keep step with; always for the first. */
const sometimes = (n: number): boolean => (Math.imul(n - 1, 2654435761) >>> 0) / 2 ** 32 < 1 / 3
const isPut = ({ method }: S3Call): boolean => method === 'PUT'

/** The run is there, and every byte that its manifest promises. */
async function expectWhole(store: ObjectStore, { exitCode, stdout, stderr }: Invocation): Promise<void> {
  expect([exitCode, stderr]).toEqual([0, expect.any(String)])
  const manifest = await latestManifest(store, 'papers')
  expect(manifest.documents).toBe(DOCUMENTS)
  expect(JSON.parse(stdout).datasets[0].digest).toBe(manifest.digest)
  for (const { key, bytes, sha256 } of manifest.parts) {
    const body = (await store.get(key))!.body
    expect([body.length, createHash('sha256').update(body).digest('hex')]).toEqual([bytes, sha256])
  }
}

/** Exit 3, an error that says what to do next, and nothing that a reader sees. */
async function expectNothing(
  store: ObjectStore,
  { exitCode, stdout }: Invocation,
  code: string,
  text: RegExp,
): Promise<void> {
  expect([exitCode, JSON.parse(stdout).error]).toEqual([
    3,
    {
      code,
      message: expect.stringMatching(text),
      hint: expect.stringMatching(/\w+ .*\.$/),
      retryable: expect.any(Boolean),
      dataset: 'papers',
    },
  ])
  expect((await listRuns(store, 'papers')).filter(({ committed }) => committed)).toEqual([])
}

describe.concurrent('an S3 lake', () => {
  it('that answers 503 SlowDown for a while: the run is committed whole', { timeout: 600_000 }, async () => {
    const slowDown = { status: 503, body: errorXml('SlowDown'), headers: { 'retry-after': '1' } }
    const { outcome, store } = await exportThrough((call, n) =>
      isPart(call) && isPut(call) && n <= 4 ? slowDown : undefined,
    )
    await expectWhole(store, outcome)
  })

  it('that fails a third of all requests in one way or another: the run is committed whole', {
    timeout: 600_000,
  }, async () => {
    const faults: S3Fault[] = [
      'reset',
      'lost',
      'cut',
      { status: 500, body: errorXml('InternalError') },
      { status: 502, body: '<html>Bad gateway' },
    ]
    let struck = 0
    const strikes = new Map<string, number>()
    const { outcome, store } = await exportThrough(({ method, url }, n) => {
      // Which of several calls under way meets a fault is chance: no single one may meet more of them than it is tried.
      const before = strikes.get(`${method} ${url}`) ?? 0
      if (!sometimes(n) || before === 4) return
      strikes.set(`${method} ${url}`, before + 1)
      return faults[struck++ % faults.length]
    })
    expect(struck).toBeGreaterThan(faults.length)
    await expectWhole(store, outcome)
  })

  it.each<[string, string, RegExp, S3Fault]>([
    [
      'asks to be left alone for an hour',
      'LAKE_UNREACHABLE',
      /SlowDown.* \(asked to be left alone for 3600 s\)$/,
      { status: 503, body: errorXml('SlowDown'), headers: { 'retry-after': '3600' } },
    ],
    [
      'takes the permission away',
      'LAKE_FORBIDDEN',
      /not allowed: put .*AccessDenied/,
      { status: 403, body: errorXml('AccessDenied') },
    ],
    ['is full', 'LAKE_FULL', /no room to write .*part-/, { status: 507, body: errorXml('XMinioStorageFull') }],
  ])(
    'that %s in the middle of it: exit 3, and what was written is taken back',
    { timeout: 600_000 },
    async (_, code, text, fault) => {
      const { outcome, store } = await exportThrough((call, n) =>
        isPart(call) && isPut(call) && n > 3 ? fault : undefined,
      )
      await expectNothing(store, outcome, code, text)
      // But for the record of attempts: that it failed is not forgotten.
      expect(await keysOf(store, '')).toEqual([lakeKey.attempts('papers')])
    },
  )

  it('that answers nothing but 500: exit 3 after some seconds', { timeout: 600_000 }, async () => {
    const { outcome, store } = await exportThrough(() => ({ status: 500, body: errorXml('InternalError') }))
    await expectNothing(store, outcome, 'LAKE_UNREACHABLE', /HTTP 500 \(8 attempts in \d+\.\d s\)$/)
  })

  it('whose bucket is removed in the middle of it: exit 3, and no run in what comes after', {
    timeout: 600_000,
  }, async () => {
    const { endpoint, region, accessKeyId, secretAccessKey } = service
    const sdk = new S3Client({ endpoint, region, forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } })
    toEnd.push(() => sdk.destroy())
    const Bucket = freshPrefix()
    await sdk.send(new CreateBucketCommand({ Bucket }))
    const { store, config } = await s3Lake(endpoint, Bucket)
    // Ten seconds of it: it must not have ended when this process, which may stand still, has seen its first part.
    const { child, ended } = await exportTo(config, newRunId(new Date()), { perSecond: 150 })
    const deadline = Date.now() + 120_000
    while (!(await keysOf(store, 'papers/')).some(key => key.includes('/part-')) && Date.now() < deadline);
    child.kill('SIGSTOP')
    expect(child.exitCode).toBeNull()
    // SeaweedFS removes one with objects in it, as its owner may by other means elsewhere; and it makes one that a write names.
    await sdk.send(new DeleteBucketCommand({ Bucket }))
    child.kill('SIGCONT')
    const outcome = await ended
    await sdk.send(new CreateBucketCommand({ Bucket })).catch(() => undefined)
    const { code } = JSON.parse(outcome.stdout).error
    expect(['LAKE_BUCKET_MISSING', 'RUN_LOST']).toContain(code)
    await expectNothing(store, outcome, code, /./)
    await sdk.send(new DeleteBucketCommand({ Bucket }))
  })
})

describe.concurrent('a disk', () => {
  it('that is full: exit 3, and what was written is taken back', { timeout: 600_000 }, async () => {
    const root = join(work, 'full')
    const store = openFsStore({ root })
    // 512-byte blocks: files end at 256 kB. EFBIG stands in for ENOSPC and EDQUOT, which are treated alike.
    const { ended } = await exportTo(`{url: "file:${root}"}`, newRunId(new Date()), { before: 'ulimit -f 500' })
    await expectNothing(store, await ended, 'LAKE_FULL', /no room to write .*EFBIG/)
    // But for the record of attempts: that it failed is not forgotten.
    expect(await keysOf(store, '')).toEqual([lakeKey.attempts('papers')])
  })

  it('that may not be written: exit 3, and nothing is written', { timeout: 600_000 }, async () => {
    // Nothing is forbidden to root but what the kernel itself will not do; another user could not read this checkout.
    const isRoot = process.geteuid?.() === 0
    const root = isRoot ? '/sys/lakeferry-test' : join(work, 'read-only/lake')
    await mkdir(join(work, 'read-only'), { mode: 0o555 })
    const { ended } = await exportTo(`{url: "file:${root}"}`, newRunId(new Date()))
    await expectNothing(openFsStore({ root }), await ended, 'LAKE_FORBIDDEN', /not allowed: put/)
  })
})
