import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CreateMultipartUploadCommand, S3Client, UploadPartCommand } from '@aws-sdk/client-s3'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { openFsStore } from '../../src/adapters/fs/fs-store.js'
import { openS3Store } from '../../src/adapters/s3/s3-store.js'
import { listRuns } from '../../src/catalog/catalog.js'
import { lakeKey } from '../../src/model/lake-key.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { invoke, jsonOf } from '../cli/cli-fixture.js'
import { lakeferry } from '../cli/spawned.js'
import { keysOf, leftoversOf } from '../ports/object-store-suite.js'
import { freshDatabase, freshPrefix, mongo, type S3Service, s3 } from '../support/services.js'

const DOCUMENTS = 6_000
const HOUR_MS = 3_600_000

let work: string
let database: string
let client: MongoClient
let bucket: S3Service
let prefix: string
let env: Record<string, string>
const stores: Record<string, ObjectStore> = {}

const config = (lake: string): string => join(work, `${lake}.yaml`)
const exportOnce = (lake: string, settings: Record<string, string> = {}) =>
  lakeferry(['export', 'papers', '--config', config(lake), '--json'], { cwd: work, env: { ...env, ...settings } })

/** Variables that configure one. */
let retention: Record<string, string> = {}

/** `gc` so many hours from now. */
async function gc(lake: string, hours: number, ...args: string[]): Promise<Record<string, unknown>> {
  const now = new Date(Date.now() + hours * HOUR_MS)
  const all = { ...env, ...retention }
  const invocation = await invoke(['gc', '--config', config(lake), '--json', ...args], { cwd: work, env: all, now })
  expect([invocation.exitCode, invocation.stderr]).toEqual([0, ''])
  return jsonOf(invocation)
}

const removedBy = (told: Record<string, unknown>): string[] =>
  (told['datasets'] as { removed: { key: string }[] }[]).flatMap(({ removed }) => removed.map(({ key }) => key))

/** The keys that the manifests of all committed runs name, manifests and pointer included; and the record of attempts. */
async function namedKeys(lake: string): Promise<string[]> {
  const named: string[] = []
  for (const { manifest } of await listRuns(stores[lake]!, 'papers')) {
    if (manifest === undefined) continue
    named.push(lakeKey.manifest('papers', manifest.runId), ...manifest.parts.map(({ key }) => key))
  }
  // And what the lake remembers of attempts, failed ones too.
  return named.length === 0 ? [] : [...named, lakeKey.pointer('papers'), lakeKey.attempts('papers')].sort()
}

/**
 * Starts an export and stops it in the middle: some of its parts are there, and its plan, so that it could be resumed. It takes
 * ten seconds, so that it is still there when a test that stood still looks.
 */
async function exportInTheMiddle(lake: string) {
  const spawned = exportOnce(lake, { LAKEFERRY_SOURCE_MAX_DOCUMENTS_PER_SECOND: '600' })
  onTestFinished(() => void spawned.child.kill('SIGKILL'))
  const plans = async (): Promise<number> => (await keysOf(stores[lake]!, '_lakeferry/plans/')).length
  const before = await plans()
  const deadline = Date.now() + 60_000
  while ((await plans()) < before + 2 && Date.now() < deadline) {
    if (spawned.child.exitCode !== null) throw new Error(`it ended: ${(await spawned.ended).stdout}`)
    await sleep(5)
  }
  spawned.child.kill('SIGSTOP')
  return spawned
}

/** All keys, once a request is done with that was on its way when its process was stopped or killed. */
async function keysAtRest(lake: string): Promise<string[]> {
  let keys = await keysOf(stores[lake]!, '')
  for (let still = 0, tries = 0; still < 3 && tries < 100; tries++) {
    await sleep(300)
    const now = await keysOf(stores[lake]!, '')
    still = now.join('\n') === keys.join('\n') ? still + 1 : 0
    keys = now
  }
  return keys
}

beforeAll(async () => {
  const [server, service] = await Promise.all([mongo(), s3()])
  bucket = service
  work = await mkdtemp(join(tmpdir(), 'lakeferry-gc-'))
  database = freshDatabase()
  client = await new MongoClient(server.uri).connect()
  // About 24 MB: with parts of 1 MB an export has a middle.
  await client
    .db(database)
    .collection<{ _id: number }>('papers')
    .insertMany(Array.from({ length: DOCUMENTS }, (_, n) => ({ _id: n, text: String(n).repeat(1_000) })))
  const { accessKeyId, secretAccessKey, endpoint, region } = bucket
  prefix = freshPrefix()
  env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey }
  stores['file'] = openFsStore({ root: join(work, 'lake') })
  stores['s3'] = await openS3Store({
    ...{ bucket: bucket.bucket, prefix, endpoint, region, pathStyle: true },
    credentials: { accessKeyId, secretAccessKey },
  })
  const credentials = `credentials: {accessKeyId: "${accessKeyId}", secretAccessKey: "${secretAccessKey}"}`
  for (const [name, lake] of [
    ['file', `{url: "file:${join(work, 'lake')}"}`],
    [
      's3',
      `{url: "s3://${bucket.bucket}/${prefix}", endpoint: "${endpoint}", region: ${region}, pathStyle: true, ${credentials}}`,
    ],
  ] as const) {
    await writeFile(
      config(name),
      `source: {uri: "${server.uri}", database: ${database}, concurrency: 1}\nlake: ${lake}\n` +
        'datasets: {papers: {collection: papers, formats: [ndjson.gz], partSize: 1MB}}\n',
    )
  }
})

afterAll(async () => {
  await client?.db(database).dropDatabase()
  await client?.close()
  for (const store of Object.values(stores)) await store.close()
  if (work) await rm(work, { recursive: true, force: true })
})

describe.each(['file', 's3'])('on a lake of %s', lake => {
  it('what killed exports left is gone after gc, to the last object, and what was committed is whole', {
    timeout: 600_000,
  }, async () => {
    expect((await exportOnce(lake).ended).exitCode).toBe(0)
    for (let i = 0; i < 2; i++) {
      const { child, ended } = await exportInTheMiddle(lake)
      child.kill('SIGKILL')
      await ended
    }
    const there = await keysAtRest(lake)
    const named = await namedKeys(lake)
    expect(there.length).toBeGreaterThan(named.length + 5)

    // They can be resumed, so they stay for a day.
    const early = await gc(lake, 23)
    expect(early).toMatchObject({ datasets: [{ removed: [], kept: [{}, {}] }] })
    expect(await keysOf(stores[lake]!, '')).toEqual(there)

    const garbage = removedBy(await gc(lake, 25, '--dry-run'))
    expect([...garbage, ...named].sort()).toEqual(there.toSorted())
    expect(await keysOf(stores[lake]!, '')).toEqual(there)
    // Three at once: whoever takes a run over has all of it, and nobody fails.
    const swept = await Promise.all([gc(lake, 25), gc(lake, 25), gc(lake, 25)])
    expect(swept.flatMap(removedBy).sort()).toEqual(garbage.toSorted())
    expect(await keysOf(stores[lake]!, '')).toEqual(named)
    expect(await leftoversOf(stores[lake]!)).toEqual([])
  })

  it('an export that is at work loses nothing, however long it seems to be silent, and commits', {
    timeout: 600_000,
  }, async () => {
    const { child, ended } = await exportInTheMiddle(lake)
    const there = await keysAtRest(lake)
    const swept = await gc(lake, 24 * 400, '--older-than', '1s')
    expect(swept).toMatchObject({
      datasets: [{ removed: [], kept: [{ reason: expect.stringMatching(/^in the hands/) }] }],
    })
    expect(await keysOf(stores[lake]!, '')).toEqual(there)
    child.kill('SIGCONT')
    expect((await ended).exitCode).toBe(0)
    expect(await keysOf(stores[lake]!, '')).toEqual(await namedKeys(lake))
  })

  it('with a retention the newest run of a day stays, whole to the last byte, and of the others nothing', {
    timeout: 600_000,
  }, async () => {
    for (let i = 0; i < 2; i++) expect((await exportOnce(lake).ended).exitCode).toBe(0)
    // Some stores list a folder for a moment longer than its last object is there.
    const committed = async (): Promise<string[]> =>
      (await listRuns(stores[lake]!, 'papers')).filter(run => run.committed).map(({ runId }) => runId)
    const before = await committed()
    retention = { LAKEFERRY_RETENTION_KEEP_DAILY: '1' }
    onTestFinished(() => {
      retention = {}
    })
    // What was the newest a moment ago stays for an hour.
    await gc(lake, 0)
    expect(await committed()).toEqual(before)
    const garbage = removedBy(await gc(lake, 2, '--dry-run'))
    expect(removedBy(await gc(lake, 2))).toEqual(garbage)
    expect(await committed()).toEqual(before.slice(0, 1))
    expect(await keysOf(stores[lake]!, '')).toEqual(await namedKeys(lake))
    const verify = ['verify', 'papers', '--config', config(lake), '--against', 'both']
    expect((await invoke(verify, { cwd: work, env })).exitCode).toBe(0)
  })
})

it('unfinished uploads below the lake go when they are old, those of other programs never', async () => {
  const { accessKeyId, secretAccessKey, endpoint, region, bucket: Bucket } = bucket
  const credentials = { accessKeyId, secretAccessKey }
  const sdk = new S3Client({ endpoint, region, forcePathStyle: true, credentials })
  onTestFinished(() => sdk.destroy())
  const run = '20250101T000000.000Z-aaaaaa'
  const keys = [`papers/run=${run}/parquet/part-00000.parquet`, 'other/program.bin'] as const
  for (const key of keys) {
    const Key = `${prefix}/${key}`
    const { UploadId } = await sdk.send(new CreateMultipartUploadCommand({ Bucket, Key }))
    await sdk.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: 'half of it' }))
  }
  expect(await gc('s3', 23)).toMatchObject({ leftovers: [] })
  expect(await gc('s3', 25)).toMatchObject({ leftovers: [{ kind: 'write', key: keys[0], bytes: 10 }] })
  const left = await leftoversOf(stores['s3']!)
  expect(left.map(({ key }) => key)).toEqual([keys[1]])
  await stores['s3']!.removeLeftover(left[0]!)
})
