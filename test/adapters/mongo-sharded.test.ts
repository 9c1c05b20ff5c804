import { type Document, serialize } from 'bson'
import { type Db, MongoClient } from 'mongodb'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type MongoSource, openMongoSource } from '../../src/adapters/mongo/mongo-source.js'
import type { RawBlock } from '../../src/ports/document-source.js'
import { decode, documentsOf } from '../support/mongo-documents.js'
import { type MongoFront, startMongoFront } from '../support/mongo-front.js'
import { freshDatabase, mongo } from '../support/services.js'

const EVERYTHING = { from: undefined, until: undefined }

/** A server that calls itself a mongos: what a router is asked, and how its answers are taken, needs no shards. */
let front: MongoFront
let client: MongoClient
let db: Db
let source: MongoSource
let reply: (answered: Document, command: Document) => Document = answered => answered
beforeAll(async () => {
  const { uri, port } = await mongo()
  client = await MongoClient.connect(uri)
  db = client.db(freshDatabase())
  await db.collection('c').insertMany(Array.from({ length: 20 }, (_, _id): Document => ({ _id })))
  front = await startMongoFront({
    port,
    hello: ({ topologyVersion: _, setName: __, hosts: ___, primary: ____, me: _____, ...hello }) => ({
      ...hello,
      msg: 'isdbgrid',
    }),
    rewrite: command => ('batchSize' in command ? { ...command, batchSize: 4 } : command),
    reply: (answered, command) => reply(answered, command),
  })
  const uriOfFront = `mongodb://${front.address}/`
  source = await openMongoSource({ uri: uriOfFront, database: db.databaseName, readPreference: 'secondaryPreferred' })
})
afterEach(() => {
  reply = answered => answered
})
afterAll(async () => {
  await source?.close()
  await front?.stop()
  await db?.dropDatabase()
  await client?.close()
})

async function idsOf(blocks: AsyncIterable<RawBlock>): Promise<number[]> {
  const ids: number[] = []
  for await (const block of blocks) ids.push(...documentsOf(block).map(bytes => decode(bytes)['_id'].value))
  return ids
}

describe('a router', () => {
  it('is told the read preference with everything that reads, because it chooses the members', async () => {
    const before = front.commands.length
    await source.inspect('c')
    await source.estimateCount('c')
    const snapshot = await source.open({ collection: 'c' })
    for (const range of await snapshot.ranges(2)) await idsOf(snapshot.read(range))
    await snapshot.close()
    const reads = front.commands
      .slice(before)
      .filter(command => ['find', 'getMore', 'aggregate', 'count'].includes(Object.keys(command)[0]!))
    expect(reads.length).toBeGreaterThan(8)
    for (const command of reads) expect(command['$readPreference']).toMatchObject({ mode: 'secondaryPreferred' })
  })

  it('gives twins of one _id from several shards together, none of them lost when the reading breaks between', async () => {
    const snapshot = await source.open({ collection: 'c' })
    // The last document of the first reply has a twin, which begins the second; it is lost with the cursor.
    let replies = 0
    reply = (answered, command) => {
      if ('getMore' in command) replies += 1
      return replies === 1 && 'getMore' in command ? { ok: 0, code: 43, errmsg: 'cursor not found' } : answered
    }
    expect(await idsOf(snapshot.read(EVERYTHING))).toEqual(Array.from({ length: 20 }, (_, id) => id))
    const resumed = front.commands.findLast(
      command => 'find' in command && 'filter' in command && 'batchSize' in command,
    )
    // Not after 3, the last one that came: its twin might still have been on its way.
    expect(resumed?.['filter']).toMatchObject({ $expr: { $gt: ['$_id', { $literal: { value: 2 } }] } })
    await snapshot.close()
  })

  it('is asked whether the last document of another process has a twin', async () => {
    const snapshot = await source.open({ collection: 'c' })
    const after = { documents: 4, lastId: serialize({ _id: 3 }) }
    expect((await idsOf(snapshot.read(EVERYTHING, { after })))[0]).toBe(4)
    reply = (answered, command) => {
      const [document] = answered['cursor']?.firstBatch ?? []
      const isCheck = command['filter']?.$expr?.$eq !== undefined
      return isCheck ? { ...answered, cursor: { ...answered['cursor'], firstBatch: [document, document] } } : answered
    }
    await expect(idsOf(snapshot.read(EVERYTHING, { after }))).rejects.toMatchObject({
      code: 'SOURCE_INTERRUPTED',
      details: { reason: expect.stringContaining('several shards') },
    })
    await snapshot.close()
  })
})
