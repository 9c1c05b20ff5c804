import { type Document, EJSON, serialize } from 'bson'
import fc from 'fast-check'
import { type Db, MongoClient } from 'mongodb'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { rangesFrom } from '../../src/adapters/mongo/id-ranges.js'
import { type MongoSource, openMongoSource } from '../../src/adapters/mongo/mongo-source.js'
import { anId, decode, documentsOf, readAll } from '../support/mongo-documents.js'
import { freshDatabase, mongo } from '../support/services.js'

let client: MongoClient
let db: Db
let source: MongoSource
beforeAll(async () => {
  const { uri } = await mongo()
  const database = freshDatabase()
  client = await MongoClient.connect(uri)
  db = client.db(database)
  source = await openMongoSource({ uri, database })
})
afterAll(async () => {
  await source.close()
  await db.dropDatabase()
  await client.close()
})

it('covers any mixture of ids exactly once, whatever the number of ranges', async () => {
  let run = 0
  const property = fc.asyncProperty(
    fc.array(anId, { maxLength: 60 }),
    fc.integer({ min: 1, max: 8 }),
    async (ids, count) => {
      const name = `run${run++}`
      await db.createCollection(name)
      const documents = ids.map((_id): Document => ({ _id }))
      // Equal ids are refused, and so are the types that a server does not take.
      const options = { ordered: false, forceServerObjectId: true }
      if (documents.length > 0)
        await db
          .collection(name)
          .insertMany(documents, options)
          .catch(error => expect(error.code).toBeTypeOf('number'))
      const stored = await db
        .collection(name)
        .find({}, { promoteValues: false, bsonRegExp: true })
        .sort({ _id: 1 })
        .toArray()
      const snapshot = await source.open({ collection: name })
      const read = (await readAll(snapshot, count)).map(decode)
      await snapshot.close()
      await db.collection(name).drop()
      expect(read.map(textOf)).toEqual(stored.map(textOf))
    },
  )
  await fc.assert(property, { numRuns: 25, endOnFailure: true })
})

it('cuts at quantiles, and never twice at one id', async () => {
  const driver = await import('mongodb')
  const sample = blockOf(Array.from({ length: 100 }, (_, n) => ({ _id: Math.floor(n / 10) })))
  const ranges = rangesFrom(driver, sample, 5)
  expect(ranges.map(({ from }) => from && decode(from)['_id'].value)).toEqual([undefined, 2, 4, 6, 8])
  expect(rangesFrom(driver, blockOf([{ _id: 1 }, { _id: 1 }]), 8)).toHaveLength(1)
  expect(rangesFrom(driver, blockOf([]), 8)).toHaveLength(1)
})

it('does not cut at an id whose field order a JavaScript object would change', async () => {
  const driver = await import('mongodb')
  const id = (value: number) =>
    serialize(
      new Map([
        [
          '_id',
          new Map([
            ['z', value],
            ['1', 0],
          ]),
        ],
      ]) as unknown as Document,
    )
  const ids = [id(1), id(2), id(3)]
  const starts = new Uint32Array(ids.map((_, index) => index * ids[0]!.length))
  expect(rangesFrom(driver, { bytes: Buffer.concat(ids), starts }, 3)).toHaveLength(1)
})

it('cuts a collection whose strings are compared by a collation in that order', async () => {
  await db.createCollection('collated', { collation: { locale: 'en', strength: 2 } })
  const ids = [...'aBcDeFgHiJkLmNoPqRsTuVwXyZ'].flatMap(letter => [letter, `${letter}${letter}`, `${letter}1`])
  await db.collection('collated').insertMany(ids.map((_id): Document => ({ _id })))
  const snapshot = await source.open({ collection: 'collated' })
  const read = (await readAll(snapshot, 6)).map(bytes => String(decode(bytes)['_id']))
  expect(read.toSorted()).toEqual(ids.toSorted())
  await snapshot.close()
})

it('tells estimates of size', async () => {
  await db
    .collection('sized')
    .insertMany(Array.from({ length: 50 }, (_, _id): Document => ({ _id, text: 'x'.repeat(100) })))
  const facts = await source.inspect('sized')
  expect(facts.kind).toBe('collection')
  expect(await source.estimateCount('sized')).toBe(50)
  // Not every server keeps sizes: SecantusDB's Python server tells none.
  if (facts.bytes > 0) {
    expect(facts.bytes).toBeGreaterThan(50 * 100)
    expect(facts.bytes).toBeLessThan(50 * 200)
  }
  const snapshot = await source.open({ collection: 'sized' })
  expect(documentsOf(await snapshot.sample(5))).toHaveLength(5)
  await snapshot.close()
})

const textOf = (document: Document): string => EJSON.stringify(document['_id'], { relaxed: false })

function blockOf(documents: readonly Document[]): { bytes: Uint8Array; starts: Uint32Array } {
  const parts = documents.map(document => serialize(document))
  let offset = 0
  const starts = parts.map(part => {
    offset += part.length
    return offset - part.length
  })
  return { bytes: Buffer.concat(parts), starts: new Uint32Array(starts) }
}
