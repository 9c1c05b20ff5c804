import { setTimeout } from 'node:timers/promises'
import { type Document, Timestamp } from 'bson'
import { type Db, MongoClient } from 'mongodb'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type MongoSource, openMongoSource } from '../../src/adapters/mongo/mongo-source.js'
import type { RawBlock } from '../../src/ports/document-source.js'
import { asMember, type MongoFront, startMongoFront } from '../support/mongo-front.js'
import { freshDatabase, mongo } from '../support/services.js'

const EVERYTHING = { from: undefined, until: undefined }
const DOCUMENTS = 30

/** A set of two: both fronts lead to the same server, one says that it is the primary and the other that it is not. */
let hosts: string[] = []
let primary: MongoFront
let secondary: MongoFront
let client: MongoClient
let db: Db
/** What the fronts change, for all tests the same unless one says otherwise. */
let answer: (command: Document) => Document | undefined = () => undefined
let reply: (answered: Document, command: Document) => Document = answered => answered
const opened: MongoSource[] = []

beforeAll(async () => {
  const { uri, port } = await mongo()
  client = await MongoClient.connect(uri)
  db = client.db(freshDatabase())
  await db.collection('c').insertMany(Array.from({ length: DOCUMENTS }, (_, _id): Document => ({ _id })))
  const options = {
    port,
    hello: (hello: Document, address: string) => asMember(hosts)(hello, address),
    rewrite: (command: Document) => ('batchSize' in command ? { ...command, batchSize: 4 } : command),
    answer: (command: Document) => answer(command),
    reply: (answered: Document, command: Document) => reply(answered, command),
  }
  primary = await startMongoFront(options)
  secondary = await startMongoFront(options)
  hosts = [primary.address, secondary.address]
})
beforeEach(() => {
  primary.revive()
  secondary.revive()
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map(source => source.close()))
  answer = () => undefined
  reply = answered => answered
})
afterAll(async () => {
  await primary?.stop()
  await secondary?.stop()
  await db?.dropDatabase()
  await client?.close()
})

async function openSet(options: Partial<Parameters<typeof openMongoSource>[0]>): Promise<MongoSource> {
  const uri = `mongodb://${hosts.join(',')}/?replicaSet=secantus&heartbeatFrequencyMS=500`
  // Patient: how long a driver takes to learn of a set is not the point, and a member that is slow is not away.
  const resume = { baseMs: 10, tries: 20, budgetMs: 40_000 }
  const source = await openMongoSource({
    uri,
    database: db.databaseName,
    serverSelectionTimeoutMs: 10_000,
    resume,
    ...options,
  })
  opened.push(source)
  return source
}

/** Who asks before the secondary has said `hello` is sent to the primary: waits until the set is known. */
async function openSeeingSecondary(options: Parameters<typeof openSet>[0] = {}): Promise<MongoSource> {
  const source = await openSet({ ...options, readPreference: 'secondaryPreferred' })
  const asked = secondary.commands.length
  await vi.waitFor(
    async () => {
      await source.estimateCount('c')
      expect(secondary.commands.length).toBeGreaterThan(asked)
    },
    { timeout: 30_000, interval: 50 },
  )
  return source
}

const readsOf = (front: MongoFront) =>
  front.commands.filter(command => ('find' in command && command['singleBatch'] !== true) || 'getMore' in command)

async function count(blocks: AsyncIterable<RawBlock>, afterFirst?: () => void): Promise<number> {
  let documents = 0
  for await (const block of blocks) {
    if (documents === 0) afterFirst?.()
    documents += block.starts.length
  }
  return documents
}

describe('the read preference', () => {
  it.each([
    ['primary', () => primary, () => secondary],
    ['secondary', () => secondary, () => primary],
    ['secondaryPreferred', () => secondary, () => primary],
  ] as const)('%s decides who is asked, for facts and for documents', async (readPreference, wanted, other) => {
    const source = await (readPreference === 'secondaryPreferred' ? openSeeingSecondary() : openSet({ readPreference }))
    const before = other().commands.length
    const own = readsOf(wanted()).length
    await source.inspect('c')
    await source.estimateCount('c')
    const snapshot = await source.open({ collection: 'c' })
    await snapshot.ranges(3)
    expect(await count(snapshot.read(EVERYTHING))).toBe(DOCUMENTS)
    await snapshot.close()
    const asked = other()
      .commands.slice(before)
      .map(command => Object.keys(command)[0])
    expect(asked.filter(name => name !== 'endSessions')).toEqual([])
    expect(readsOf(wanted()).length).toBeGreaterThan(own)
  })
})

describe('a member that goes away in the middle', () => {
  it('is replaced by another one that the read preference allows', async () => {
    const source = await openSeeingSecondary()
    const notices: string[] = []
    const snapshot = await source.open({ collection: 'c', onNotice: text => notices.push(text) })
    const before = readsOf(primary).length
    expect(await count(snapshot.read(EVERYTHING), () => secondary.kill())).toBe(DOCUMENTS)
    expect(readsOf(primary).length).toBeGreaterThan(before)
    expect(notices).toHaveLength(1)
    expect(notices[0]).toContain(`on ${primary.address}`)
    await snapshot.close()
  })

  it('is waited for, when there is no other', async () => {
    const source = await openSet({ readPreference: 'secondary' })
    const snapshot = await source.open({ collection: 'c' })
    const reading = count(snapshot.read(EVERYTHING), () => {
      secondary.kill()
      void setTimeout(300).then(() => secondary.revive())
    })
    expect(await reading).toBe(DOCUMENTS)
    await snapshot.close()
  })

  it('ends the run when it does not come back, and there is no other', async () => {
    // Until the driver has learned that it is away a try is cut off, which is another error: tries enough to end with
    // one that looked for a member in vain, which takes longer than they all may.
    const resume = { tries: 20, baseMs: 10, budgetMs: 4_000 }
    const source = await openSet({ readPreference: 'secondary', serverSelectionTimeoutMs: 5_000, resume })
    const snapshot = await source.open({ collection: 'c' })
    const reading = count(snapshot.read(EVERYTHING), () => secondary.kill())
    await expect(reading).rejects.toMatchObject({ code: 'SOURCE_UNREACHABLE' })
    await snapshot.close()
  })
})

/**
 * The server behind takes a cluster time and ignores it. With a front that says what a real one says, the rest of the way
 * can be walked here: the times that are asked for, and what follows from each answer.
 */
describe('a snapshot', () => {
  const TOO_OLD = {
    ok: 0,
    code: 239,
    codeName: 'SnapshotTooOld',
    errmsg: 'Read timestamp is older than the oldest available',
  }
  const FUTURE = {
    ok: 0,
    code: 72,
    codeName: 'InvalidOptions',
    errmsg: 'atClusterTime is greater than the current clusterTime',
  }
  let oldest = 100
  const honest = (command: Document): Document | undefined => {
    const at: Timestamp | undefined = command['readConcern']?.atClusterTime
    if (at === undefined) return undefined
    if (at.t < oldest) return TOO_OLD
    return at.t > Date.now() / 1000 + 3_600 ? FUTURE : undefined
  }
  const telling = (answered: Document, command: Document): Document => {
    const at = command['readConcern']?.atClusterTime
    return at && answered['cursor'] ? { ...answered, cursor: { ...answered['cursor'], atClusterTime: at } } : answered
  }
  beforeEach(() => {
    oldest = 100
    answer = honest
    reply = telling
  })

  const timesOf = (front: MongoFront) => readsOf(front).filter(one => 'find' in one).map(one => one['readConcern']) // biome-ignore format: one line

  it('stays at its cluster time on another member, which has to honour it too', async () => {
    const source = await openSeeingSecondary()
    const snapshot = await source.open({ collection: 'c' })
    const { guarantee } = snapshot
    if (guarantee.kind !== 'snapshot') throw new Error(`no snapshot: ${JSON.stringify(guarantee)}`)
    const at = new Timestamp(guarantee.clusterTime)
    const before = timesOf(primary).length
    expect(await count(snapshot.read(EVERYTHING), () => secondary.kill())).toBe(DOCUMENTS)
    const times = timesOf(primary).slice(before)
    expect(times).toEqual([{ level: 'snapshot', atClusterTime: at }])
    await snapshot.close()
  })

  it('is not taken up again on a member that ignores the time', async () => {
    const source = await openSeeingSecondary()
    const snapshot = await source.open({ collection: 'c' })
    const reading = count(snapshot.read(EVERYTHING), () => {
      secondary.kill()
      answer = () => undefined
    })
    await expect(reading).rejects.toMatchObject({ code: 'SOURCE_INTERRUPTED' })
    await snapshot.close()
  })

  it('can be opened again at the time that it had, while the server has it', async () => {
    const source = await openSet({})
    const first = await source.open({ collection: 'c' })
    const { guarantee } = first
    if (guarantee.kind !== 'snapshot') throw new Error('no snapshot')
    await first.close()
    const at = guarantee.clusterTime
    const again = await source.open({ collection: 'c', at })
    expect(again.guarantee).toEqual(guarantee)
    const before = timesOf(primary).length
    expect(await count(again.read(EVERYTHING))).toBe(DOCUMENTS)
    expect(timesOf(primary).slice(before)).toEqual([{ level: 'snapshot', atClusterTime: new Timestamp(at) }])
    oldest = at.t + 1
    await expect(count(again.read(EVERYTHING))).rejects.toMatchObject({ code: 'SOURCE_SNAPSHOT_EXPIRED' })
    await expect(source.open({ collection: 'c', at })).rejects.toMatchObject({ code: 'SOURCE_SNAPSHOT_EXPIRED' })
    await again.close()
  })

  it('is expired in mid-run when the server has moved on, or cannot give it for longer than we wait', async () => {
    for (const code of [239, 246]) {
      const source = await openSet({ resume: { tries: 2, baseMs: 10 } })
      const snapshot = await source.open({ collection: 'c' })
      const reading = count(snapshot.read(EVERYTHING), () => {
        answer = command => ('getMore' in command || 'find' in command ? { ok: 0, code, errmsg: 'gone' } : undefined)
      })
      await expect(reading).rejects.toMatchObject({ code: 'SOURCE_SNAPSHOT_EXPIRED' })
      await snapshot.close()
      answer = honest
    }
  })
})

it('cannot be opened at a time where the server keeps none', async () => {
  const source = await openSet({})
  const at = { t: Math.floor(Date.now() / 1000), i: 1 }
  await expect(source.open({ collection: 'c', at })).rejects.toMatchObject({ code: 'SOURCE_SNAPSHOT_EXPIRED' })
  await expect(source.open({ collection: 'c', at, filter: '{"$nonsense":1}' })).rejects.toMatchObject({
    code: 'SOURCE_FILTER',
  })
})
