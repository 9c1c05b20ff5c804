import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openFsStore } from '../../src/adapters/fs/fs-store.js'
import { openS3Store } from '../../src/adapters/s3/s3-store.js'
import { listRuns } from '../../src/catalog/catalog.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { lakeferry } from '../cli/spawned.js'
import { freshDatabase, freshPrefix, mongo, s3 } from '../support/services.js'
import { documentsOf } from './read-lake.js'

const DOCUMENTS = 12_000
/** On each lake. */
const KILLS = Number(process.env['LAKEFERRY_TEST_KILLS'] ?? 50)
const RACES = Number(process.env['LAKEFERRY_TEST_RACES'] ?? 10)

let work: string
let database: string
let client: MongoClient
let env: Record<string, string>
const stores: Record<string, ObjectStore> = {}
/** Milliseconds that an undisturbed export takes here and now. */
let whole = 0

const config = (lake: string): string => join(work, `${lake}.yaml`)
const exportOnce = (lake: string, ...args: string[]) =>
  lakeferry(['export', 'papers', '--config', config(lake), '--json', ...args], { cwd: work, env })

async function keys(lake: string): Promise<string[]> {
  const found: string[] = []
  for await (const { key } of stores[lake]!.list('')) found.push(key)
  return found
}

const committedRuns = async (lake: string): Promise<number> =>
  (await listRuns(stores[lake]!, 'papers')).filter(run => run.committed).length

/** What a reader may see at any time: runs that are whole, and nothing else. */
async function everyVisibleRunIsWhole(lake: string): Promise<number> {
  const store = stores[lake]!
  const committed = (await listRuns(store, 'papers')).filter(run => run.committed)
  for (const { manifest } of committed) {
    expect(manifest?.documents).toBe(DOCUMENTS)
    for (const format of ['json', 'ndjson.gz']) {
      const ids = new Set((await documentsOf(store, manifest!, format)).map(document => document['_id']))
      expect(ids.size).toBe(DOCUMENTS)
    }
  }
  return committed.length
}

beforeAll(async () => {
  const [server, bucket] = await Promise.all([mongo(), s3()])
  work = await mkdtemp(join(tmpdir(), 'lakeferry-broken-'))
  database = freshDatabase()
  client = await new MongoClient(server.uri).connect()
  await client
    .db(database)
    .collection<{ _id: string | number }>('papers')
    .insertMany(Array.from({ length: DOCUMENTS }, (_, n) => ({ _id: n % 2 ? n : `p${n}`, text: 'x'.repeat(n % 700) })))
  const { accessKeyId, secretAccessKey, endpoint, region } = bucket
  const prefix = freshPrefix()
  env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey }
  stores['file'] = openFsStore({ root: join(work, 'lake') })
  stores['s3'] = await openS3Store({
    ...{ bucket: bucket.bucket, prefix, endpoint, region, pathStyle: true },
    credentials: { accessKeyId, secretAccessKey },
  })
  for (const [name, lake] of [
    ['file', `{url: "file:${join(work, 'lake')}"}`],
    ['s3', `{url: "s3://${bucket.bucket}/${prefix}", endpoint: "${endpoint}", region: ${region}, pathStyle: true}`],
  ] as const) {
    const source = `source: {uri: "${server.uri}", database: ${database}}`
    await writeFile(
      config(name),
      `${source}\nlake: ${lake}\ndatasets: {papers: {collection: papers, formats: [json, ndjson.gz]}}\n`,
    )
  }
  const started = performance.now()
  expect((await exportOnce('file').ended).exitCode).toBe(0)
  whole = performance.now() - started
  await stores['file'].delete(await keys('file'))
})

afterAll(async () => {
  await client?.db(database).dropDatabase()
  await client?.close()
  for (const store of Object.values(stores)) await store.close()
  if (work) await rm(work, { recursive: true, force: true })
})

describe.each(['file', 's3'])('an export to %s', lake => {
  it('killed at any moment leaves no visible run or a whole one, and the next export succeeds', {
    timeout: 1_800_000,
  }, async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      const { child, ended } = exportOnce(lake)
      // From the first module loaded until after the end.
      const moment = Math.random() * 1.1
      await sleep(whole * moment)
      child.kill('SIGKILL')
      await ended
      await committedRuns(lake)
    }
    const visible = await everyVisibleRunIsWhole(lake)
    expect((await exportOnce(lake).ended).exitCode).toBe(0)
    expect(await everyVisibleRunIsWhole(lake)).toBe(visible + 1)
    const { exitCode, stdout } = await exportOnce(lake, '--resume').ended
    expect([exitCode, JSON.parse(stdout).datasets[0].documents]).toEqual([0, DOCUMENTS])
    await stores[lake]!.delete(await keys(lake))
  })

  it('lets one of two processes with one run id commit, and tells the other, every time', {
    timeout: 600_000,
  }, async () => {
    for (let race = 0; race < RACES; race++) {
      const runId = `20261122T03${String(race).padStart(4, '0')}.000Z-aaaaaa`
      const both = [exportOnce(lake, '--run-id', runId), exportOnce(lake, '--run-id', runId)]
      const outcomes = await Promise.all(both.map(one => one.ended))
      expect(outcomes.map(one => one.exitCode).sort(), `race ${race}`).toEqual([0, 2])
      const refused = JSON.parse(outcomes.find(one => one.exitCode === 2)!.stdout)
      expect(['RUN_CLAIMED', 'RUN_EXISTS']).toContain(refused.error.code)
    }
    expect(await everyVisibleRunIsWhole(lake)).toBe(RACES)
  })

  it('takes back what it wrote on SIGINT and SIGTERM, and exits 130', { timeout: 600_000 }, async () => {
    const before = await keys(lake)
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      // Slow enough not to be through before a lake of many runs is listed, by a process that may stand still.
      const slow = { ...env, LAKEFERRY_SOURCE_MAX_DOCUMENTS_PER_SECOND: '1000' }
      const argv = ['export', 'papers', '--config', config(lake), '--json']
      const { child, ended } = lakeferry(argv, { cwd: work, env: slow })
      // Once the first part is there it is surely in the middle.
      const deadline = Date.now() + 120_000
      while ((await keys(lake)).length < before.length + 2 && child.exitCode === null && Date.now() < deadline)
        await sleep(5)
      child.kill(signal)
      const { exitCode, stdout } = await ended
      expect([exitCode, JSON.parse(stdout).error?.code]).toEqual([130, 'INTERRUPTED'])
      expect(await keys(lake)).toEqual(before)
    }
  })
})
