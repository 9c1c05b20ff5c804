import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freshDatabase, freshPrefix, mongo, realReplicaSet, s3, startMongo } from '../support/services.js'

describe('the services of the tests', () => {
  it('give every test file the same server, and each caller a database of its own', async () => {
    const [first, second] = await Promise.all([mongo(), mongo()])
    expect(second).toEqual(first)
    expect(freshDatabase()).not.toBe(freshDatabase())
    expect(freshPrefix()).not.toBe(freshPrefix())
    const client = await MongoClient.connect(first.uri)
    const collection = client.db(freshDatabase()).collection('things')
    await collection.insertOne({ x: 1 })
    expect(await collection.countDocuments()).toBe(1)
    await client.close()
  })

  it('offer S3 on the loopback', async () => {
    const { endpoint, bucket } = await s3()
    expect(endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    const response = await fetch(`${endpoint}/${bucket}`)
    expect(response.status).toBe(403)
  })
})

describe('a server of one’s own', () => {
  const auth = { user: 'ferry', password: 'over the lake' }
  let server: Awaited<ReturnType<typeof startMongo>>
  beforeAll(async () => {
    server = await startMongo({ auth })
  })
  afterAll(() => server?.stop())

  it('asks for credentials when told to', async () => {
    const anonymous = await MongoClient.connect(server.uri)
    await expect(anonymous.db('test').collection('things').findOne()).rejects.toThrow(/auth/i)
    await anonymous.close()
    const known = await MongoClient.connect(server.uri, { auth: { username: auth.user, password: auth.password } })
    expect(await known.db('test').collection('things').findOne()).toBeNull()
    await known.close()
  })
})

describe('a test that needs a real replica set', () => {
  it('is skipped with the reason when none is named', context => {
    expect(realReplicaSet(context)).toMatch(/^mongodb/)
  })
})
