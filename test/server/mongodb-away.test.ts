import { setTimeout as sleep } from 'node:timers/promises'
import { MongoClient, ObjectId } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mongo, startMongo } from '../support/services.js'
import { startToxicProxy, type ToxicProxy } from '../support/toxic-proxy.js'
import { type LiveServer, liveServer } from './live-server.js'
import { type Watching, watchComments } from './watch-comments.js'

// Longer than this process may stand still: a server that is there has to be found.
const QUICK = 'directConnection=true&serverSelectionTimeoutMS=3000&heartbeatFrequencyMS=500'
const comment = (text: string, more: object = {}) => ({ paperId: 'paper1', author: 'Ada', text, ...more })
const texts = ({ seen }: Watching) => seen.filter(({ event }) => event === 'comment').map(({ data }) => data.text)

interface World {
  readonly proxy: ToxicProxy
  readonly server: LiveServer
  readonly base: string
  /** A program of somebody else's, which reaches MongoDB by another way. */
  readonly others: MongoClient
  readonly behind: (text: string, more?: object) => Promise<unknown>
  /** Waits until those who follow the comments have found from now on that MongoDB is away. */
  untilMissed(): Promise<void>
  close(): Promise<void>
}

async function world(target: { uri: string; port: number }): Promise<World> {
  const proxy = await startToxicProxy({ host: '127.0.0.1', port: target.port })
  const uri = `mongodb://${proxy.host}:${proxy.port}/?${QUICK}`
  let missed = 0
  const report = (problem: string): void => {
    if (problem.startsWith('new comments are told late')) missed += 1
  }
  const server = await liveServer({ papers: [{ id: 'paper1', title: 'One' }] }, {}, { uri, report })
  const others = await MongoClient.connect(target.uri)
  const comments = others.db(server.database).collection('comments')
  return {
    ...{ proxy, server, others, base: `http://127.0.0.1:${await server.listen()}` },
    behind: (text, more) => comments.insertOne({ ...comment(text), createdAt: new Date(), ...more }),
    async untilMissed() {
      const before = missed
      await expect.poll(() => missed, { timeout: 40_000 }).toBeGreaterThan(before)
    },
    async close() {
      await proxy.heal()
      await server.close()
      await others.close()
      await proxy.stop()
    },
  }
}

const say = ({ server }: World, text: string) => server.ask('POST', '/api/comments', { body: comment(text) })

async function untilReady({ server }: World): Promise<void> {
  for (const give = Date.now() + 40_000; Date.now() < give; ) {
    if ((await server.ask('GET', '/readyz')).status === 200) return
    await sleep(100)
  }
  expect((await server.ask('GET', '/readyz')).json).toMatchObject({ status: 'ready' })
}

describe('when MongoDB is away for some seconds', { timeout: 180_000 }, () => {
  let here: World
  beforeAll(async () => {
    here = await world(await mongo())
  })
  afterAll(() => here.close())

  it('readyz says so, requests are 503 with Retry-After, and then all is as before', async () => {
    const { server, proxy } = here
    expect((await server.ask('GET', '/readyz')).json).toEqual({ status: 'ready', checks: { mongodb: 'ready' } })
    await proxy.inject({ kind: 'refuse' })
    const ready = await server.ask('GET', '/readyz')
    expect([ready.status, ready.json.status]).toEqual([503, 'not ready'])
    expect(ready.json.checks.mongodb).toMatch(/./)
    const asked = await Promise.all([
      ...['/api/iclr', '/api/iclr?q=one', '/api/iclr/paper1', '/api/iclr/paper1/comments', '/api/comments/x'].map(url =>
        server.ask('GET', url),
      ),
      server.ask('POST', '/api/iclr', { body: { title: 'x' }, headers: { 'idempotency-key': 'away' } }),
      server.ask('PATCH', '/api/iclr/paper1', { body: { title: 'x' } }),
      server.ask('DELETE', '/api/comments/x'),
    ])
    for (const [index, { status, headers, json, text }] of asked.entries()) {
      // What is searched by the index in memory is found without MongoDB, and read from it.
      expect([index, status]).toEqual([index, 503])
      expect(Number(headers['retry-after'])).toBeGreaterThan(0)
      expect(json).toMatchObject({ status: 503, code: expect.stringMatching(/^SOURCE_/) })
      expect(text).not.toMatch(/at .*\.[jt]s:/)
    }
    expect((await server.ask('GET', '/healthz')).status).toBe(200)
    await proxy.heal()
    await untilReady(here)
    const again = await Promise.all([
      server.ask('GET', '/api/iclr/paper1'),
      server.ask('POST', '/api/iclr', { body: { title: 'x' }, headers: { 'idempotency-key': 'away' } }),
    ])
    expect(again.map(({ status }) => status)).toEqual([200, 201])
    expect((await server.ask('GET', '/api/iclr')).headers['x-total-count']).toBe('2')
  })

  it('events go on afterwards, and what others wrote meanwhile is told, once', async () => {
    const { base, proxy } = here
    const [busy, quiet] = [await watchComments(base), await watchComments(base, '?paperId=paper1')]
    for (const one of [busy, quiet]) await one.event('open')
    // Nothing has happened yet on this stream: there is no event to go on after.
    await proxy.inject({ kind: 'refuse' })
    await here.behind('away 1')
    await here.untilMissed()
    await here.behind('away 2')
    await proxy.heal()
    await untilReady(here)
    expect((await say(here, 'back')).status).toBe(201)
    for (const one of [busy, quiet]) {
      await one.event('comment', 'back')
      expect(texts(one)).toEqual(['away 1', 'away 2', 'back'])
    }
    await proxy.inject({ kind: 'refuse' })
    await here.behind('away 3')
    await here.untilMissed()
    await proxy.heal()
    await busy.event('comment', 'away 3')
    expect(texts(busy)).toEqual(['away 1', 'away 2', 'back', 'away 3'])
    await Promise.all([busy.leave(), quiet.leave()])
  })
})

describe('on a server without change streams', { timeout: 180_000 }, () => {
  let own: Awaited<ReturnType<typeof startMongo>>
  let here: World
  beforeAll(async () => {
    own = await startMongo({ flags: ['--standalone'] })
    here = await world(own)
  })
  afterAll(async () => {
    await here.close()
    await own.stop()
  })

  it('new comments are told all the same, each once, also those of others with a clock of their own', async () => {
    await here.behind('before')
    const watching = await watchComments(here.base)
    await watching.event('open')
    await say(here, 'one')
    await watching.event('comment', 'one')
    // Made earlier, by another program, and written later.
    const late = ObjectId.createFromTime(Math.floor(Date.now() / 1_000) - 4)
    await here.behind('late', { _id: late })
    await watching.event('comment', 'late')
    await Promise.all(Array.from({ length: 130 }, (_, n) => here.behind(`many ${n}`)))
    await watching.event('comment', 'many 129')
    await say(here, 'last')
    const { id } = await watching.event('comment', 'last')
    const told = texts(watching)
    expect([...told].sort()).toEqual(
      ['one', 'late', ...Array.from({ length: 130 }, (_, n) => `many ${n}`), 'last'].sort(),
    )
    // Who comes back while somebody is there goes on; else it is told to read the list.
    const back = await watchComments(here.base, '', { 'last-event-id': id! })
    await back.event('open')
    await say(here, 'after')
    await back.event('comment', 'after')
    expect(back.seen.map(({ event }) => event)).toEqual(['open', 'comment'])
    await Promise.all([watching.leave(), back.leave()])
    await here.server.untilLeft(0)
    const alone = await watchComments(here.base, '', { 'last-event-id': id! })
    await alone.event('lost')
    await alone.leave()
  })

  it('and nothing that was written while it was away is left out', async () => {
    const watching = await watchComments(here.base)
    await watching.event('open')
    await here.proxy.inject({ kind: 'refuse' })
    await here.behind('while away')
    await here.untilMissed()
    await here.proxy.heal()
    await untilReady(here)
    await watching.event('comment', 'while away')
    await say(here, 'then')
    await watching.event('comment', 'then')
    expect(texts(watching)).toEqual(['while away', 'then'])
    await watching.leave()
  })
})
