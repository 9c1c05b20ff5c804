import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Document, Long, Timestamp } from 'mongodb'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type MongoSource, openMongoSource } from '../../src/adapters/mongo/mongo-source.js'
import { loadConfig } from '../../src/config/load-config.js'
import { askSourceHealth } from '../../src/wire.js'
import { type MongoFront, type MongoFrontOptions, startMongoFront } from '../support/mongo-front.js'
import { mongo, startMongo } from '../support/services.js'

let front: MongoFront | undefined
let source: MongoSource | undefined
afterEach(async () => {
  await source?.close()
  await front?.stop()
  front = undefined
  source = undefined
})

/** The test server, said to be in a replica set, behind a front that speaks in its place. */
async function behind(options: Omit<MongoFrontOptions, 'port'>): Promise<MongoSource> {
  const { port } = await mongo()
  front = await startMongoFront({ port, ...options })
  source = await openMongoSource({ uri: `mongodb://${front.address}/?directConnection=true`, database: 'd' })
  return source
}
const inSet = (hello: Document): Document => ({ ...hello, setName: 'rs0' })
const oplogOf = (command: Document): boolean => command['find'] === 'oplog.rs' && command['$db'] === 'local'

/** Both ends of an oplog: seconds since the epoch. */
const oplog = (first: number, last: number) => (command: Document) => {
  if (!oplogOf(command)) return undefined
  const seconds = Number(command['sort']?.['$natural']) === 1 ? first : last
  const firstBatch = [{ ts: new Timestamp({ t: seconds, i: 7 }) }]
  return { ok: 1, cursor: { id: Long.ZERO, ns: 'local.oplog.rs', firstBatch } }
}

describe('what MongoDB says of itself', () => {
  it('is its time, and that its oplog has dropped nothing since it was begun', async () => {
    // Not the one of all tests: this server walks its whole oplog for either end, and that one's has all that they wrote.
    const server = await startMongo()
    source = await openMongoSource({ uri: server.uri, database: 'd' })
    const { clock, oplog: found } = await source.health().finally(() => server.stop())
    expect(Math.abs(clock?.aheadMs ?? Number.NaN)).toBeLessThan(5_000)
    expect(clock?.withinMs).toBeLessThan(5_000)
    expect(found).toMatchObject({ kind: 'window', whole: true })
  })

  it('is how far its oplog reaches back, beyond 2038 too', async () => {
    const late = 2 ** 32 - 10
    const { oplog: found } = await (await behind({ hello: inSet, answer: oplog(late - 7_200, late) })).health()
    expect(found).toEqual({
      kind: 'window',
      seconds: 7_200,
      from: new Date((late - 7_200) * 1000).toISOString(),
      whole: false,
    })
  })

  it('is asked of the member’s own clock', async () => {
    const wrong = (hello: Document): Document => ({ ...inSet(hello), localTime: new Date(Date.now() - 600_000) })
    const { clock } = await (await behind({ hello: wrong, answer: oplog(1, 2) })).health()
    expect(clock?.aheadMs).toBeLessThan(-590_000)
    expect(clock?.aheadMs).toBeGreaterThan(-610_000)
  })

  it('is unknown, with what helps, where the oplog may not be read', async () => {
    const refuse = (command: Document) =>
      oplogOf(command) ? { ok: 0, code: 13, codeName: 'Unauthorized', errmsg: 'not authorized on local' } : undefined
    const { oplog: found } = await (await behind({ hello: inSet, answer: refuse })).health()
    expect(found).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('not authorized on local'),
      remedy: expect.stringContaining('read on the database local'),
    })
  })

  it('is unknown where an oplog is empty or slow', async () => {
    const empty = (command: Document) =>
      oplogOf(command) ? { ok: 1, cursor: { id: Long.ZERO, ns: 'local.oplog.rs', firstBatch: [] } } : undefined
    expect((await (await behind({ hello: inSet, answer: empty })).health()).oplog).toMatchObject({ kind: 'unknown' })
    await source?.close()
    await front?.stop()
    const slow = (command: Document) =>
      oplogOf(command) ? { ok: 0, code: 50, codeName: 'MaxTimeMSExpired', errmsg: 'too slow' } : undefined
    const { oplog: found } = await (await behind({ hello: inSet, answer: slow })).health()
    expect(found).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('too slow') })
    const { limit, projection, maxTimeMS } = front?.commands.find(oplogOf) ?? {}
    expect([Number(limit), Object.keys(projection), Number(maxTimeMS)]).toEqual([1, ['ts', 'o.msg'], 2_000])
  })

  it.each([
    ['a mongos', (hello: Document) => ({ ...hello, msg: 'isdbgrid' })],
    ['a standalone server', ({ setName: _, ...hello }: Document) => hello],
  ])('is that there is no oplog to look at on %s', async (_, hello) => {
    const asked = await behind({ hello })
    expect((await asked.health()).oplog.kind).toBe('none')
    expect(front?.commands.some(oplogOf)).toBe(false)
  })
})

describe('asking the configured source', () => {
  let cwd: string
  beforeAll(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'lakeferry-health-'))
  })
  afterAll(() => rm(cwd, { recursive: true }))
  const configOf = async (uri: string) => {
    const env = { LAKEFERRY_SOURCE_URI: uri, LAKEFERRY_SOURCE_DATABASE: 'd', LAKEFERRY_LAKE_URL: 'file:/nowhere' }
    await writeFile(join(cwd, 'lakeferry.yaml'), 'datasets: {papers: {collection: papers}}\n')
    return (await loadConfig({ env, cwd })).config
  }

  it('fails within the time that it is given, where nobody is there', async () => {
    const config = await configOf('mongodb://127.0.0.1:1')
    const begun = performance.now()
    const asking = askSourceHealth(config, { connectMs: 300, hangUpMs: 800 })
    await expect(asking).rejects.toMatchObject({ code: 'SOURCE_UNREACHABLE', details: { waitedMs: 300 } })
    // Without it, it would look for a server for 10 s.
    expect(performance.now() - begun).toBeLessThan(9_000)
  })

  it('hangs up on a server that takes the question and never answers', async () => {
    const { port } = await mongo()
    front = await startMongoFront({ port, hello: inSet, answer: command => (oplogOf(command) ? 'silence' : undefined) })
    const config = await configOf(`mongodb://${front.address}/?directConnection=true`)
    // Connecting may take its time; without the hanging up this would not end at all.
    await expect(askSourceHealth(config, { connectMs: 10_000, hangUpMs: 2_000 })).rejects.toThrow()
  })
})
