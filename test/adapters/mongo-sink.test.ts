import { BSONRegExp, Decimal128, Double, Long, serialize } from 'bson'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openMongoSink } from '../../src/adapters/mongo/mongo-sink.js'
import type { LocalServer } from '../../src/demo/secantus.js'
import type { DocumentSink } from '../../src/ports/document-sink.js'
import { startMongo } from '../support/services.js'

let server: LocalServer
let client: MongoClient
let sink: DocumentSink
beforeAll(async () => {
  server = await startMongo()
  client = await MongoClient.connect(server.uri)
  sink = await openMongoSink({ uri: server.uri, database: 'sink', readPreference: 'secondary' })
})
afterAll(async () => {
  await sink?.close()
  await client?.close()
  await server?.stop()
})

const stored = async (collection: string): Promise<string[]> => {
  const documents: unknown[] = await client
    .db('sink')
    .collection(collection)
    .find({}, { raw: true })
    .sort({ _id: 1 })
    .toArray()
  return documents.map(bytes => Buffer.from(bytes as Uint8Array).toString('hex'))
}

it('inserts bytes as they are, also of what JavaScript objects would change', async () => {
  const inner = new Map<string, unknown>([
    ['z', 1],
    ['10', 2],
    ['2', new Double(1)],
    ['__proto__', Long.fromString('9007199254740993')],
  ])
  const documents = [
    serialize(
      new Map<string, unknown>([
        ['_id', 1],
        ['z', 1],
        ['10', 2],
        ['2', 3],
        ['__proto__', 4],
      ]),
    ),
    serialize({ _id: 2, inner, regex: new BSONRegExp('a', 'imsx'), decimal: Decimal128.fromString('1.10') }),
  ]
  expect(await sink.insert('bytes', documents)).toEqual([])
  expect(await stored('bytes')).toEqual(documents.map(bytes => Buffer.from(bytes).toString('hex')))
  expect(await sink.count('bytes')).toBe(2)
})

it('tells which documents were refused and why, and has the others', async () => {
  const documents = [1, 2, 1, 3, 2].map(_id => serialize({ _id }))
  const refused = await sink.insert('twice', documents)
  expect(refused.map(({ index }) => index)).toEqual([2, 4])
  expect(refused[0]?.reason).toMatch(/duplicate key/)
  expect(await sink.count('twice')).toBe(3)
})

it('refuses a document that is too large, by itself', async () => {
  const large = serialize({ _id: 1, text: 'x'.repeat(16 * 1024 * 1024) })
  const refused = await sink.insert('large', [serialize({ _id: 0 }), large, serialize({ _id: 2 })])
  expect(refused).toEqual([{ index: 1, reason: expect.stringContaining('16777216') }])
  expect(await sink.count('large')).toBe(2)
})

it('cuts what is more than one command can hold', async () => {
  const documents = Array.from({ length: 12 }, (_, _id) => serialize({ _id, text: 'x'.repeat(3 * 1024 * 1024) }))
  expect(await sink.insert('much', documents)).toEqual([])
  expect(await sink.count('much')).toBe(12)
})

it('drops a collection, and one that is not there', async () => {
  await sink.insert('dropped', [serialize({ _id: 1 })])
  await sink.drop('dropped')
  await sink.drop('dropped')
  expect(await sink.count('dropped')).toBe(0)
})

it('raises a failure, and how much was written before it', async () => {
  const failPoint = (data: object, mode: unknown) =>
    client.db('admin').command({ configureFailPoint: 'failCommand', mode, data })
  await failPoint({ failCommands: ['insert'], closeConnection: true }, { times: 1 })
  await expect(sink.insert('failed', [serialize({ _id: 1 })])).rejects.toMatchObject({
    code: 'SINK_INTERRUPTED',
    details: { namespace: 'sink.failed', written: 0 },
  })
  await failPoint({ failCommands: ['insert'], errorCode: 13 }, { times: 1 })
  const forbidden = await sink.insert('failed', [serialize({ _id: 1 })]).catch(error => error)
  expect(forbidden).toMatchObject({ code: 'SOURCE_FORBIDDEN', hint: expect.stringContaining('readWrite') })
  const stopped = AbortSignal.abort('SIGINT')
  await expect(sink.insert('failed', [serialize({ _id: 1 })], stopped)).rejects.toMatchObject({ code: 'INTERRUPTED' })
})
