import { afterAll, beforeAll, expect, it } from 'vitest'
import type { LocalServer } from '../../src/demo/secantus.js'
import { startMongo } from '../support/services.js'
import { startToxicProxy, type ToxicProxy } from '../support/toxic-proxy.js'
import { procedure } from './book.js'
import { World } from './world.js'

const ROOT = { user: 'root', password: 'of-the-owner' }
let server: LocalServer
let proxy: ToxicProxy
let world: World

beforeAll(async () => {
  server = await startMongo({ auth: ROOT })
  proxy = await startToxicProxy({ host: '127.0.0.1', port: server.port })
  world = await World.make({
    uri: `mongodb://exporter:first@127.0.0.1:${proxy.port}/?directConnection=true&serverSelectionTimeoutMS=8000`,
    ownerUri: server.uri.replace('//', `//${ROOT.user}:${ROOT.password}@`),
  })
  const roles = [{ role: 'read', db: world.database }]
  await world.client.db('admin').command({ createUser: 'exporter', pwd: 'first', roles })
})
afterAll(async () => {
  await world.end()
  await proxy.stop()
  await server.stop()
})

it('a MongoDB that does not answer is no harm to the lake, and its export is made up for', async () => {
  const book = procedure('MongoDB cannot be reached')
  const before = await world.export()
  await proxy.inject({ kind: 'refuse' })
  await book.see(world.situation())
  expect((await world.pointer())['runId']).toBe(before)
  await world.papers.insertOne({ title: 'while nobody could read', year: 2026 })
  await book.act(world.situation(), () => proxy.heal())
  await book.after(world.situation())
  expect(await world.titles()).toContain('while nobody could read')
})

it('a role that was taken away is told by its name, and what was missed is made up for', async () => {
  const book = procedure('The export lost its permission')
  const before = await world.export()
  const role = { role: 'read', db: world.database }
  await world.client.db('admin').command({ revokeRolesFromUser: 'exporter', roles: [role] })
  const situation = { ...world.situation(), mongo: world.uri }
  await book.see(situation)
  expect((await world.pointer())['runId']).toBe(before)
  await book.act(situation)
  await book.after(situation)
  expect((await world.facts('verify papers --against both'))['exitCode']).toBe(0)
})
