import type { Document } from 'bson'
import { type Db, MongoClient } from 'mongodb'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type MongoSource, openMongoSource } from '../../src/adapters/mongo/mongo-source.js'
import type { RawBlock } from '../../src/ports/document-source.js'
import { decode, documentsOf } from '../support/mongo-documents.js'
import { type MongoFront, type MongoFrontOptions, startMongoFront } from '../support/mongo-front.js'
import { freshDatabase, mongo } from '../support/services.js'

const EVERYTHING = { from: undefined, until: undefined }
const DOCUMENTS = 600

let client: MongoClient
let db: Db
let front: MongoFront
let batchSize: number | undefined
let answer: NonNullable<MongoFrontOptions['answer']> = () => undefined
let delay: (command: Document) => number = () => 0
const opened: MongoSource[] = []
beforeAll(async () => {
  const { uri, port } = await mongo()
  client = await MongoClient.connect(uri)
  db = client.db(freshDatabase())
  await db.collection('c').insertMany(Array.from({ length: DOCUMENTS }, (_, _id): Document => ({ _id })))
  await db.createCollection('view', { viewOn: 'c', pipeline: [{ $match: { _id: { $lt: 10 } } }] })
  front = await startMongoFront({
    port,
    rewrite: command => (batchSize !== undefined && 'batchSize' in command ? { ...command, batchSize } : command),
    answer: command => answer(command),
    delay: command => delay(command),
  })
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map(source => source.close()))
  batchSize = undefined
  answer = () => undefined
  delay = () => 0
})
afterAll(async () => {
  await front?.stop()
  await db?.dropDatabase()
  await client?.close()
})

async function openBehind(options: Partial<Parameters<typeof openMongoSource>[0]> = {}): Promise<MongoSource> {
  const uri = `mongodb://${front.address}/?directConnection=true`
  const source = await openMongoSource({ uri, database: db.databaseName, resume: { baseMs: 1 }, ...options })
  opened.push(source)
  return source
}

async function idsOf(blocks: AsyncIterable<RawBlock>, ids: number[] = []): Promise<number[]> {
  for await (const block of blocks) ids.push(...documentsOf(block).map(bytes => Number(decode(bytes)['_id'])))
  return ids
}

const ALL = Array.from({ length: DOCUMENTS }, (_, n) => n)

describe('the comment', () => {
  it('is on every command, what a broken reading and an early end send included', async () => {
    const source = await openBehind({ comment: 'ask ops@example.com' })
    const begun = front.commands.length
    await source.inspect('c')
    await source.inspect('view')
    await source.estimateCount('c')
    await source.inspect('absent').catch(() => undefined)
    await source.probe('c')
    const asked = front.commands.slice(begun)
    const between = front.commands.length
    batchSize = 100
    let failures = 1
    answer = command =>
      'getMore' in command && failures-- > 0 ? { ok: 0, code: 43, errmsg: 'cursor not found' } : undefined
    for (const collection of ['c', 'view']) {
      const snapshot = await source.open({ collection, comment: 'lakeferry export c 2026' })
      await snapshot.sample(5)
      for (const range of await snapshot.ranges(3)) await idsOf(snapshot.read(range))
      for await (const _ of snapshot.read(EVERYTHING)) break
      await snapshot.close()
    }
    const read = front.commands.slice(between)
    const names = new Set([...asked, ...read].map(command => Object.keys(command)[0]))
    for (const name of ['listCollections', 'count', 'aggregate', 'find', 'getMore', 'killCursors', 'buildInfo'])
      expect(names).toContain(name)
    const own = (command: Document) => !('endSessions' in command)
    for (const command of asked.filter(own)) expect(command['comment']).toMatch(/^ask ops@example.com lakeferry/)
    for (const command of read.filter(own))
      expect(command['comment']).toBe('ask ops@example.com lakeferry export c 2026')
  })

  it('is ours alone where none is configured', async () => {
    const source = await openBehind()
    const begun = front.commands.length
    const snapshot = await source.open({ collection: 'c', comment: 'lakeferry export c 2026' })
    await idsOf(snapshot.read(EVERYTHING))
    await snapshot.close()
    const comments = new Set(front.commands.slice(begun).map(command => command['comment']))
    expect([...comments]).toEqual(['lakeferry export c 2026'])
  })
})

describe('the cost of a small collection', () => {
  it('is a few round trips before the first document, and none that waits for an estimate', async () => {
    const source = await openBehind()
    const begun = front.commands.length
    await source.inspect('c', { sized: false })
    const snapshot = await source.open({ collection: 'c' })
    const [range] = await snapshot.ranges(1)
    expect(await idsOf(snapshot.read(range!))).toEqual(ALL)
    await snapshot.close()
    const names = front.commands.slice(begun).map(command => Object.keys(command)[0])
    // Facts; description, the snapshot's probes; the documents, and whether it is still the same collection.
    expect(names.filter(name => name === 'listCollections')).toHaveLength(3)
    expect(names).not.toContain('aggregate')
    expect(names.length).toBeLessThanOrEqual(9)
  })

  it('does not include the size where the server has to work for it', async () => {
    // It would never have done.
    answer = command => ('aggregate' in command ? 'silence' : undefined)
    const source = await openBehind()
    expect(await source.inspect('c')).toMatchObject({ kind: 'collection', bytes: 0 })
  })
})

describe('the load on the server', () => {
  it('is no more documents in a second than allowed, over all cursors, and loses none', async () => {
    const rate = 400
    const source = await openBehind({ maxDocumentsPerSecond: rate })
    const snapshot = await source.open({ collection: 'c' })
    const ranges = await snapshot.ranges(2)
    expect(ranges).toHaveLength(2)
    const before = front.commands.length
    const begun = performance.now()
    const read = await Promise.all(ranges.map(range => idsOf(snapshot.read(range))))
    const seconds = (performance.now() - begun) / 1_000
    expect(read.flat()).toEqual(ALL)
    // The last request of each cursor is not waited for.
    expect(seconds).toBeGreaterThan((DOCUMENTS - (2 * rate) / 4) / rate)
    const sizes = front.commands
      .slice(before)
      .flatMap(({ batchSize: size }) => (size === undefined ? [] : [Number(size)]))
    expect(sizes.length).toBeGreaterThanOrEqual(6)
    expect(Math.max(...sizes)).toBe(rate / 4)
    await snapshot.close()
  })

  it('ends at once when the export is stopped, in the first look at the documents as well', async () => {
    // A hundred documents would take a hundred seconds.
    const source = await openBehind({ maxDocumentsPerSecond: 1 })
    const snapshot = await source.open({ collection: 'c' })
    const stop = new AbortController()
    const sample = snapshot.sample(100, stop.signal)
    setTimeout(() => stop.abort('SIGTERM'), 300)
    await expect(sample).rejects.toMatchObject({ code: 'INTERRUPTED', details: { signal: 'SIGTERM' } })
    await snapshot.close()
  })

  it('is less when the server slows down, which is told once, and no document is lost', async () => {
    // So slow that no reply is, which other work on the machine holds up.
    const slowMs = 600
    batchSize = 20
    let gets = 0
    let answeredAt = 0
    /** Between each answer and the next question. */
    const pauses: number[] = []
    answer = command => {
      if ('getMore' in command && answeredAt > 0) pauses.push(performance.now() - answeredAt)
      return undefined
    }
    delay = command => {
      if (!('getMore' in command)) return 0
      gets += 1
      const waiting = gets > 8 && gets <= 14 ? slowMs : 0
      answeredAt = performance.now() + waiting
      return waiting
    }
    const notices: string[] = []
    const source = await openBehind()
    const snapshot = await source.open({ collection: 'c', onNotice: text => notices.push(text) })
    expect(await idsOf(snapshot.read(EVERYTHING))).toEqual(ALL)
    await snapshot.close()
    expect(notices).toHaveLength(1)
    expect(notices[0]).toMatch(/^The server takes [\d.]+ times as long for .*\.c as it did/)
    // Three slow replies make it slow; from then on it is left alone for longer than it took. Most of the others are
    // not followed by a pause: one may be, when this process itself was held up.
    const median = (ms: readonly number[]) => ms.toSorted((a, b) => a - b)[ms.length >> 1]
    expect(median(pauses.slice(0, 8))).toBeLessThan(slowMs)
    expect(pauses.filter(ms => ms > slowMs).length).toBeGreaterThanOrEqual(3)
    expect(median(pauses.slice(-9))).toBeLessThan(slowMs)
  })
})
