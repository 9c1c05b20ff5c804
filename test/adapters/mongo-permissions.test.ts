import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Document, MongoClient } from 'mongodb'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type MongoSource, openMongoSource } from '../../src/adapters/mongo/mongo-source.js'
import type { LocalServer } from '../../src/demo/secantus.js'
import { invoke, jsonOf } from '../cli/cli-fixture.js'
import { readAll } from '../support/mongo-documents.js'
import { startMongo } from '../support/services.js'

const ADMIN = { user: 'root', password: 'sesame' }
const DATABASE = 'shop'

// Users, roles and failpoints are the whole server's.
let server: LocalServer
let admin: MongoClient
const opened: MongoSource[] = []
const uriOf = (user: string, password: string) =>
  `mongodb://${user}:${password}@127.0.0.1:${server.port}/?directConnection=true&authSource=admin`
beforeAll(async () => {
  server = await startMongo({ auth: ADMIN })
  admin = await MongoClient.connect(uriOf(ADMIN.user, ADMIN.password))
  const documents = Array.from({ length: 300 }, (_, _id): Document => ({ _id, text: 'x'.repeat(50) }))
  await admin.db(DATABASE).collection('orders').insertMany(documents)
  await admin.db(DATABASE).createCollection('empty')
  await admin.db('admin').command({
    createRole: 'finder',
    privileges: [{ resource: { db: DATABASE, collection: 'orders' }, actions: ['find'] }],
    roles: [],
  })
  const reader = { role: 'read', db: DATABASE }
  for (const [user, role] of [
    ['reader', reader],
    ['finder', { role: 'finder', db: 'admin' }],
    ['nobody', { role: 'read', db: 'elsewhere' }],
  ])
    await admin.db('admin').command({ createUser: user, pwd: 'sesame', roles: [role] })
})
afterEach(async () => {
  await admin.db('admin').command({ configureFailPoint: 'failCommand', mode: 'off' })
  await Promise.all(opened.splice(0).map(source => source.close()))
})
afterAll(async () => {
  await admin?.close()
  await server?.stop()
})

async function openAs(user: string): Promise<MongoSource> {
  const source = await openMongoSource({ uri: uriOf(user, 'sesame'), database: DATABASE })
  opened.push(source)
  return source
}

const refuse = (command: string, mode: unknown = 'alwaysOn') =>
  admin
    .db('admin')
    .command({ configureFailPoint: 'failCommand', mode, data: { failCommands: [command], errorCode: 13 } })

async function expectAllRead(source: MongoSource, resumable: boolean): Promise<void> {
  const snapshot = await source.open({ collection: 'orders' })
  expect(snapshot.resumable).toBe(resumable)
  expect(await readAll(snapshot, 4)).toHaveLength(300)
  expect((await snapshot.sample(10)).starts).toHaveLength(10)
  await snapshot.close()
}

it('the read role is all that a run needs', async () => {
  const source = await openAs('reader')
  expect((await source.probe('orders')).refusals).toEqual([])
  expect(await source.inspect('orders')).toMatchObject({ kind: 'collection' })
  await expectAllRead(source, true)
})

it('who may only find reads with one cursor, and doctor says what that costs', async () => {
  const source = await openAs('finder')
  const { refusals } = await source.probe('orders')
  expect(refusals).toMatchObject([
    {
      refused: expect.stringMatching(/^listCollections \(.*not authorized/),
      instead: 'it is read with one cursor, and not read on after it broke off',
      remedy: expect.stringContaining('the read role on shop'),
    },
  ])
  expect(await source.inspect('orders')).toMatchObject({ kind: 'collection' })
  await expectAllRead(source, false)
  // Nobody can tell whether it is empty or absent.
  for (const collection of ['empty', 'absent'])
    await expect(source.open({ collection })).rejects.toMatchObject({ code: 'SOURCE_FORBIDDEN' })
})

it('names are enough where the rest of the list is refused', async () => {
  const source = await openAs('reader')
  await refuse('listCollections', { times: 1 })
  const { refusals } = await source.probe('orders')
  // The first list is that of all names.
  expect(refusals).toEqual([])
  await refuse('listCollections', { times: 1 })
  const snapshot = await source.open({ collection: 'orders' })
  // That it is the same collection cannot be seen, and there is no snapshot here: it must not be read on after a break.
  expect(snapshot.resumable).toBe(snapshot.guarantee.kind === 'snapshot')
  expect(await readAll(snapshot, 2)).toHaveLength(300)
  await snapshot.close()
})

it('$collStats and $sample are done without', async () => {
  const source = await openAs('reader')
  await refuse('aggregate')
  const { refusals } = await source.probe('orders')
  expect(refusals.map(({ refused }) => refused.split(' ')[0])).toEqual(['$collStats', '$sample'])
  expect(await source.inspect('orders')).toMatchObject({ kind: 'collection', bytes: 0 })
  const snapshot = await source.open({ collection: 'orders' })
  expect(await snapshot.ranges(4)).toEqual([{ from: undefined, until: undefined }])
  await refuse('aggregate', { times: 1 })
  expect((await snapshot.sample(10)).starts).toHaveLength(10)
  expect(await readAll(snapshot, 1)).toHaveLength(300)
  await snapshot.close()
})

it('the size is estimated from some documents where $collStats is refused', async () => {
  const source = await openAs('reader')
  let bytes = 0
  // It is 0 as well where the refusal came too late to be waited for, which on a busy machine it may.
  for (let n = 0; n < 20 && bytes === 0; n++) {
    await refuse('aggregate', { times: 1 })
    ;({ bytes } = await source.inspect('orders'))
  }
  expect(bytes).toBeGreaterThan(300 * 70)
  expect(bytes).toBeLessThan(300 * 90)
})

it('a snapshot that is refused is a majority read, with the reason', async () => {
  const source = await openAs('reader')
  await refuse('find', { times: 2 })
  const snapshot = await source.open({ collection: 'orders' })
  expect(snapshot.guarantee).toMatchObject({
    kind: 'majority',
    reason: expect.stringContaining('refuses read concern'),
  })
  expect(await readAll(snapshot, 1)).toHaveLength(300)
  await snapshot.close()
})

it('who may not read is told so', async () => {
  const source = await openAs('nobody')
  const works = [
    () => source.inspect('orders'),
    () => source.open({ collection: 'orders' }),
    () => source.probe('orders'),
  ]
  // One after the other: nobody would look at what fails before its turn.
  for (const work of works) await expect(work()).rejects.toMatchObject({ code: 'SOURCE_FORBIDDEN' })
  const reader = await openAs('reader')
  await refuse('find')
  await expect(reader.open({ collection: 'orders' })).rejects.toMatchObject({ code: 'SOURCE_FORBIDDEN' })
})

it('doctor calls what is refused no failure, and says which role would help', async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'lakeferry-doctor-'))
  const source = { uri: uriOf('finder', 'sesame'), database: DATABASE }
  const config = { source, lake: { url: 'file:./lake' }, datasets: { orders: { collection: 'orders' } } }
  await writeFile(join(cwd, 'lakeferry.yaml'), JSON.stringify(config))
  const told = await invoke(['doctor', '--json'], { cwd })
  await rm(cwd, { recursive: true })
  expect(told.exitCode).toBe(0)
  const checks = jsonOf(told)['checks'] as { name: string; ok: boolean; detail: string; hint: string | null }[]
  expect(checks.find(({ name }) => name === 'collection of orders')).toEqual({
    name: 'collection of orders',
    ok: true,
    detail: expect.stringMatching(
      /^shop\.orders, a collection of about 300 documents; .*; refused: listCollections \(.*\), so it is read with one cursor/,
    ),
    hint: expect.stringContaining('Give the user the read role on shop'),
  })
  expect(told.stdout).not.toContain('sesame')
})
