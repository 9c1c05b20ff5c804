import { type Document, MongoClient, MongoServerError } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openMongoSource } from '../../src/adapters/mongo/mongo-source.js'
import type { LocalServer } from '../../src/demo/secantus.js'
import { decode, documentsOf, IDS_OF_EVERY_TYPE, readAll } from '../support/mongo-documents.js'
import { freshDatabase, realReplicaSet, startMongo } from '../support/services.js'

/** Whether two reads at one cluster time, with a write between them, saw the same: the only proof. */
async function isPinned(uri: string, database: string): Promise<boolean> {
  const client = await MongoClient.connect(uri)
  const db = client.db(database)
  try {
    await db.collection('pinned').insertOne({}, { writeConcern: { w: 'majority' } })
    const first = await db.command({ find: 'pinned', readConcern: { level: 'snapshot' } })
    await db.collection('pinned').insertOne({}, { writeConcern: { w: 'majority' } })
    const readConcern = { level: 'snapshot', atClusterTime: first['cursor'].atClusterTime }
    const again = await db.command({ find: 'pinned', readConcern })
    return again['cursor'].firstBatch.length === first['cursor'].firstBatch.length
  } catch (error) {
    if (error instanceof MongoServerError) return false
    throw error
  } finally {
    await client.close()
  }
}

describe('the guarantee', () => {
  let server: LocalServer
  let standalone: LocalServer
  beforeAll(async () => {
    server = await startMongo()
    standalone = await startMongo({ flags: ['--standalone'] })
  })
  afterAll(async () => {
    await server?.stop()
    await standalone?.stop()
  })

  const guaranteeOf = async (uri: string, collection: string, fill: boolean = true) => {
    const database = 'guarantee'
    const client = await MongoClient.connect(uri)
    if (fill) await client.db(database).collection(collection).insertOne({})
    const source = await openMongoSource({ uri, database })
    const snapshot = await source.open({ collection })
    await snapshot.close()
    const probed = await source.probe(collection)
    expect(probed.guarantee?.kind).toBe(snapshot.guarantee.kind)
    await source.close()
    await client.close()
    return snapshot.guarantee
  }

  it('is a snapshot exactly where a second read at its cluster time shows that it is one', async () => {
    for (const { uri } of [server, standalone]) {
      const { kind } = await guaranteeOf(uri, 'c')
      expect(kind).toBe((await isPinned(uri, 'guarantee')) ? 'snapshot' : 'majority')
    }
  })

  it('says why it is weaker', async () => {
    const guarantee = await guaranteeOf(server.uri, 'c')
    if (guarantee.kind === 'majority')
      expect(guarantee.reason).toBe('the server accepts atClusterTime but does not honour it')
  })

  it('is majority, with the server’s reason, where the server refuses snapshots', async () => {
    const client = await MongoClient.connect(server.uri)
    const failFind = (errorCode: number, times: number) =>
      client.db('admin').command({
        configureFailPoint: 'failCommand',
        mode: { times },
        data: { failCommands: ['find'], errorCode },
      })
    const source = await openMongoSource({ uri: server.uri, database: 'guarantee' })
    await client.db('guarantee').collection('refusing').insertOne({})
    // Asked twice: it might be the cursor's patience that it does not like.
    await failFind(123, 2)
    const refused = await source.open({ collection: 'refusing' })
    expect(refused.guarantee).toEqual({ kind: 'majority', reason: 'a standalone server keeps no snapshots' })
    await failFind(72, 4)
    const neither = await source.open({ collection: 'refusing' })
    expect(neither.guarantee.kind === 'majority' && neither.guarantee.reason).toMatch(/nor read concern majority/)
    await failFind(13, 10)
    await expect(source.open({ collection: 'refusing' })).rejects.toMatchObject({ code: 'SOURCE_FORBIDDEN' })
    await client.db('admin').command({ configureFailPoint: 'failCommand', mode: 'off' })
    await source.close()
    await client.close()
  })

  it('is found before a filter that the server cannot read does any harm', async () => {
    const source = await openMongoSource({ uri: server.uri, database: 'guarantee' })
    for (const filter of ['{"$nonsense":1}', 'not JSON', '[]']) {
      const error = await source.open({ collection: 'c', filter }).catch(failure => failure)
      expect(error).toMatchObject({ code: 'SOURCE_FILTER', exitCode: 2 })
    }
    await source.close()
  })
})

describe('a real replica set', () => {
  it('gives all readers one point in time, whatever is written meanwhile', async context => {
    const uri = realReplicaSet(context)
    const database = freshDatabase()
    const client = await MongoClient.connect(uri)
    const collection = client.db(database).collection('live')
    const documents = Array.from({ length: 5_000 }, (_, _id): Document => ({ _id, v: 0 }))
    await collection.insertMany(documents, { writeConcern: { w: 'majority' } })
    const source = await openMongoSource({ uri, database })
    const snapshot = await source.open({ collection: 'live' })
    expect(snapshot.guarantee.kind).toBe('snapshot')
    expect(await isPinned(uri, database)).toBe(true)
    const ranges = await snapshot.ranges(4)
    expect(ranges).toHaveLength(4)
    await collection.updateMany({}, { $set: { v: 1 } }, { writeConcern: { w: 'majority' } })
    await collection.insertOne({ _id: -1 } as Document, { writeConcern: { w: 'majority' } })
    await collection.deleteMany({ _id: { $gt: 4_000 } } as Document, { writeConcern: { w: 'majority' } })
    const read = (await readAll(snapshot, 4)).map(decode)
    expect(read.map(({ _id, v }) => [_id.value, v.value])).toEqual(documents.map(({ _id, v }) => [_id, v]))
    await snapshot.close()
    await source.close()
    await client.db(database).dropDatabase()
    await client.close()
  })

  it('has the snapshot read on after its cursors were killed, as if nothing had happened', async context => {
    const uri = realReplicaSet(context)
    const database = freshDatabase()
    const client = await MongoClient.connect(uri)
    const collection = client.db(database).collection('live')
    const documents = Array.from({ length: 5_000 }, (_, _id): Document => ({ _id, v: 0, text: 'x'.repeat(3_000) }))
    await collection.insertMany(documents, { writeConcern: { w: 'majority' } })
    const source = await openMongoSource({ uri, database })
    const notices: string[] = []
    const snapshot = await source.open({ collection: 'live', onNotice: text => notices.push(text) })
    expect(snapshot.resumable).toBe(true)
    const read: Document[] = []
    for await (const block of snapshot.read({ from: undefined, until: undefined })) {
      // Two replies have come by now, of some more.
      if (read.length === 0) {
        await collection.updateMany({}, { $set: { v: 1 } }, { writeConcern: { w: 'majority' } })
        await client.db('admin').command({ killAllSessions: [] })
      }
      read.push(...documentsOf(block).map(decode))
    }
    expect(read.map(({ _id, v }) => [_id.value, v.value])).toEqual(documents.map(({ _id, v }) => [_id, v]))
    expect(notices.length).toBeGreaterThan(0)
    await snapshot.close()
    await source.close()
    await client.db(database).dropDatabase()
    await client.close()
  })

  it('orders ids of every type as its expressions compare them', async context => {
    const uri = realReplicaSet(context)
    const database = freshDatabase()
    const client = await MongoClient.connect(uri)
    const documents = IDS_OF_EVERY_TYPE.map((_id): Document => ({ _id }) as Document)
    await client.db(database).collection('mixed').insertMany(documents, { forceServerObjectId: true })
    const source = await openMongoSource({ uri, database })
    const snapshot = await source.open({ collection: 'mixed' })
    const texts = (await readAll(snapshot, 1)).map(bytes => Buffer.from(bytes).toString('hex'))
    expect(texts).toHaveLength(documents.length)
    const found = await client.db(database).collection('mixed').find({}, { raw: true }).sort({ _id: 1 }).toArray()
    for (const [index, raw] of found.entries()) {
      const lastId = raw as unknown as Uint8Array
      const after = { documents: index + 1, lastId }
      const rest: string[] = []
      try {
        for await (const block of snapshot.read({ from: undefined, until: undefined }, { after }))
          rest.push(...documentsOf(block).map(bytes => Buffer.from(bytes).toString('hex')))
      } catch (error) {
        // Only the NaN, which nothing is asked to come after.
        expect(String(decode(lastId)['_id'])).toBe('NaN')
        expect(error).toMatchObject({ code: 'SOURCE_INTERRUPTED' })
        continue
      }
      expect(rest).toEqual(texts.slice(index + 1))
    }
    await snapshot.close()
    await source.close()
    await client.db(database).dropDatabase()
    await client.close()
  })
})
