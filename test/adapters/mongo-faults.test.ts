import { type Document, MongoClient } from 'mongodb'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type MongoSource, openMongoSource } from '../../src/adapters/mongo/mongo-source.js'
import type { LocalServer } from '../../src/demo/secantus.js'
import { isLakeferryError } from '../../src/errors.js'
import type { RawBlock, SourceSnapshot } from '../../src/ports/document-source.js'
import { startMongo } from '../support/services.js'
import { startToxicProxy, type ToxicProxy } from '../support/toxic-proxy.js'

const DOCUMENTS = 4_000
const EVERYTHING = { from: undefined, until: undefined }

// Failpoints are the whole server's: these tests have one of their own.
let server: LocalServer
let client: MongoClient
let source: MongoSource
beforeAll(async () => {
  server = await startMongo()
  client = await MongoClient.connect(server.uri)
  const documents = Array.from({ length: DOCUMENTS }, (_, _id): Document => ({ _id, text: 'x'.repeat(3_000) }))
  await client.db('faults').collection('many').insertMany(documents)
  source = await openMongoSource({ uri: server.uri, database: 'faults', serverSelectionTimeoutMs: 2_000 })
})
afterEach(() => client.db('admin').command({ configureFailPoint: 'failCommand', mode: 'off' }))
afterAll(async () => {
  await source?.close()
  await client?.close()
  await server?.stop()
})

const failOn = (command: string, how: Document, mode: unknown = { times: 1 }) =>
  client.db('admin').command({ configureFailPoint: 'failCommand', mode, data: { failCommands: [command], ...how } })

/** Reads to the end or to the failure, and tells what came of it. */
async function outcome(blocks: AsyncIterable<RawBlock>): Promise<{ documents: number; error: unknown }> {
  let documents = 0
  try {
    for await (const block of blocks) documents += block.starts.length
    return { documents, error: undefined }
  } catch (error) {
    return { documents, error }
  }
}

async function openCursors(): Promise<number> {
  const status = await client.db('admin').command({ serverStatus: 1 })
  return Number(status['metrics']?.cursor?.open?.total ?? Number.NaN)
}

describe('an error between two replies is never the end of the data', () => {
  it.each([
    ['a cursor that the server has lost', { errorCode: 43 }],
    ['a collection that was dropped or indexed anew', { errorCode: 175 }],
    ['a server that shuts down', { errorCode: 91 }],
    ['any other error of the server', { errorCode: 8 }],
    ['a connection that the server closes', { closeConnection: true }],
  ])('%s', async (_, how) => {
    // After some of these errors a client has to find the server again, which takes it a while.
    const own = await openMongoSource({ uri: server.uri, database: 'faults' })
    const snapshot = await own.open({ collection: 'many' })
    await failOn('getMore', how)
    const { documents, error } = await outcome(snapshot.read(EVERYTHING))
    expect(error).toMatchObject({ code: 'SOURCE_INTERRUPTED', details: { namespace: 'faults.many', read: documents } })
    expect(documents).toBeGreaterThan(0)
    expect(documents).toBeLessThan(DOCUMENTS)
    await own.close()
    const again = await source.open({ collection: 'many' })
    expect(await outcome(again.read(EVERYTHING))).toEqual({ documents: DOCUMENTS, error: undefined })
    await again.close()
  })

  it('also when it is the first', async () => {
    const snapshot = await source.open({ collection: 'many' })
    await failOn('find', { errorCode: 8 })
    const { documents, error } = await outcome(snapshot.read(EVERYTHING))
    expect([documents, isLakeferryError(error) && error.code]).toEqual([0, 'SOURCE_INTERRUPTED'])
    await snapshot.close()
  })

  it('with codes of their own for what the reader may do something about', async () => {
    const snapshot = await source.open({ collection: 'many' })
    for (const [errorCode, code] of [
      [239, 'SOURCE_SNAPSHOT_EXPIRED'],
      [13, 'SOURCE_FORBIDDEN'],
      [18, 'SOURCE_AUTH'],
    ] as const) {
      await failOn('getMore', { errorCode })
      const { error } = await outcome(snapshot.read(EVERYTHING))
      expect(error).toMatchObject({ code })
    }
    await snapshot.close()
  })

  it('when the collection is dropped, or dropped and made again, while it is read', async () => {
    for (const again of [false, true]) {
      const collection = client.db('faults').collection('dropped')
      await collection.insertMany(Array.from({ length: 1_500 }, (): Document => ({})))
      const snapshot = await source.open({ collection: 'dropped' })
      await collection.drop()
      if (again) await collection.insertOne({})
      const { error } = await outcome(snapshot.read(EVERYTHING))
      expect(error).toMatchObject({ code: 'SOURCE_INTERRUPTED' })
      await snapshot.close()
    }
    await client.db('faults').dropCollection('dropped')
  })
})

describe('a network that breaks', () => {
  let proxy: ToxicProxy
  let behind: MongoSource
  let snapshot: SourceSnapshot
  beforeAll(async () => {
    proxy = await startToxicProxy({ host: '127.0.0.1', port: server.port })
    const uri = `mongodb://127.0.0.1:${proxy.port}/?directConnection=true`
    behind = await openMongoSource({ uri, database: 'faults', serverSelectionTimeoutMs: 3_000 })
  })
  afterAll(async () => {
    await behind.close()
    await proxy.stop()
  })
  afterEach(async () => {
    await snapshot.close()
    await proxy.heal()
  })

  it.each([0, 1, 1_000, 100_000])('fails a read whose answer is cut off after %i bytes', async after => {
    snapshot = await behind.open({ collection: 'many' })
    await proxy.inject({ kind: 'cut-answer', after })
    const { documents, error } = await outcome(snapshot.read(EVERYTHING))
    expect(isLakeferryError(error, 'SOURCE_INTERRUPTED', 'SOURCE_UNREACHABLE')).toBe(true)
    expect(documents).toBeLessThan(DOCUMENTS)
  })

  it('can be read again when it is whole', async () => {
    snapshot = await behind.open({ collection: 'many' })
    await proxy.inject({ kind: 'refuse' })
    const { error } = await outcome(snapshot.read(EVERYTHING))
    expect(isLakeferryError(error, 'SOURCE_INTERRUPTED', 'SOURCE_UNREACHABLE')).toBe(true)
    await proxy.heal()
    expect(await outcome(snapshot.read(EVERYTHING))).toEqual({ documents: DOCUMENTS, error: undefined })
  })

  it('is told apart from an end by an interruption, even when no answer ever comes', async () => {
    snapshot = await behind.open({ collection: 'many' })
    await proxy.inject({ kind: 'stall' })
    const stop = new AbortController()
    setTimeout(() => stop.abort('SIGTERM'), 100)
    const started = performance.now()
    const { error } = await outcome(snapshot.read(EVERYTHING, stop.signal))
    expect(error).toMatchObject({ code: 'INTERRUPTED', details: { signal: 'SIGTERM' } })
    expect(performance.now() - started).toBeLessThan(5_000)
  })
})

it('leaves no cursor open on the server when reading stops early', async () => {
  const before = await openCursors()
  const snapshot = await source.open({ collection: 'many' })
  for await (const block of snapshot.read(EVERYTHING)) {
    expect(block.starts.length).toBeLessThan(DOCUMENTS)
    break
  }
  const unfinished = snapshot.read(EVERYTHING)[Symbol.asyncIterator]()
  await unfinished.next()
  expect(await openCursors()).toBeGreaterThan(before)
  await snapshot.close()
  expect(await openCursors()).toBeLessThanOrEqual(before)
})
