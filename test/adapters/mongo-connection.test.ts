import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { directUri, hostsOf, redactMessage } from '../../src/adapters/mongo/connection-string.js'
import { openMongoSink } from '../../src/adapters/mongo/mongo-sink.js'
import { openMongoSource } from '../../src/adapters/mongo/mongo-source.js'
import type { LocalServer } from '../../src/demo/secantus.js'
import { isLakeferryError } from '../../src/errors.js'
import { mongo, startMongo } from '../support/services.js'

const SECRET = 'p%40ss-w0rd'

describe('of a connection string', () => {
  it.each([
    ['mongodb://127.0.0.1:27017', '127.0.0.1:27017'],
    [`mongodb://user:${SECRET}@a:1,b:2/db?replicaSet=rs`, 'a:1,b:2'],
    [`mongodb+srv://user:${SECRET}@cluster.example.com`, 'cluster.example.com'],
    ['mongodb://user:p@ss/w@host/db', 'host'],
    ['mongodb://[::1]:27017/?tls=true', '[::1]:27017'],
    ['mongodb://%2Ftmp%2Fmongodb.sock/db', '/tmp/mongodb.sock'],
    ['mongodb://', '(no host)'],
  ])('only the hosts are shown: %s', (uri, hosts) => expect(hostsOf(uri)).toBe(hosts))

  it.each([
    `Invalid connection string "mongodb://user:${SECRET}@host"`,
    `no user "p@ss-w0rd" here`,
    `at mongodb://other:${SECRET}@elsewhere/?x=1`,
  ])('a message keeps no secret: %s', message => {
    const shown = redactMessage(message, `mongodb://user:${SECRET}@host`)
    expect(shown).not.toMatch(/ss-w0rd/)
  })

  it.each([
    [
      `mongodb://user:${SECRET}@a:1,b:2/db?replicaSet=rs&readPreference=nearest`,
      `mongodb://user:${SECRET}@b:2/db?readPreference=nearest&directConnection=true`,
    ],
    ['mongodb://a', 'mongodb://b:2/?directConnection=true'],
    [
      `mongodb+srv://user:${SECRET}@cluster.example.com/?appName=x`,
      `mongodb://user:${SECRET}@b:2/?appName=x&tls=true&authSource=admin&directConnection=true`,
    ],
    ['mongodb+srv://cluster.example.com?tls=false', 'mongodb://b:2/?tls=false&directConnection=true'],
  ])('one for the chosen member keeps credentials and options: %s', (uri, direct) => {
    expect(directUri(uri, 'b:2', { tls: true, authSource: 'admin' })).toBe(direct)
    expect(() => new MongoClient(direct)).not.toThrow()
  })
})

describe('a source that cannot be opened says why, without secrets', () => {
  it.each([
    ['no connection string', 'localhost:27017'],
    ['a password that is not escaped', 'mongodb://user:ss-w0rd/@host/db'],
    ['an unknown option', `mongodb://user:${SECRET}@host/?nonsense=1`],
    ['contradicting options', `mongodb://user:${SECRET}@a,b/?directConnection=true`],
  ])('%s', async (_, uri) => {
    const error = await openMongoSource({ uri, database: 'x' }).catch(failure => failure)
    expect(error).toMatchObject({ code: 'SOURCE_URI', exitCode: 2 })
    expect(error.message).not.toMatch(/ss-w0rd/)
  })

  it('nobody listening', async () => {
    // Nobody is given this port. Long enough to be refused once, on a machine that does other work as well.
    const uri = `mongodb://user:${SECRET}@127.0.0.1:1/`
    const options = { uri, database: 'x', serverSelectionTimeoutMs: 3_000 }
    const error = await openMongoSource(options).catch(failure => failure)
    expect(error).toMatchObject({
      code: 'SOURCE_UNREACHABLE',
      exitCode: 3,
      details: { uri: '127.0.0.1:1', waitedMs: 3_000 },
    })
    expect(error.message).toContain('ECONNREFUSED')
    expect(error.message).not.toMatch(/ss-w0rd/)
  })

  // A name server that does not answer is asked several times, for some seconds each.
  it('a host that the DNS does not know', { timeout: 180_000 }, async () => {
    const uri = 'mongodb+srv://lakeferry.invalid/'
    const error = await openMongoSource({ uri, database: 'x', serverSelectionTimeoutMs: 300 }).catch(failure => failure)
    expect(error).toMatchObject({ code: 'SOURCE_UNREACHABLE', details: { uri: 'lakeferry.invalid' } })
  })
})

describe('a server that wants credentials', () => {
  const auth = { user: 'reader', password: 'p@ss-w0rd' }
  let server: LocalServer
  const uri = (userInfo: string) => server.uri.replace('://', `://${userInfo}`)
  beforeAll(async () => {
    server = await startMongo({ auth })
  })
  afterAll(() => server?.stop())

  it('is read and written with them', async () => {
    const right = { uri: uri(`reader:${SECRET}@`), database: 'x' }
    const sink = await openMongoSink(right)
    expect(await sink.insert('c', [Buffer.from('0e000000105f6964000100000000', 'hex')])).toEqual([])
    await sink.close()
    const source = await openMongoSource(right)
    const snapshot = await source.open({ collection: 'c' })
    expect((await snapshot.sample(1)).starts).toHaveLength(1)
    await snapshot.close()
    await source.close()
  })

  it('is not read with wrong ones, nor with none', async () => {
    const wrong = await openMongoSource({ uri: uri('reader:wrong@'), database: 'x' }).catch(failure => failure)
    expect(wrong).toMatchObject({ code: 'SOURCE_AUTH', exitCode: 3 })
    expect(wrong.message).not.toContain('wrong@')
    const source = await openMongoSource({ uri: server.uri, database: 'x' })
    const none = await source.inspect('c').catch(failure => failure)
    expect(isLakeferryError(none, 'SOURCE_AUTH')).toBe(true)
    await source.close()
  })
})

it('tells doctor what the server is', async () => {
  const { uri, port } = await mongo()
  const source = await openMongoSource({ uri, database: 'lakeferry_nothing_here' })
  const probe = await source.probe()
  expect(probe).toMatchObject({ member: `127.0.0.1:${port}`, collections: [], tried: undefined, guarantee: undefined })
  expect(probe.version).toMatch(/^\d+\.\d+/)
  expect(probe.topology).toMatch(/^(replica set|sharded|standalone)/)
  await expect(source.probe('absent')).rejects.toMatchObject({ code: 'COLLECTION_MISSING' })
  await source.close()
})
