import { type Document, MongoClient } from 'mongodb'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { MongoOptions } from '../../src/adapters/mongo/connection.js'
import { type MongoSource, openMongoSource } from '../../src/adapters/mongo/mongo-source.js'
import type { LocalServer } from '../../src/demo/secantus.js'
import { isLakeferryError } from '../../src/errors.js'
import type { RawBlock, SourceSnapshot } from '../../src/ports/document-source.js'
import { decode, documentsOf } from '../support/mongo-documents.js'
import { startMongo } from '../support/services.js'
import { startToxicProxy, type Toxic, type ToxicProxy } from '../support/toxic-proxy.js'

const DOCUMENTS = 4_000
const EVERYTHING = { from: undefined, until: undefined }
const ALL = Array.from({ length: DOCUMENTS }, (_, n) => n)

// Failpoints are the whole server's: these tests have one of their own.
let server: LocalServer
let client: MongoClient
let source: MongoSource
beforeAll(async () => {
  server = await startMongo()
  client = await MongoClient.connect(server.uri)
  const documents = ALL.map((_id): Document => ({ _id, text: 'x'.repeat(2_200) }))
  await client.db('faults').collection('many').insertMany(documents)
  source = await openMongoSource({
    // After some errors a client has to find the server again, which it looks for this often.
    uri: `${server.uri}&heartbeatFrequencyMS=500`,
    database: 'faults',
    resume: { tries: 4, baseMs: 20 },
  })
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
async function outcome(blocks: AsyncIterable<RawBlock>): Promise<{ ids: number[]; error: unknown }> {
  const ids: number[] = []
  try {
    for await (const block of blocks) ids.push(...documentsOf(block).map(bytes => Number(decode(bytes)['_id'])))
    return { ids, error: undefined }
  } catch (error) {
    return { ids, error }
  }
}

/** The one thing that must hold whatever happens: all documents once and in order, or the first of them and an error. */
function expectNeverShort({ ids, error }: { ids: number[]; error: unknown }): void {
  expect(ids).toEqual(ALL.slice(0, ids.length))
  if (error === undefined) expect(ids).toHaveLength(DOCUMENTS)
  else expect(isLakeferryError(error, 'SOURCE_INTERRUPTED', 'SOURCE_UNREACHABLE')).toBe(true)
}

async function openCursors(): Promise<number> {
  const status = await client.db('admin').command({ serverStatus: 1 })
  return Number(status['metrics']?.cursor?.open?.total ?? Number.NaN)
}

// First, before any fault leaves a cursor behind.
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
  // Nobody waits long for a server that takes its time to close one.
  await expect.poll(openCursors, { timeout: 30_000, interval: 100 }).toBeLessThanOrEqual(before)
  // What somebody else has closed is no end.
  await expect(unfinished.next()).rejects.toMatchObject({ code: 'INTERRUPTED' })
})

describe('a command that fails on the server', () => {
  const faults: [string, Document][] = [
    ['a lost cursor', { errorCode: 43 }],
    ['a shutdown', { errorCode: 91 }],
    ['a closed connection', { closeConnection: true }],
  ]
  const both = faults.flatMap(([name, how]) => [[name, 'find', how] as const, [name, 'getMore', how] as const])

  it.each(both)('once, with %s at %s, costs no document', async (_, command, how) => {
    const snapshot = await source.open({ collection: 'many' })
    await failOn(command, how)
    expect(await outcome(snapshot.read(EVERYTHING))).toEqual({ ids: ALL, error: undefined })
    await snapshot.close()
  })

  it.each(both.filter(([name]) => name !== 'a shutdown'))(
    'always, with %s at %s, ends in an error or gives everything',
    async (name, command, how) => {
      const snapshot = await source.open({ collection: 'many' })
      await failOn(command, how, 'alwaysOn')
      const result = await outcome(snapshot.read(EVERYTHING))
      expectNeverShort(result)
      if (command === 'find') expect(result.ids).toEqual([])
      if (name === 'a lost cursor') expect(result.error === undefined).toBe(command === 'getMore')
      await snapshot.close()
    },
  )

  it('and does not pass is an error at once', async () => {
    const snapshot = await source.open({ collection: 'many' })
    for (const command of ['find', 'getMore']) {
      await failOn(command, { errorCode: 8 })
      const { ids, error } = await outcome(snapshot.read(EVERYTHING))
      expect(error).toMatchObject({
        code: 'SOURCE_INTERRUPTED',
        details: { namespace: 'faults.many', read: ids.length },
      })
      expect(ids.length).toBeLessThan(DOCUMENTS)
    }
    await snapshot.close()
  })

  it('while the snapshot is opened is waited for, too', async () => {
    for (const command of ['listCollections', 'find']) {
      await failOn(command, { errorCode: 10107 })
      const snapshot = await source.open({ collection: 'many' })
      expect(snapshot.guarantee).toMatchObject({ reason: expect.not.stringContaining('refuses') })
      await snapshot.close()
    }
  })
})

describe('a collection that is no longer the same', () => {
  const changes: [string, RegExp, (name: string) => Promise<unknown>][] = [
    ['dropped', /was dropped meanwhile/, name => client.db('faults').dropCollection(name)],
    [
      'made again',
      /dropped and made again meanwhile/,
      async name => {
        await client.db('faults').dropCollection(name)
        await client
          .db('faults')
          .collection(name)
          .insertMany(ALL.slice(0, 1_500).map((_id): Document => ({ _id })))
      },
    ],
    // SecantusDB's Python server gives it another UUID, as if it were another one.
    [
      'renamed',
      /(renamed to \w+_now|dropped) meanwhile/,
      name => client.db('faults').renameCollection(name, `${name}_now`),
    ],
  ]
  it.each(changes)('because it was %s, is not read to an end, nor read on', async (what, reason, change) => {
    for (const lost of [false, true]) {
      const name = `${what.replace(' ', '')}${lost}`
      await client
        .db('faults')
        .collection(name)
        .insertMany(ALL.slice(0, 1_500).map((_id): Document => ({ _id })))
      const snapshot = await source.open({ collection: name })
      const blocks = snapshot.read(EVERYTHING)[Symbol.asyncIterator]()
      expect((await blocks.next()).done).toBe(false)
      await change(name)
      if (lost) await failOn('getMore', { errorCode: 43 })
      const { error } = await outcome({ [Symbol.asyncIterator]: () => blocks })
      expect(error).toMatchObject({ code: 'SOURCE_INTERRUPTED', details: { reason: expect.stringMatching(reason) } })
      await snapshot.close()
      const late = await outcome(snapshot.read(EVERYTHING))
      expect(late.error).toMatchObject({ code: 'INTERRUPTED' })
    }
  })

  it('is told for a view as well, which is what it is made of', async () => {
    const db = client.db('faults')
    const view = (most: number) =>
      db.createCollection('seen', { viewOn: 'many', pipeline: [{ $match: { _id: { $lt: most } } }] })
    // A server that gives views a UUID says “made again”, others “made anew”.
    for (const [again, reason] of [
      [undefined, 'dropped'],
      [5, 'made a'],
    ] as const) {
      await view(10)
      const snapshot = await source.open({ collection: 'seen' })
      await db.dropCollection('seen')
      if (again !== undefined) await view(again)
      const { error } = await outcome(snapshot.read(EVERYTHING))
      expect(error).toMatchObject({ code: 'SOURCE_INTERRUPTED', details: { reason: expect.stringContaining(reason) } })
      await snapshot.close()
    }
  })
})

describe('a network that breaks', { timeout: 180_000 }, () => {
  let proxy: ToxicProxy
  const opened: { behind: MongoSource; snapshot: SourceSnapshot }[] = []
  beforeAll(async () => {
    proxy = await startToxicProxy({ host: '127.0.0.1', port: server.port })
  })
  afterAll(() => proxy?.stop())
  afterEach(async () => {
    // Before it is healed: what is stopped then has to end, too.
    for (const { snapshot } of opened) await snapshot.close()
    await proxy.heal()
    for (const { behind } of opened.splice(0)) await behind.close()
  })

  /** A source of the test's own: what the driver of another learned of a broken network is not what it begins with. */
  async function openBehind(options: Pick<MongoOptions, 'patience' | 'resume'>): Promise<SourceSnapshot> {
    const uri = `mongodb://127.0.0.1:${proxy.port}/?directConnection=true&heartbeatFrequencyMS=500`
    const behind = await openMongoSource({ uri, database: 'faults', serverSelectionTimeoutMs: 5_000, ...options })
    const snapshot = await behind.open({ collection: 'many' })
    opened.push({ behind, snapshot })
    return snapshot
  }

  const spoilt: [Toxic, number][] = [
    ...[0, 1, 999, 100_000, 1_100_000, 3_000_000].map((after): [Toxic, number] => [{ kind: 'cut-answer', after }, 3]),
    ...[1, 700].map((after): [Toxic, number] => [{ kind: 'cut-request', after }, 3]),
    [{ kind: 'stall-answer', after: 1_200_000 }, 3],
    [{ kind: 'delay', ms: 20 }, 100],
    [{ kind: 'refuse' }, 3],
  ]
  it.each(spoilt)('costs no document after %o, when it mends itself', async (toxic, times) => {
    // More tries than connections that break, and more patience than a server needs that other work holds up.
    const snapshot = await openBehind({
      patience: { quickMs: 2_000, slowMs: 3_000 },
      resume: { tries: 10, baseMs: 20, budgetMs: 45_000 },
    })
    await proxy.inject(toxic, times)
    expect(await outcome(snapshot.read(EVERYTHING))).toEqual({ ids: ALL, error: undefined })
  })

  const broken: Toxic[] = [0, 50_000, 1_500_000].map(after => ({ kind: 'cut-answer', after }))
  it.each<Toxic>([...broken, { kind: 'refuse' }, { kind: 'stall' }])(
    'is an error or everything when it stays so: %o',
    async toxic => {
      const snapshot = await openBehind({
        patience: { quickMs: 300, slowMs: 600 },
        resume: { tries: 3, baseMs: 20, budgetMs: 3_000 },
      })
      await proxy.inject(toxic)
      expectNeverShort(await outcome(snapshot.read(EVERYTHING)))
    },
  )

  it('is told apart from an end by an interruption, even when no answer ever comes', async () => {
    // With the patience of a run: no try ends by itself before the test does.
    const snapshot = await openBehind({})
    await proxy.inject({ kind: 'stall' })
    const stop = new AbortController()
    setTimeout(() => stop.abort('SIGTERM'), 100)
    const { error } = await outcome(snapshot.read(EVERYTHING, { signal: stop.signal }))
    expect(error).toMatchObject({ code: 'INTERRUPTED', details: { signal: 'SIGTERM' } })
  })
})
