import type { Document } from 'bson'
import { type Db, MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type MongoSource, openMongoSource } from '../../src/adapters/mongo/mongo-source.js'
import type { SourceSnapshot } from '../../src/ports/document-source.js'
import { decode, readAll } from '../support/mongo-documents.js'
import { type MongoFront, startMongoFront } from '../support/mongo-front.js'
import { freshDatabase, mongo } from '../support/services.js'

const EVERYTHING = { from: undefined, until: undefined }

let client: MongoClient
let db: Db
let front: MongoFront
let source: MongoSource
let reply: (answered: Document, command: Document) => Document = answered => answered
let answer: (command: Document) => Document | undefined = () => undefined
beforeAll(async () => {
  const { uri, port } = await mongo()
  client = await MongoClient.connect(uri)
  db = client.db(freshDatabase())
  front = await startMongoFront({
    port,
    answer: command => answer(command),
    reply: (answered, command) => reply(answered, command),
  })
  source = await openMongoSource({
    uri: `mongodb://${front.address}/?directConnection=true`,
    database: db.databaseName,
    resume: { baseMs: 1 },
  })
})
afterAll(async () => {
  await source?.close()
  await front?.stop()
  await db?.dropDatabase()
  await client?.close()
})

const idsOf = async (snapshot: SourceSnapshot) =>
  (await readAll(snapshot, 4)).map(bytes => decode(bytes)['_id'].value as number)
const lastFind = () => front.commands.findLast(one => 'find' in one && one['singleBatch'] !== true)

describe('a clustered collection', () => {
  it('is read in the order of _id only when the server need not sort for it', async () => {
    await db.createCollection('clustered', { clusteredIndex: { key: { _id: 1 }, unique: true } })
    await db.collection('clustered').insertMany([3, 1, 2].map((_id): Document => ({ _id })))
    // SecantusDB keeps it in the order of insertion, and its plan says so.
    const unsorted = await source.open({ collection: 'clustered' })
    expect(unsorted.resumable).toBe(false)
    expect((await idsOf(unsorted)).toSorted()).toEqual([1, 2, 3])
    expect(lastFind()).not.toHaveProperty('sort')
    await unsorted.close()
    // What a mongod says: https://www.mongodb.com/docs/manual/core/clustered-collections/
    reply = (answered, command) =>
      'explain' in command
        ? { ...answered, queryPlanner: { winningPlan: { stage: 'CLUSTERED_IXSCAN', direction: 'forward' } } }
        : answered
    const sorted = await source.open({ collection: 'clustered' })
    expect(sorted.resumable).toBe(true)
    expect(await sorted.ranges(4)).toEqual([EVERYTHING])
    expect(await idsOf(sorted)).toEqual([1, 2, 3])
    expect(lastFind()).toHaveProperty('sort')
    await sorted.close()
    reply = answered => answered
    answer = command => ('explain' in command ? { ok: 0, code: 13, errmsg: 'not authorized' } : undefined)
    const unknown = await source.open({ collection: 'clustered' })
    expect(unknown.resumable).toBe(false)
    await unknown.close()
    answer = () => undefined
  })
})

describe('a capped collection', () => {
  it('is read along the index on _id, so that what it overwrites meanwhile ends no reading', async () => {
    await db.createCollection('capped', { capped: true, size: 100_000, max: 10 })
    await db.collection('capped').insertMany([3, 1, 2].map((_id): Document => ({ _id })))
    expect(await source.inspect('capped')).toMatchObject({ kind: 'collection' })
    const snapshot = await source.open({ collection: 'capped' })
    expect(snapshot.resumable).toBe(true)
    expect(await idsOf(snapshot)).toEqual([1, 2, 3])
    expect(lastFind()).toMatchObject({ sort: expect.anything() })
    await snapshot.close()
  })
})

describe('a time-series collection', () => {
  it('is read with one cursor, in its own order, and not read on after a break', async () => {
    await db.createCollection('measured', { timeseries: { timeField: 'at', metaField: 'of' } })
    const documents = [9, 1, 1].map((_id): Document => ({ _id, at: new Date(1_000 * _id), of: 'x' }))
    await db
      .collection('measured')
      .insertMany(documents, { ordered: false })
      .catch(() => undefined)
    const stored = await db.collection('measured').countDocuments()
    expect(await source.inspect('measured')).toMatchObject({ kind: 'timeseries', bytes: 0 })
    const snapshot = await source.open({ collection: 'measured' })
    expect(snapshot.resumable).toBe(false)
    expect(await snapshot.ranges(4)).toEqual([EVERYTHING])
    expect(await idsOf(snapshot)).toHaveLength(stored)
    expect(lastFind()).not.toHaveProperty('sort')
    answer = command => ('find' in command ? { ok: 0, code: 43, errmsg: 'cursor not found' } : undefined)
    await expect(idsOf(snapshot)).rejects.toMatchObject({ code: 'SOURCE_INTERRUPTED' })
    answer = () => undefined
    await snapshot.close()
  })
})

describe('a view', () => {
  it('is read with one cursor, as the server makes it', async () => {
    await db.collection('behind').insertMany([{ _id: 2 }, { _id: 1 }, { _id: 3, hidden: true }] as Document[])
    await db.createCollection('view', { viewOn: 'behind', pipeline: [{ $match: { hidden: { $exists: false } } }] })
    expect(await source.inspect('view')).toMatchObject({ kind: 'view', bytes: 0 })
    expect(await source.estimateCount('view')).toBe(2)
    const snapshot = await source.open({ collection: 'view' })
    expect(await snapshot.ranges(8)).toEqual([EVERYTHING])
    expect((await idsOf(snapshot)).toSorted()).toEqual([1, 2])
    await snapshot.close()
  })
})
