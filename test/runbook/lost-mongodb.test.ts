import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { LocalServer } from '../../src/demo/secantus.js'
import { startMongo } from '../support/services.js'
import { procedure } from './book.js'
import { World } from './world.js'

let server: LocalServer
let world: World
beforeAll(async () => {
  server = await startMongo()
  // What is left of the test must not wait for long for a server that was stopped, and an export before must get its answer.
  const ownerUri = `${server.uri}&serverSelectionTimeoutMS=8000`
  world = await World.make({ uri: ownerUri, ownerUri })
})
afterAll(async () => {
  await server.stop()
  await world.end()
})

it('a MongoDB that is lost is restored from the lake into a fresh server, byte for byte', async () => {
  const book = procedure('MongoDB is lost')
  await world.papers.createIndex({ title: 1 })
  const [PREVIOUS, before] = [await world.export(), await world.documents()]
  await world.papers.deleteMany({ year: { $lt: 2010 } })
  const [RUN, all, digest] = [await world.export(), await world.documents(), await world.digest()]
  expect(all.length).toBeLessThan(before.length)
  // Written since: that is what is lost.
  await world.papers.insertOne({ title: 'lost' })

  let fresh: LocalServer | undefined
  let client: MongoClient | undefined
  try {
    await server.stop()
    fresh = await startMongo()
    client = await MongoClient.connect(fresh.uri)
    const values = { RUN, PREVIOUS, NEW_URI: fresh.uri }
    await book.see(world.situation(values), () => undefined)
    const documents = (collection: string) => world.documents(collection, client as MongoClient)
    await book.act(
      { ...world.situation(values), mongo: fresh.uri },
      () => undefined,
      async () => {
        expect(await documents('papers')).toEqual(all)
        const { digest: again } = await world.facts(`verify papers --run ${RUN}`)
        expect(again).toBe(digest)
      },
    )
    expect(await documents('papers_before')).toEqual(before)
    const indexes = await client.db(world.database).collection('papers').indexes()
    expect(indexes.map(({ name }) => name)).toEqual(['_id_', 'title_1'])

    await book.after(world.situation(values, { MONGODB_URI: fresh.uri }))
    expect(await world.facts('verify papers --against both', { MONGODB_URI: fresh.uri })).toMatchObject({
      exitCode: 0,
      digest,
    })
  } finally {
    await client?.close()
    await fresh?.stop()
  }
})
