import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Document, serialize } from 'bson'
import { MongoClient } from 'mongodb'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openFsStore } from '../../src/adapters/fs/fs-store.js'
import { listRuns } from '../../src/catalog/catalog.js'
import type { LocalServer } from '../../src/demo/secantus.js'
import { lakeferry } from '../cli/spawned.js'
import { asWiredTiger, type MongoFront, startMongoFront } from '../support/mongo-front.js'
import { startMongo } from '../support/services.js'
import { startToxicProxy, type Toxic } from '../support/toxic-proxy.js'
import { documentsOf } from './read-lake.js'

/** Three replies or more: the first of a thousand documents, then some 4 MB each. */
const DOCUMENTS = 4_000
const ANSWER_BYTES = 8_500_000
const PATIENT_MS = 60_000

/** A server whose `faults.papers` holds the documents, with failpoints of its own. */
interface Source {
  readonly server: LocalServer
  readonly client: MongoClient
  /** Before the server: without it none here is read as it is stored. */
  readonly front: MongoFront
}

let work: string
let digest: string
let source: Source
const sources: Source[] = []
/** Exports against servers that never recover: they take long to give up, and do so beside the other tests. */
const hopeless: { name: string; verdict: Promise<Verdict> }[] = []

const paper = (n: number): Document => ({
  _id: n % 3 === 0 ? `paper ${n}` : n,
  n,
  text: String.fromCharCode(97 + (n % 26)).repeat(1_500 + (n % 1_000)),
})

/** The sum of SHA-256 of each document's BSON, modulo 2^256, without a line of the product's. */
function digestOf(documents: readonly Document[]): string {
  let sum = 0n
  for (const document of documents) sum += BigInt(`0x${createHash('sha256').update(serialize(document)).digest('hex')}`)
  return (sum % 2n ** 256n).toString(16).padStart(64, '0')
}

async function startSource(): Promise<Source> {
  const server = await startMongo()
  const client = await MongoClient.connect(server.uri)
  const front = await startMongoFront({ port: server.port, reply: asWiredTiger })
  const opened = { server, client, front }
  sources.push(opened)
  const papers = Array.from({ length: DOCUMENTS }, (_, n) => paper(n))
  await client.db('faults').collection('papers').insertMany(papers)
  return opened
}

const failOn = ({ client }: Source, command: string, how: Document, mode: unknown) =>
  client.db('admin').command({ configureFailPoint: 'failCommand', mode, data: { failCommands: [command], ...how } })

function addressOf({ front }: Source): { host: string; port: number } {
  return { host: '127.0.0.1', port: Number(front.address.split(':')[1]) }
}

interface Verdict {
  readonly exitCode: number
  /** Of the error, where there was one. */
  readonly code: string | undefined
  readonly warnings: readonly string[]
}

let exports = 0

/**
 * Exports over this address, as a whole process and to a lake of its own, and holds what came of it to the one rule:
 * everything and 0, or 3 and nothing that a reader could see.
 *
 * @param patienceMs - for a server to be found: more than a loaded machine takes where it has to be
 */
async function exportThrough(address: { host: string; port: number }, patienceMs = 3_000): Promise<Verdict> {
  const home = join(work, `export-${++exports}`)
  await mkdir(home)
  // This server tells nothing of itself between heartbeats: the driver has to ask more often, or waits 10 s each time.
  const uri = `mongodb://${address.host}:${address.port}/?directConnection=true&serverSelectionTimeoutMS=${patienceMs}&heartbeatFrequencyMS=500`
  await writeFile(
    join(home, 'lakeferry.yaml'),
    [
      `source: {uri: "${uri}", database: faults}`,
      'lake: {url: "file:lake"}',
      // Either goes on in its own way when it breaks off.
      `datasets: {papers: {collection: papers, formats: [ndjson.gz], order: ${exports % 2 === 0 ? 'id' : 'any'}}}`,
    ].join('\n'),
  )
  const { exitCode, stdout, stderr } = await lakeferry(['export', '--json'], { cwd: home }).ended
  const said = JSON.parse(stdout)
  const store = openFsStore({ root: join(home, 'lake') })
  const committed = (await listRuns(store, 'papers')).filter(run => run.committed)
  if (exitCode === 0) {
    expect(said.datasets).toMatchObject([{ dataset: 'papers', documents: DOCUMENTS, digest, rejects: 0 }])
    expect(committed).toHaveLength(1)
    const numbers = (await documentsOf(store, committed[0]!.manifest!, 'ndjson.gz')).map(({ n }) => Number(n))
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: DOCUMENTS }, (_, n) => n))
  } else {
    // A crash of ours has this exit code, too, and would hide here.
    expect([exitCode, said.error.code], stderr).toEqual([3, expect.stringMatching(/^SOURCE_/)])
    expect(said.error.hint, 'an error says what to do next').toMatch(/\S/)
    expect(committed).toEqual([])
  }
  await store.close()
  return { exitCode, code: said.error?.code, warnings: said.datasets?.[0]?.warnings ?? [] }
}

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'lakeferry-faults-'))
  digest = digestOf(Array.from({ length: DOCUMENTS }, (_, n) => paper(n)))
  const [first, deaf, refusing] = await Promise.all([startSource(), startSource(), startSource()])
  source = first
  for (const { name, at, command, how } of [
    { name: 'find, whose connection the server closes', at: deaf, command: 'find', how: { closeConnection: true } },
    { name: 'getMore, which the server refuses', at: refusing, command: 'getMore', how: { errorCode: 8 } },
  ]) {
    await failOn(at, command, how, 'alwaysOn')
    const verdict = exportThrough(addressOf(at))
    verdict.catch(() => undefined) // told by the test that awaits it
    hopeless.push({ name, verdict })
  }
})

afterEach(() => source.client.db('admin').command({ configureFailPoint: 'failCommand', mode: 'off' }))

afterAll(async () => {
  await Promise.allSettled(hopeless.map(({ verdict }) => verdict))
  for (const { client, server, front } of sources) {
    await client.close()
    await front.stop()
    await server.stop()
  }
  if (work) await rm(work, { recursive: true, force: true })
})

/** Exports through a proxy of its own, so that several can run at once. */
async function exportThroughToxic(toxic: Toxic, times: number, patienceMs?: number): Promise<Verdict> {
  const proxy = await startToxicProxy(addressOf(source))
  try {
    await proxy.inject(toxic, times)
    return await exportThrough(proxy, patienceMs)
  } finally {
    await proxy.stop()
  }
}

describe('over a network that breaks, an export is whole or is not', () => {
  it('undisturbed, it is whole', async () => {
    expect(await exportThrough(addressOf(source), PATIENT_MS)).toEqual({
      exitCode: 0,
      code: undefined,
      warnings: [],
    })
  })

  // Handshakes are a few hundred bytes, the first reply 2 MB, and the last byte is that of the last reply or near it.
  const places = [0, 1, 100, 700, 3_000, 100_000, 1_500_000, 3_000_000, 5_000_000, 7_500_000, ANSWER_BYTES]
  it('when the answers of the first connections are cut off at byte N', async () => {
    await inPairs(places, after => exportThroughToxic({ kind: 'cut-answer', after }, 3))
  })

  it('when every connection is cut off in the middle of a reply', async () => {
    await inPairs([2_500_000, 6_000_000], after =>
      exportThroughToxic({ kind: 'cut-answer', after }, Number.POSITIVE_INFINITY),
    )
  })

  it('when requests are cut off, connections are reset, and answers are late', async () => {
    const toxics: [Toxic, number, number?][] = [
      [{ kind: 'cut-request', after: 400 }, 4],
      [{ kind: 'cut-request', after: 2_500 }, 4],
      [{ kind: 'refuse' }, 2],
      [{ kind: 'delay', ms: 40 }, Number.POSITIVE_INFINITY, PATIENT_MS],
    ]
    const verdicts = await inPairs(toxics, toxic => exportThroughToxic(...toxic))
    expect(verdicts[3], 'late is not lost').toMatchObject({ exitCode: 0, code: undefined })
  })
})

describe('with a server that fails, an export is whole or is not', () => {
  it.each([
    ['find', { errorCode: 8 }, 1],
    ['find', { closeConnection: true }, 1],
    ['getMore', { errorCode: 8 }, 1],
    ['getMore', { errorCode: 43 }, 1],
    ['getMore', { errorCode: 189 }, 2],
    ['getMore', { closeConnection: true }, 1],
    ['getMore', { closeConnection: true }, 3],
  ])('%s fails with %j, %i times', async (command, how, times) => {
    // One in each order.
    const warnings: string[] = []
    for (let round = 0; round < 2; round++) {
      await failOn(source, command, how, { times })
      warnings.push(...(await exportThrough(addressOf(source))).warnings)
    }
    if ('errorCode' in how && how.errorCode === 43)
      expect(warnings.toSorted()).toEqual([
        expect.stringContaining('taken up again after'),
        expect.stringMatching(/as it is stored broke off .* again from the beginning/),
      ])
  })

  it.each([0, 1])('and when it never recovers, it says so (%i)', { timeout: 600_000 }, async index => {
    const { name, verdict } = hopeless[index]!
    expect((await verdict).exitCode, name).toBe(3)
  })
})

/** Two at a time: two cores. Results are in the order of the items. */
async function inPairs<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (let at = 0; at < items.length; at += 2) results.push(...(await Promise.all(items.slice(at, at + 2).map(work))))
  return results
}
