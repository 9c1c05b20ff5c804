import { type Document, EJSON, serialize } from 'bson'
import fc from 'fast-check'
import { type Db, MongoClient } from 'mongodb'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type MongoSource, openMongoSource } from '../../src/adapters/mongo/mongo-source.js'
import type { RawBlock, SourceSnapshot } from '../../src/ports/document-source.js'
import { anId, decode, documentsOf } from '../support/mongo-documents.js'
import { type MongoFront, startMongoFront } from '../support/mongo-front.js'
import { freshDatabase, mongo } from '../support/services.js'

type Fault = Document | 'silence' | 'cut' | undefined
const EVERYTHING = { from: undefined, until: undefined }
const LOST_CURSOR = { ok: 0, code: 43, codeName: 'CursorNotFound', errmsg: 'cursor id 5 not found' }
const COMMON = { resume: { baseMs: 1, tries: 3 }, serverSelectionTimeoutMs: 5_000 }

let client: MongoClient
let db: Db
let front: MongoFront
let source: MongoSource
/** Documents in one reply: the server would give a whole small collection in one. */
let batchSize = 3
/** What becomes of a command that reads. */
let fault: (command: Document) => Fault = () => undefined
beforeAll(async () => {
  const { uri, port } = await mongo()
  client = await MongoClient.connect(uri)
  db = client.db(freshDatabase())
  front = await startMongoFront({
    port,
    rewrite: command => ('batchSize' in command ? { ...command, batchSize } : command),
    answer: command => (isRead(command) ? fault(command) : undefined),
  })
  source = await openMongoSource({ ...COMMON, uri: directly(front), database: db.databaseName })
})
afterEach(() => {
  fault = () => undefined
  batchSize = 3
})
afterAll(async () => {
  await source?.close()
  await front?.stop()
  await db?.dropDatabase()
  await client?.close()
})

const directly = ({ address }: MongoFront) => `mongodb://${address}/?directConnection=true`
const isProbe = (command: Document) => command['singleBatch'] === true
const isRead = (command: Document) => ('find' in command && !isProbe(command)) || 'getMore' in command

/** Fails the reads of those numbers, from 0. */
function failReads(numbers: readonly number[], answer: Fault = LOST_CURSOR): void {
  let number = 0
  fault = () => (numbers.includes(number++) ? answer : undefined)
}

async function fill(name: string, ids: readonly unknown[]): Promise<string[]> {
  await db.createCollection(name)
  const documents = ids.map((_id): Document => ({ _id }))
  // Equal ids are refused, and so are the types that a server does not take.
  const options = { ordered: false, forceServerObjectId: true }
  if (documents.length > 0) await db.collection(name).insertMany(documents, options).catch(refused)
  const stored = await db.collection(name).find({}, { raw: true }).sort({ _id: 1 }).toArray()
  return stored.map(document => textOf(document as unknown as Uint8Array))
}

function refused(error: { code?: unknown }): void {
  if (typeof error.code !== 'number') throw error
}

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n)
const textOf = (bytes: Uint8Array) => EJSON.stringify(decode(bytes)['_id'], { relaxed: false })

async function read(blocks: AsyncIterable<RawBlock>, into: string[] = []): Promise<string[]> {
  for await (const block of blocks) into.push(...documentsOf(block).map(textOf))
  return into
}

/** Reads to the end or to the failure. */
async function outcome(snapshot: SourceSnapshot): Promise<{ texts: string[]; error: unknown }> {
  const texts: string[] = []
  const error = await read(snapshot.read(EVERYTHING), texts).then(
    () => undefined,
    failure => failure,
  )
  return { texts, error }
}

describe('a reading that breaks off', () => {
  it('gives every document once and in order, whatever the ids, and wherever it breaks', async () => {
    let run = 0
    // Whatever comes again because its id cannot be asked for is no progress: every fault may fall into one stretch.
    const patient = { resume: { baseMs: 1, tries: 8 }, uri: directly(front), database: db.databaseName }
    const own = await openMongoSource({ ...COMMON, ...patient })
    const property = fc.asyncProperty(
      fc.array(anId, { maxLength: 40 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 7 }),
      fc.uniqueArray(fc.nat(15), { maxLength: 8 }),
      async (ids, ranges, size, faults) => {
        const name = `any${run++}`
        const stored = await fill(name, ids)
        const snapshot = await own.open({ collection: name })
        expect(snapshot.resumable).toBe(true)
        const cut = await snapshot.ranges(ranges)
        batchSize = size
        failReads(faults)
        const texts: string[] = []
        for (const range of cut) await read(snapshot.read(range), texts)
        fault = () => undefined
        await snapshot.close()
        await db.dropCollection(name)
        expect(texts).toEqual(stored)
      },
    )
    await fc.assert(property, { numRuns: 30, endOnFailure: true })
    await own.close()
  })

  it('goes on among ids that cannot be asked for, wherever it breaks', async () => {
    const reordered = (n: number) =>
      new Map([
        ['z', n],
        ['1', 0],
      ])
    const stored = await fill('among', [Number.NaN, 1, ...numbers(5).map(reordered), { a: 1 }, reordered(9), true])
    expect(stored).toHaveLength(10)
    const snapshot = await source.open({ collection: 'among' })
    for (const size of [1, 2, 3]) {
      batchSize = size
      for (const number of numbers(10)) {
        failReads([number, number + 2])
        expect(await read(snapshot.read(EVERYTHING))).toEqual(stored)
      }
    }
    await snapshot.close()
  })

  it('breaks off as often as it likes, as long as documents come in between', async () => {
    const stored = await fill('often', numbers(40))
    const snapshot = await source.open({ collection: 'often' })
    // One find and no getMore in between: each attempt brings its first reply only.
    fault = command => ('getMore' in command ? LOST_CURSOR : undefined)
    expect(await read(snapshot.read(EVERYTHING))).toEqual(stored)
    await snapshot.close()
  })

  it('says so in a sentence, once for each time', async () => {
    const stored = await fill('told', numbers(20))
    const notices: string[] = []
    const snapshot = await source.open({ collection: 'told', onNotice: text => notices.push(text) })
    failReads([2, 5])
    expect(await read(snapshot.read(EVERYTHING))).toEqual(stored)
    const place = `${db.databaseName}.told`
    expect(notices).toEqual([
      `Reading ${place} broke off (cursor id 5 not found); taken up again after 6 documents of its range, on ${front.address}.`,
      `Reading ${place} broke off (cursor id 5 not found); taken up again after 12 documents of its range, on ${front.address}.`,
    ])
    await snapshot.close()
  })

  it.each<[string, Fault]>([
    ['a killed cursor', { ok: 0, code: 237, errmsg: 'killed' }],
    ['a plan that was killed, the collection still there', { ok: 0, code: 175, errmsg: 'index dropped' }],
    ['a step-down', { ok: 0, code: 10107, errmsg: 'not primary' }],
    ['a shutdown', { ok: 0, code: 91, errmsg: 'in shutdown' }],
    ['a cut connection', 'cut'],
    ['silence', 'silence'],
  ])('goes on after %s, at a find and at a getMore', async (name, answer) => {
    const collection = name.replaceAll(' ', '')
    const stored = await fill(collection, numbers(10))
    // For the silence. A reply that is only held up costs a try as well, so there are more of them than faults.
    const patience = { quickMs: 1_500, slowMs: 1_500 }
    const resume = { baseMs: 1, tries: 6 }
    const own = await openMongoSource({ ...COMMON, patience, resume, uri: directly(front), database: db.databaseName })
    const snapshot = await own.open({ collection })
    failReads([0, 2], answer)
    expect(await outcome(snapshot)).toEqual({ texts: stored, error: undefined })
    await own.close()
  })

  it.each([8, 13, 18, 136, 239, 11601])('is an error after code %i, which is no trouble that passes', async code => {
    const collection = `code${code}`
    await fill(collection, numbers(10))
    const snapshot = await source.open({ collection })
    failReads([1], { ok: 0, code, errmsg: 'no' })
    const { texts, error } = await outcome(snapshot)
    const codes: Record<number, string> = { 13: 'SOURCE_FORBIDDEN', 18: 'SOURCE_AUTH', 239: 'SOURCE_SNAPSHOT_EXPIRED' }
    expect(error).toMatchObject({ code: codes[code] ?? 'SOURCE_INTERRUPTED' })
    if (code === 136) expect(String(error)).toContain('the collection is capped')
    expect(texts).toHaveLength(3)
    await snapshot.close()
  })

  it('is an error when nothing comes any more, with the number of tries', async () => {
    await fill('bounded', numbers(10))
    const snapshot = await source.open({ collection: 'bounded' })
    failReads(numbers(20).slice(1))
    const { texts, error } = await outcome(snapshot)
    expect(texts).toHaveLength(3)
    expect(error).toMatchObject({ code: 'SOURCE_INTERRUPTED', details: { read: 3 } })
    expect(String(error)).toMatch(/cursor id 5 not found \(3 tries to take it up again in [\d.]+ s\)/)
    await snapshot.close()
  })

  it('is given up where only documents come whose ids cannot be asked for', async () => {
    batchSize = 4_000
    const ids = numbers(6_000).map(n => new Map<string, unknown>([['z', `${n}`.padStart(300)], ['1', 0]])) // biome-ignore format: one line
    for (let at = 0; at < ids.length; at += 1_000) {
      const documents = ids.slice(at, at + 1_000).map(_id => ({ _id }) as unknown as Document)
      await db.collection('unsound').insertMany(documents, { forceServerObjectId: true })
    }
    const snapshot = await source.open({ collection: 'unsound' })
    failReads([1])
    const { texts, error } = await outcome(snapshot)
    expect(texts).toHaveLength(4_000)
    expect(error).toMatchObject({ code: 'SOURCE_INTERRUPTED' })
    expect(String(error)).toContain('its last documents have an _id that reading cannot go on after')
    await snapshot.close()
  })
})

describe('reading on where another process stopped', () => {
  const idOf = (id: unknown) => serialize(new Map([['_id', id]]) as unknown as Document)

  it('leaves out exactly what it had', async () => {
    const stored = await fill('after', [null, -1, 1.5, 1001, '', '1001', 'a', {}, { a: 1 }, true, new Date(0)])
    const documents = await db.collection('after').find({}, { promoteValues: false }).sort({ _id: 1 }).toArray()
    const snapshot = await source.open({ collection: 'after' })
    for (const [index, { _id }] of documents.entries()) {
      const after = { documents: index + 1, lastId: idOf(_id) }
      failReads([1])
      expect(await read(snapshot.read(EVERYTHING, { after }))).toEqual(stored.slice(index + 1))
    }
    const until = idOf(1001)
    const after = { documents: 1, lastId: idOf(null) }
    expect(await read(snapshot.read({ from: undefined, until }, { after }))).toEqual(stored.slice(1, 3))
    await snapshot.close()
  })

  it('is refused after an id that cannot be asked for, and where there is no order', async () => {
    await fill('nan', [Number.NaN, 1])
    const snapshot = await source.open({ collection: 'nan' })
    const after = { documents: 1, lastId: idOf(Number.NaN) }
    await expect(read(snapshot.read(EVERYTHING, { after }))).rejects.toMatchObject({ code: 'SOURCE_INTERRUPTED' })
    await snapshot.close()
    await db.createCollection('view', { viewOn: 'nan', pipeline: [] })
    const view = await source.open({ collection: 'view' })
    expect(view.resumable).toBe(false)
    await expect(read(view.read(EVERYTHING, { after }))).rejects.toThrow(RangeError)
    await view.close()
  })
})
