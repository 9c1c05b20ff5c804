import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openFsStore } from '../../src/adapters/fs/fs-store.js'
import { readAttempts } from '../../src/catalog/attempts.js'
import { bson } from '../adapters/bson-file-dump.js'
import { type OtlpReceiver, otlpReceiver } from '../support/otlp-receiver.js'
import { freshDatabase, mongo } from '../support/services.js'
import { lakeferry } from './spawned.js'

/** What the log, the lineage and the record of attempts have of whole commands: over a backup, but for one. */

let cwd: string
let receiver: OtlpReceiver
beforeAll(async () => {
  receiver = await otlpReceiver()
  cwd = await mkdtemp(join(tmpdir(), 'lakeferry-observers-'))
  await mkdir(join(cwd, 'dump/db'), { recursive: true })
  const documents = (count: number) => Array.from({ length: count }, (_, i) => ({ _id: `d${i}`, year: 2000 + i }))
  for (const name of ['papers', 'comments', 'plain'])
    await writeFile(join(cwd, `dump/db/${name}.bson`), bson(documents(12)))
  await writeFile(join(cwd, 'papers.odcs.yaml'), contract('papers', 'maximum: 3000'))
  await writeFile(join(cwd, 'comments.odcs.yaml'), contract('comments', 'maximum: 2005'))
  await writeFile(join(cwd, 'lakeferry.yaml'), config())
})
afterAll(async () => {
  await receiver.close()
  await rm(cwd, { recursive: true, force: true })
})

function contract(name: string, options: string): string {
  return (
    `apiVersion: v3.1.0\nkind: DataContract\nid: urn:test:${name}\nname: ${name}\nversion: 1.0.0\nstatus: active\n` +
    `schema:\n  - name: ${name}\n    properties:\n` +
    `      - {name: year, logicalType: integer, logicalTypeOptions: {${options}}}\n`
  )
}

function config(changes: { uri?: string; lake?: string; more?: string } = {}): string {
  const { uri = 'file:./dump', lake = 'file:./lake', more = '' } = changes
  return (
    `source: {uri: "${uri}", database: db}\nlake: {url: "${lake}"}\ndatasets:\n` +
    '  papers: {collection: papers, contract: papers.odcs.yaml}\n' +
    '  comments: {collection: comments, contract: comments.odcs.yaml}\n' +
    '  plain: {collection: plain}\n' +
    `telemetry: {lineage: "file:./lineage.ndjson"}\n${more}`
  )
}

type Line = Record<string, unknown> & { readonly event: string }

async function told(
  argv: readonly string[],
  env: Record<string, string> = {},
): Promise<{ exitCode: number; lines: Line[]; stderr: string }> {
  const variables = { LAKEFERRY_TELEMETRY_LOG: 'json', ...env }
  const { exitCode, stderr } = await lakeferry([...argv, '--quiet'], { cwd, env: variables }).ended
  return { exitCode, stderr, lines: linesOf(stderr) }
}

function linesOf(stderr: string): Line[] {
  return stderr
    .split('\n')
    .filter(line => line.startsWith('{'))
    .map(line => JSON.parse(line))
}

/** `papers: export.started, …` of each dataset, and that each came to one end. */
function ways(lines: readonly Line[]): Record<string, string[]> {
  const ways: Record<string, string[]> = {}
  for (const { dataset, event } of lines) {
    const way = ways[String(dataset)] ?? []
    ways[String(dataset)] = [...way, event]
  }
  for (const way of Object.values(ways)) {
    expect(way.filter(event => event === 'run.finished' || event === 'run.failed')).toHaveLength(1)
    expect(way.at(-1)).toMatch(/^run\.(finished|failed)$/)
  }
  return ways
}

async function outcomes(lake: string): Promise<Record<string, string[]>> {
  const store = openFsStore({ root: join(cwd, lake) })
  const entries = await Promise.all(
    ['papers', 'comments', 'plain'].map(async name => {
      const { attempts } = await readAttempts(store, name)
      return [name, attempts.map(({ outcome, error }) => (error === null ? outcome : `${outcome} ${error.code}`))]
    }),
  )
  await store.close()
  return Object.fromEntries(entries)
}

const WHOLE = ['export.started', 'export.committed', 'validation.started', 'validation.finished', 'run.finished']

describe('the log of run', () => {
  it('has every event as a JSON line: of data that are good, data that are bad, and a dataset without a contract', async () => {
    const { exitCode, lines, stderr } = await told(['run'], { LAKEFERRY_SLOT: 'nightly 2026-11-23T02:00:00Z' })
    expect(exitCode, stderr).toBe(1)
    expect(stderr.trimEnd().split('\n')).toHaveLength(lines.length)
    expect(ways(lines)).toEqual({
      papers: WHOLE,
      comments: WHOLE,
      plain: ['export.started', 'export.committed', 'run.finished'],
    })
    const runIds = new Set(lines.map(({ runId }) => runId))
    expect(runIds.size).toBe(1)
    for (const line of lines) {
      expect(Object.keys(line).slice(0, 5)).toEqual(['time', 'level', 'event', 'runId', 'dataset'])
      expect(line).toMatchObject({ set: 'nightly', slot: '2026-11-23T02:00:00Z' })
    }
    const line = (dataset: string, event: string) => lines.find(one => one.dataset === dataset && one.event === event)
    expect(line('papers', 'export.committed')).toMatchObject({ level: 'info', documents: 12, rejects: 0, resumed: 0 })
    expect(line('papers', 'export.committed')?.['seconds']).toBeGreaterThan(0)
    expect(line('papers', 'validation.finished')).toMatchObject({
      level: 'info',
      gate: 'good',
      violated: 0,
      engine: 'duckdb',
    })
    expect(line('comments', 'validation.finished')).toMatchObject({ level: 'warn', gate: 'bad', violated: 6 })
    expect(line('plain', 'run.finished')).toMatchObject({ gate: null, documents: 12 })
    expect(await outcomes('lake')).toEqual({ papers: ['good'], comments: ['bad'], plain: ['unjudged'] })
  })

  it('is among the lines of --json, and with --quiet only what is no mere information', async () => {
    const quiet = await lakeferry(['validate', 'comments', '--json', '--quiet'], { cwd }).ended
    expect(linesOf(quiet.stderr).map(({ event, level }) => `${level} ${event}`)).toEqual([
      'warn validation.finished',
      'warn run.finished',
    ])
    const loud = await lakeferry(['validate', 'comments', '--json'], { cwd }).ended
    expect(linesOf(loud.stderr).map(({ event }) => event)).toEqual([
      'validation.started',
      'validation.finished',
      'run.finished',
    ])
    const plain = await lakeferry(['validate', 'comments'], { cwd }).ended
    expect(linesOf(plain.stderr)).toEqual([])
    // No attempt at a run.
    expect((await outcomes('lake'))['comments']).toEqual(['bad'])
  })

  it('has a trace’s id where the run is traced, and the receiver has the trace', async () => {
    const { lines } = await told(['export', 'plain'], { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url })
    expect(ways(lines)).toEqual({ plain: ['export.started', 'export.committed', 'run.finished'] })
    const spans = receiver.spans.splice(0)
    expect(spans.map(({ name }) => name)).toEqual(['lakeferry export', 'export plain'])
    for (const { traceId } of spans) expect(lines.map(line => line['trace_id'])).toEqual([traceId, traceId, traceId])
  })
})

describe('a command that fails', () => {
  it('ends each dataset once: that which failed, those that wait for validation, those that were not begun', async () => {
    await writeFile(
      join(cwd, 'failing.yaml'),
      config({ lake: 'file:./lake2' }).replace('collection: comments', 'collection: gone'),
    )
    const { exitCode, lines } = await told(['run', '--config', 'failing.yaml'])
    expect(exitCode).toBe(2)
    expect(ways(lines)).toEqual({
      papers: ['export.started', 'export.committed', 'run.failed'],
      comments: ['run.failed'],
      plain: ['run.failed'],
    })
    const ends = Object.fromEntries(
      lines.filter(({ event }) => event === 'run.failed').map(end => [end['dataset'], end]),
    )
    expect(ends['comments']).toMatchObject({ level: 'error', runId: null, step: 'export', code: 'COLLECTION_MISSING' })
    expect(ends['papers']).toMatchObject({
      step: 'validation',
      code: 'COLLECTION_MISSING',
      message: expect.stringContaining('the validation was not begun, because comments failed: '),
    })
    expect(ends['plain']).toMatchObject({
      step: 'export',
      message: expect.stringContaining('the export was not begun'),
    })
    const failed = ['failed COLLECTION_MISSING']
    expect(await outcomes('lake2')).toEqual({ papers: failed, comments: failed, plain: failed })
  })

  it('says so of every dataset when the validation fails, or nothing could be opened', async () => {
    await told(['export', '--config', 'lakeferry.yaml'], { LAKEFERRY_LAKE_URL: 'file:./lake3' })
    const none = await told(['validate', 'papers', '--run', '20260101T000000.000Z-abcdef'])
    expect(ways(none.lines)).toEqual({ papers: ['run.failed'] })
    expect(none.lines[0]).toMatchObject({ step: 'validation', code: 'RUN_MISSING', runId: null })

    await writeFile(join(cwd, 'wrong.yaml'), config({ lake: 'file:./lake3', uri: 'file:./nowhere' }))
    const unopened = await told(['run', '--config', 'wrong.yaml'])
    expect(ways(unopened.lines)).toEqual({ papers: ['run.failed'], comments: ['run.failed'], plain: ['run.failed'] })
    expect(new Set(unopened.lines.map(line => line['code']))).toEqual(new Set(['SOURCE_FILE']))
    expect((await outcomes('lake3'))['papers']).toEqual(['unjudged', 'failed SOURCE_FILE'])
  })

  it('keeps to nothing when a rule cannot run: the other datasets of it are told, too', async () => {
    await writeFile(
      join(cwd, 'broken.odcs.yaml'),
      contract('papers', 'maximum: 1').replace('integer', 'string').replace('maximum', 'maxLength'),
    )
    await writeFile(join(cwd, 'broken.yaml'), config({ lake: 'file:./lake3' }).replace('papers.odcs', 'broken.odcs'))
    const { lines } = await told(['validate', '--config', 'broken.yaml'])
    expect(ways(lines)).toEqual({ papers: ['validation.started', 'run.failed'], comments: ['run.failed'] })
    expect(lines.at(-1)).toMatchObject({ code: 'CONTRACT_SCHEMA_CHANGED', dataset: 'comments' })
  })
})

describe('a command that somebody stops', () => {
  let silent: Server
  const sockets: Socket[] = []
  beforeAll(async () => {
    // Takes connections and never says a word.
    silent = createServer(socket => void sockets.push(socket.on('error', () => undefined)))
    await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise(resolve => silent.close(resolve))
  })

  it('tells that it was stopped, of every dataset, on record as well', async () => {
    const { port } = silent.address() as AddressInfo
    await writeFile(join(cwd, 'silent.yaml'), config({ lake: 'file:./lake4', uri: `mongodb://127.0.0.1:${port}` }))
    const env = { LAKEFERRY_TELEMETRY_LOG: 'json' }
    const { child, ended } = lakeferry(['run', '--config', 'silent.yaml', '--quiet'], { cwd, env })
    silent.once('connection', () => child.kill('SIGINT'))
    const { exitCode, stderr } = await ended
    expect(exitCode).toBe(130)
    const lines = linesOf(stderr)
    expect(ways(lines)).toEqual({ papers: ['run.failed'], comments: ['run.failed'], plain: ['run.failed'] })
    for (const line of lines) expect(line).toMatchObject({ level: 'warn', code: 'INTERRUPTED', interrupted: true })
    const stopped = ['interrupted INTERRUPTED']
    expect(await outcomes('lake4')).toEqual({ papers: stopped, comments: stopped, plain: stopped })
  })
})

describe('an export that somebody stops', () => {
  it('has begun and failed, under the id of its run', async () => {
    const { uri } = await mongo()
    const database = freshDatabase()
    const client = await MongoClient.connect(uri)
    await client
      .db(database)
      .collection('plain')
      .insertMany(Array.from({ length: 1_000 }, (_, year) => ({ year })))
    await client.close()
    // So slowly that it cannot come to its end before it is stopped.
    const slowly = `database: ${database}, maxDocumentsPerSecond: 1`
    await writeFile(join(cwd, 'slow.yaml'), config({ lake: 'file:./lake5', uri }).replace('database: db', slowly))
    const env = { LAKEFERRY_TELEMETRY_LOG: 'json' }
    const { child, ended } = lakeferry(['export', 'plain', '--config', 'slow.yaml', '--quiet'], { cwd, env })
    child.stderr?.once('data', () => child.kill('SIGTERM'))
    const { exitCode, stderr } = await ended
    expect(exitCode, stderr).toBe(130)
    const lines = linesOf(stderr)
    expect(ways(lines)).toEqual({ plain: ['export.started', 'run.failed'] })
    expect(lines[1]).toMatchObject({
      code: 'INTERRUPTED',
      interrupted: true,
      step: 'export',
      runId: lines[0]?.['runId'],
    })
    expect((await outcomes('lake5'))['plain']).toEqual(['interrupted INTERRUPTED'])
  })
})

describe('the lineage file', () => {
  it('has a start and an end of every step', async () => {
    const text = await readFile(join(cwd, 'lineage.ndjson'), 'utf8')
    const events = text
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    const ofRun = new Map<string, string>()
    for (const { run, eventType } of events) ofRun.set(run.runId, `${ofRun.get(run.runId) ?? ''} ${eventType}`)
    for (const types of ofRun.values()) expect(types).toMatch(/^ START (COMPLETE|FAIL|ABORT)$/)
    expect(new Set(events.map(event => event.eventType))).toEqual(new Set(['START', 'COMPLETE', 'FAIL', 'ABORT']))
  })
})
