import { MongoClient } from 'mongodb'
import { openMongoSource } from '../../src/adapters/mongo/mongo-source.js'
import { documentSourceSuite, type SourceUnderTest } from '../ports/document-source-suite.js'
import { freshDatabase, mongo } from '../support/services.js'

async function open(): Promise<SourceUnderTest> {
  const { uri } = await mongo()
  const database = freshDatabase()
  const client = await MongoClient.connect(uri)
  const db = client.db(database)
  const source = await openMongoSource({ uri, database })
  return {
    source,
    async fill(collection, documents) {
      await db.createCollection(collection)
      // Unordered, because a server need not take every type as _id; and with the _id as it is, null too.
      const options = { ordered: false, forceServerObjectId: true }
      if (documents.length > 0)
        await db
          .collection(collection)
          .insertMany([...documents], options)
          .catch(refused)
      // The driver's own cursor is what the raw replies are held against.
      return db.collection(collection).find({}, { raw: true }).toArray() as Promise<unknown> as Promise<Uint8Array[]>
    },
    async close() {
      await source.close()
      await db.dropDatabase()
      await client.close()
    },
  }
}

function refused(error: { code?: unknown }): void {
  if (typeof error.code !== 'number') throw error
}

documentSourceSuite('MongoDB', open)
