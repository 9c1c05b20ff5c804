import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { DemoDeps, DemoStep } from '../../src/demo/demo-deps.js'
import { DEMO_DATABASE } from '../../src/demo/fill.js'
import { generatePapers } from '../../src/demo/generate-papers.js'
import { runDemo } from '../../src/demo/run-demo.js'
import type { LocalServer } from '../../src/demo/secantus.js'
import { startMongo } from '../support/services.js'

let server: LocalServer
let folder: string
let lines: string[]

beforeAll(async () => {
  server = await startMongo()
  return () => server.stop()
})
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lakeferry-demo-'))
  lines = []
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const same = (text: string): string => text

/** A pipeline that reports what `reported` gives for the papers, and nothing wrong with the comments, of which there are none. */
function deps(reported: { rule: string; _id: string }[], documents = 60): DemoDeps {
  return {
    terminal: {
      line: text => lines.push(text),
      bar: () => ({ update: () => undefined, stop: () => undefined }),
      style: { bold: same, dim: same, accent: same, good: same, bad: same, severity: (_, text) => text },
    },
    signal: new AbortController().signal,
    env: { MONGODB_URI: server.uri },
    exportDataset: async (step: DemoStep) => ({
      runId: 'run',
      documents: step.dataset === 'papers' ? documents : 0,
      bytes: 10,
      parts: 1,
    }),
    validateDataset: async (step: DemoStep) => ({
      status: 'fail',
      failingDocuments: 1,
      rules: [],
      async *violations() {
        if (step.dataset === 'papers') yield* reported
      },
    }),
    serve: async () => ({ url: 'http://127.0.0.1:1/', close: async () => undefined }),
    writeReport: async (step: DemoStep) => join(folder, `${step.dataset}.html`),
  }
}

const options = () => ({ papers: 60, comments: 0, seed: 3, directory: join(folder, 'demo') })
const planted = [...generatePapers({ count: 60, seed: 3 }).planted.expected].flatMap(([rule, ids]) =>
  ids.map(_id => ({ rule, _id })),
)

it('is content when exactly the planted violations are reported', async () => {
  const outcome = await runDemo(deps(planted), options())
  expect(outcome.ok).toBe(true)
  expect(lines.join('\n')).toContain(`nothing else: ${planted.length} violations`)
})

it('names a planted violation that was not reported', async () => {
  const [first, ...others] = planted
  const outcome = await runDemo(deps(others), options())
  expect(outcome).toMatchObject({ ok: false, datasets: [{ missing: 1, unexpected: 0 }, { missing: 0 }] })
  expect(lines).toContainEqual(`  planted and not reported: ${first?.rule} ${first?._id}`)
  expect(lines).toContainEqual('Not as planted: 1 missing, 0 unexpected.')
})

it('names a violation that nobody planted', async () => {
  const outcome = await runDemo(deps([...planted, { rule: 'year.type', _id: 'x' }]), options())
  expect(outcome).toMatchObject({ ok: false, datasets: [{ missing: 0, unexpected: 1 }, {}] })
  expect(lines).toContainEqual('  reported and not planted: year.type x')
})

it('notices documents that got lost on the way, defect or not', async () => {
  const outcome = await runDemo(deps(planted, 59), options())
  expect(outcome).toMatchObject({ ok: false, datasets: [{ missing: 1 }, {}] })
  expect(lines).toContainEqual('  59 documents arrived of 60')
})

it('fills the collections with exactly the generated documents, the empty one as well', async () => {
  const seen: Record<string, unknown[]> = {}
  const looking: DemoDeps = {
    ...deps(planted),
    exportDataset: async step => {
      const client = await MongoClient.connect(server.uri)
      const db = client.db(DEMO_DATABASE)
      expect(await db.listCollections({ name: step.dataset }).toArray()).toHaveLength(1)
      seen[step.dataset] = await db.collection(step.dataset).find().sort({ _id: 1 }).toArray()
      await client.close()
      return deps(planted).exportDataset(step)
    },
  }
  await runDemo(looking, options())
  expect(seen['comments']).toEqual([])
  expect(seen['papers']).toHaveLength(60)
  expect(seen['papers']?.[7]).toMatchObject({ _id: generatePapers({ count: 60, seed: 3 }).document(7)._id })
})

it('with keep has earlier nights, serves until it is stopped, and takes its database down then', async () => {
  const stop = new AbortController()
  const nights: number[] = []
  const counted = async (): Promise<readonly string[]> => {
    const client = await MongoClient.connect(server.uri)
    const { databases } = await client.db('admin').admin().listDatabases()
    nights.push(await client.db(DEMO_DATABASE).collection('papers').countDocuments())
    await client.close()
    return databases.map(({ name }) => name)
  }
  const told: string[] = []
  const outcome = await runDemo(
    {
      ...deps(planted),
      signal: stop.signal,
      exportDataset: async step => {
        if (step.dataset === 'papers') await counted()
        return deps(planted).exportDataset(step)
      },
      serve: async () => {
        expect(await counted()).toContain(DEMO_DATABASE)
        setTimeout(() => stop.abort(), 50)
        return { url: 'http://127.0.0.1:1/', close: async () => void told.push('closed') }
      },
    },
    { ...options(), keep: true },
  )
  expect(outcome).toMatchObject({ ok: true, dashboard: 'http://127.0.0.1:1/' })
  expect(nights).toEqual([42, 48, 54, 60, 60])
  expect(told).toEqual(['closed'])
  expect(await counted()).not.toContain(DEMO_DATABASE)
})
