import type { Document } from 'bson'
import fc from 'fast-check'
import { type Db, MongoClient } from 'mongodb'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { MongoOptions } from '../../src/adapters/mongo/connection.js'
import { type MongoSource, openMongoSource } from '../../src/adapters/mongo/mongo-source.js'
import { STORED_BYTES, STORED_DOCUMENTS, StoredReading } from '../../src/adapters/mongo/stored-order.js'
import type { RawBlock, ReadRequest, SourceSnapshot } from '../../src/ports/document-source.js'
import { anId, documentsOf, sortedHex } from '../support/mongo-documents.js'
import { asWiredTiger, type MongoFront, startMongoFront } from '../support/mongo-front.js'
import { freshDatabase, mongo } from '../support/services.js'

const EVERYTHING = { from: undefined, until: undefined }
const DOCUMENTS = 40

let client: MongoClient
let db: Db
let front: MongoFront
let source: MongoSource
let hello: (answered: Document) => Document = answered => answered
let answer: (command: Document) => Document | 'cut' | 'silence' | undefined = () => undefined
let reply = asWiredTiger

const openOwn = (options: Partial<MongoOptions> = {}): Promise<MongoSource> =>
  openMongoSource({
    uri: `mongodb://${front.address}/?directConnection=true&heartbeatFrequencyMS=500`,
    database: db.databaseName,
    resume: { baseMs: 1, tries: 2 },
    ...options,
  })

beforeAll(async () => {
  const { uri, port } = await mongo()
  client = await MongoClient.connect(uri)
  db = client.db(freshDatabase())
  await db
    .collection('papers')
    .insertMany(Array.from({ length: DOCUMENTS }, (_, n): Document => ({ _id: (n * 7) % 41 })))
  front = await startMongoFront({
    port,
    hello: answered => hello(answered),
    rewrite: command => ('batchSize' in command ? { ...command, batchSize: 9 } : command),
    answer: command => answer(command),
    reply: (answered, command) => reply(answered, command),
  })
  source = await openOwn()
})
afterEach(() => {
  hello = answered => answered
  answer = () => undefined
  reply = asWiredTiger
})
afterAll(async () => {
  await source?.close()
  await front?.stop()
  await db?.dropDatabase()
  await client?.close()
})

const lastFind = () => front.commands.findLast(one => 'find' in one && one['singleBatch'] !== true)
const isRead = (command: Document) => ('find' in command && command['singleBatch'] !== true) || 'getMore' in command
const isSize = (command: Document) => 'aggregate' in command && '$collStats' in (command['pipeline'][0] ?? {})

async function read(snapshot: SourceSnapshot): Promise<Uint8Array[]> {
  const documents: Uint8Array[] = []
  for await (const block of snapshot.read(EVERYTHING)) documents.push(...documentsOf(block))
  return documents
}

async function orderOf(request: Partial<ReadRequest> = {}, from: MongoSource = source): Promise<string> {
  const snapshot = await from.open({ collection: 'papers', order: 'any', ...request })
  await snapshot.close()
  return snapshot.order
}

describe('a small collection, in any order', () => {
  it('is read as it is stored: each document once, whatever the ids, with one cursor that does not sort', async () => {
    let run = 0
    const property = fc.asyncProperty(fc.array(anId, { maxLength: 30 }), async ids => {
      const name = `any${run++}`
      await db.createCollection(name)
      const documents = ids.map((_id): Document => ({ _id }))
      const options = { ordered: false, forceServerObjectId: true }
      // Equal ids are refused, and so are the types that a server does not take.
      if (ids.length > 0) await db.collection(name).insertMany(documents, options).catch(refused)
      const there = await db.collection(name).find({}, { raw: true }).sort({ _id: -1 }).toArray()
      const snapshot = await source.open({ collection: name, order: 'any' })
      expect([snapshot.order, snapshot.resumable]).toEqual(['stored', false])
      expect(await snapshot.ranges(4)).toEqual([EVERYTHING])
      expect(sortedHex(await read(snapshot))).toEqual(sortedHex(there as unknown as Uint8Array[]))
      expect(lastFind()).toMatchObject({ find: name })
      expect(Object.keys(lastFind()!).filter(key => ['sort', 'filter'].includes(key))).toEqual([])
      await snapshot.close()
    })
    await fc.assert(property, { numRuns: 25 })
  })

  it('and by _id where nobody says so', async () => {
    const snapshot = await source.open({ collection: 'papers' })
    expect([snapshot.order, snapshot.resumable]).toEqual(['id', true])
    await snapshot.close()
  })
})

describe('a reading as it is stored that breaks off', () => {
  const broken = async (request: Partial<ReadRequest> = {}): Promise<Error> => {
    const snapshot = await source.open({ collection: 'papers', order: 'any', ...request })
    const failure = await read(snapshot).catch(error => error)
    await snapshot.close()
    return failure
  }
  /** Only the third read. */
  const atThird = (how: Document | 'cut') => {
    let reads = 0
    answer = command => (isRead(command) && ++reads === 3 ? how : undefined)
  }

  it.each<[string, Document | 'cut']>([
    ['a cursor that is lost', { ok: 0, code: 43, codeName: 'CursorNotFound', errmsg: 'cursor id 5 not found' }],
    ['a server that steps down', { ok: 0, code: 189, codeName: 'PrimarySteppedDown', errmsg: 'not master' }],
    ['a connection that is cut', 'cut'],
  ])('is not gone on with, and says so: %s', async (_, how) => {
    atThird(how)
    expect(await broken()).toMatchObject({ code: 'SOURCE_ORDER', retryable: true, details: { read: 18 } })
  })

  it('because somebody ended it is not to be begun again', async () => {
    atThird({ ok: 0, code: 11601, codeName: 'Interrupted', errmsg: 'operation was interrupted' })
    expect(await broken()).toMatchObject({ code: 'SOURCE_INTERRUPTED' })
  })

  it('does not wait for ever for a server that is silent', async () => {
    const own = await openOwn({ patience: { quickMs: 50, slowMs: 50 } })
    let reads = 0
    answer = command => (isRead(command) && ++reads === 2 ? 'silence' : undefined)
    const snapshot = await own.open({ collection: 'papers', order: 'any' })
    await expect(read(snapshot)).rejects.toMatchObject({ code: 'SOURCE_ORDER' })
    await snapshot.close()
    await own.close()
  })

  it('ends with what is more than it is for', () => {
    const bytes = new Uint8Array(64 * 1024 ** 2)
    const reading = new StoredReading()
    const full: RawBlock = { bytes, starts: new Uint32Array() }
    for (let sum = bytes.length; sum <= STORED_BYTES; sum += bytes.length) expect(reading.add(full)).toBeUndefined()
    expect(reading.add(full)).toContain('larger')

    const tiny = { bytes: Uint8Array.of(5, 0, 0, 0, 0), starts: new Uint32Array(STORED_DOCUMENTS / 2) }
    const many = new StoredReading()
    expect([many.add(tiny), many.add(tiny)]).toEqual([undefined, undefined])
    expect(many.add(tiny)).toContain('larger')
  })
})

describe('the order of _id is kept', () => {
  const engines = (storageEngines: unknown) => (answered: Document, command: Document) =>
    'buildInfo' in command ? { ...answered, storageEngines } : answered
  const size = (stats: Document) => (answered: Document, command: Document) =>
    isSize(command)
      ? { ...answered, cursor: { ...answered['cursor'], firstBatch: [stats] } }
      : asWiredTiger(answered, command)

  it.each<[string, typeof reply, string]>([
    ['the engine is WiredTiger', asWiredTiger, 'stored'],
    ['there is one that moves documents', engines(['ephemeralForTest', 'mmapv1', 'wiredTiger']), 'id'],
    ['it is another', engines(['postgresql']), 'id'],
    ['the server does not say', engines(undefined), 'id'],
    ['it is as large as may be', size({ size: STORED_BYTES, count: STORED_DOCUMENTS }), 'stored'],
    ['it is larger', size({ size: STORED_BYTES + 1, count: 10 }), 'id'],
    ['it has more documents', size({ size: 10, count: STORED_DOCUMENTS + 1 }), 'id'],
    ['the server does not tell its size', size({}), 'id'],
  ])('or not: %s', async (_, changed, order) => {
    reply = changed
    expect(await orderOf()).toBe(order)
  })

  it('where the server refuses the question, not where it would have to count', async () => {
    answer = command =>
      isSize(command) ? { ok: 0, code: 13, codeName: 'Unauthorized', errmsg: 'not allowed' } : undefined
    expect(await orderOf()).toBe('id')
    answer = command =>
      isSize(command) ? { ok: 0, code: 50, codeName: 'MaxTimeMSExpired', errmsg: 'late' } : undefined
    expect(await orderOf()).toBe('stored')
    expect(Number(front.commands.findLast(isSize)?.['maxTimeMS'])).toBe(5)
  })

  it('with a filter, a bound on documents a second, a capped collection, a mongos', async () => {
    expect(await orderOf({ filter: '{"n":{"$gte":{"$numberInt":"150"}}}' })).toBe('id')
    const bounded = await openOwn({ maxDocumentsPerSecond: 1_000_000 })
    expect(await orderOf({}, bounded)).toBe('id')
    await bounded.close()
    await db.createCollection('capped', { capped: true, size: 100_000 })
    expect(await orderOf({ collection: 'capped' })).toBe('id')
    await db.createCollection('view', { viewOn: 'papers', pipeline: [] })
    expect(await orderOf({ collection: 'view' })).toBe('own')
    hello = answered => ({ ...answered, msg: 'isdbgrid' })
    const routed = await openOwn()
    expect(await orderOf({}, routed)).toBe('id')
    await routed.close()
  })
})

function refused(error: { code?: unknown }): void {
  if (typeof error.code !== 'number') throw error
}
