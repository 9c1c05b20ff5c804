import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openFsStore } from '../../src/adapters/fs/fs-store.js'
import { openS3Store } from '../../src/adapters/s3/s3-store.js'
import { listRuns } from '../../src/catalog/catalog.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { type DyingExport, dyingExport } from '../support/dying-export.js'
import { asWiredTiger, type MongoFront, startMongoFront } from '../support/mongo-front.js'
import { freshDatabase, freshPrefix, mongo, s3 } from '../support/services.js'
import { documentsOf } from './read-lake.js'

const DOCUMENTS = 200
/** More processes at once than this only wait for each other. */
const AT_ONCE = 2

let work: string
let database: string
let client: MongoClient
let front: MongoFront
let bucket: Awaited<ReturnType<typeof s3>>
let digest: string

beforeAll(async () => {
  const [server, store] = await Promise.all([mongo(), s3()])
  work = await mkdtemp(join(tmpdir(), 'lakeferry-crash-'))
  database = freshDatabase()
  front = await startMongoFront({ port: server.port, reply: asWiredTiger })
  bucket = store
  client = await new MongoClient(server.uri).connect()
  const papers = client.db(database).collection<{ _id: string | number }>('papers')
  await papers.insertMany(
    Array.from({ length: DOCUMENTS }, (_, n) => ({ _id: n % 2 ? n : `p${n}`, text: 'x'.repeat(300) })),
  )
  let sum = 0n
  for await (const raw of papers.find({}, { raw: true }))
    sum += BigInt(
      `0x${createHash('sha256')
        .update(Buffer.from(raw as unknown as Uint8Array))
        .digest('hex')}`,
    )
  digest = (sum % (1n << 256n)).toString(16).padStart(64, '0')
})

afterAll(async () => {
  await client?.db(database).dropDatabase()
  await client?.close()
  await front?.stop()
  if (work) await rm(work, { recursive: true, force: true })
})

/** A lake of its own for each case: what one leaves is not the next one's. */
async function freshLake(kind: string): Promise<{ lake: DyingExport['lake']; store: ObjectStore }> {
  const prefix = freshPrefix()
  if (kind === 'file') {
    const root = join(work, prefix)
    return { lake: { root }, store: openFsStore({ root }) }
  }
  const { endpoint, region, accessKeyId, secretAccessKey } = bucket
  const credentials = { accessKeyId, secretAccessKey }
  const lake = { bucket: bucket.bucket, prefix, endpoint, region, pathStyle: true, credentials }
  return { lake, store: await openS3Store(lake) }
}

/** What a reader may see at any time: no run, or whole ones. */
async function wholeRuns(store: ObjectStore): Promise<string[]> {
  const committed = (await listRuns(store, 'papers')).filter(run => run.committed)
  for (const { manifest } of committed) {
    expect([manifest?.documents, manifest?.digest]).toEqual([DOCUMENTS, digest])
    const ids = new Set((await documentsOf(store, manifest!, 'ndjson.gz')).map(document => document['_id']))
    expect(ids.size).toBe(DOCUMENTS)
    for (const part of manifest!.parts) {
      const body = (await store.get(part.key))?.body ?? new Uint8Array()
      expect(createHash('sha256').update(body).digest('hex'), part.key).toBe(part.sha256)
    }
  }
  return committed.map(run => run.runId)
}

async function objects(store: ObjectStore, prefix = ''): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of store.list(prefix)) keys.push(key)
  return keys
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items]
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

describe.each([
  ['file', 'id'],
  ['file', 'any'],
  ['s3', 'id'],
  ['s3', 'any'],
] as const)('a process killed at each of its writes to %s, reading in order %s', (kind, order) => {
  const exporting = (job: Pick<DyingExport, 'lake' | 'kill' | 'resume'>) =>
    dyingExport({ uri: `mongodb://${front.address}/?directConnection=true`, database, order, ...job })

  it('leaves no run or a whole one, and --resume finishes it with nothing left over', {
    timeout: 1_800_000,
  }, async () => {
    const undisturbed = await freshLake(kind)
    const { done, error } = await exporting({ lake: undisturbed.lake })
    expect([error, done?.documents, done?.digest]).toEqual([undefined, DOCUMENTS, digest])
    expect(await wholeRuns(undisturbed.store)).toEqual([done?.runId])
    const writes = Array.from({ length: done!.writes }, (_, n) => n + 1)
    const cases = writes.flatMap(write => (['before', 'after'] as const).map(when => ({ write, when })))
    let resumed = 0
    await inParallel(cases, async kill => {
      const { lake, store } = await freshLake(kind)
      const where = `${kill.when} write ${kill.write} of ${done!.writes}`
      expect(await exporting({ lake, kill }), where).toEqual({ killed: true })
      const before = await wholeRuns(store)
      const second = await exporting({ lake, resume: true })
      expect(second.error, where).toBeUndefined()
      const after = await wholeRuns(store)
      expect(after, where).toHaveLength(before.length + 1)
      expect(after, where).toContain(second.done?.runId)
      const manifest = (await listRuns(store, 'papers')).find(run => run.runId === second.done?.runId)?.manifest
      expect(await objects(store, `papers/run=${second.done?.runId}/`), where).toEqual(
        [`papers/run=${second.done?.runId}/_manifest.json`, ...manifest!.parts.map(part => part.key)].sort(),
      )
      // Of a run that was committed by the one that died, its claim and plan may be there still: for gc.
      if (before.length === 0) expect(await objects(store, '_lakeferry/'), where).toEqual([])
      if (second.done!.resumed > 0) resumed++
      await store.close()
    })
    if (order === 'id') expect(resumed, 'of them some went on with what was finished').toBeGreaterThan(2)
    else expect(resumed).toBe(0)
  })
})
