import { createHash } from 'node:crypto'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { NO_ALERTS } from '../../src/alert/alert-state.js'
import { encodeState } from '../../src/alert/alert-state-json.js'
import { lakeKey } from '../../src/model/lake-key.js'
import { freshPrefix, s3 } from '../support/services.js'
import { ask } from './described-answers.js'
import { openAlert } from './open-alert.js'
import { PAPERS, PipelineWorld, UNTITLED } from './pipeline-world.js'

let world: PipelineWorld
let app: FastifyInstance
let run = ''
let runId = ''

beforeAll(async () => {
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = await s3()
  world = await PipelineWorld.make(
    `{url: "s3://${bucket}/${freshPrefix()}", endpoint: "${endpoint}", region: ${region}, pathStyle: true, ` +
      `credentials: {accessKeyId: "${accessKeyId}", secretAccessKey: "${secretAccessKey}"}}`,
  )
  app = await world.serve()
})
afterEach(() => vi.unstubAllEnvs())
afterAll(() => world.remove())

const json = async (url: string) => (await ask(app, `/api/pipeline/${url}`)).json()
const post = (url: string, payload: object) => ask(app, `/api/pipeline/${url}`, { method: 'POST', payload })
const onLake = async (key: string): Promise<Buffer> => Buffer.from((await world.lake.get(key))?.body ?? '')

it('starts a run, tells its progress, and lists it when it is committed', { timeout: 180_000 }, async () => {
  expect((await json('runs')).runs).toEqual([])
  expect((await json('status')).datasets).toMatchObject([{ state: 'none' }, { state: 'none' }])
  const started = await post('runs', {})
  expect(started.statusCode).toBe(202)
  runId = started.json().runId
  run = `runs/papers/${runId}`
  for (const give = Date.now() + 120_000; Date.now() < give; await sleep(100)) {
    if ((await json('runs/current')).run.endedAt !== null) break
  }
  const { run: over } = await json('runs/current')
  expect(over).toMatchObject({ state: 'finished', exitCode: 1 })
  expect(over.progress).toContainEqual(
    expect.objectContaining({ dataset: 'papers', step: 'finished', documents: PAPERS, outcome: 'bad' }),
  )
  expect((await json('runs?dataset=papers')).runs).toMatchObject([{ runId, state: 'committed', documents: PAPERS }])
})

it('tells freshness and verdict at once, though the status was asked before', async () => {
  expect((await json('status')).datasets).toMatchObject([
    { dataset: 'papers', state: 'fresh', runId, outcome: 'bad', underWay: null },
    { dataset: 'comments', state: 'fresh', runId, outcome: null },
  ])
})

it('has the result, and all its violations page by page', async () => {
  expect(await json(`${run}/result`)).toMatchObject({ status: 'fail', violations: UNTITLED + 3 })
  const found: unknown[] = []
  for (let cursor = '', next: string | null = ''; next !== null; cursor = `&cursor=${next}`) {
    const page: { violations: unknown[]; next: string | null } = await json(`${run}/violations?limit=50${cursor}`)
    found.push(...page.violations)
    next = page.next
  }
  const lines = gunzipSync(await onLake(lakeKey.report('papers', runId, 'violations/part-00000.ndjson.gz')))
  expect(found).toEqual(
    lines
      .toString()
      .trim()
      .split('\n')
      .map(line => JSON.parse(line)),
  )
})

it('serves report, certificate, history and contract', async () => {
  const report = await ask(app, `/api/pipeline/${run}/report.html`)
  expect(report.rawPayload).toEqual(await onLake(lakeKey.report('papers', runId, 'report.html')))
  const { digest } = JSON.parse((await onLake(lakeKey.manifest('papers', runId))).toString())
  expect((await json(`${run}/certificate`)).digests[0].digest).toBe(digest)
  expect((await json('history?dataset=papers')).attempts).toMatchObject([{ key: runId, outcome: 'bad' }])
  expect((await json('contracts/papers')).rules.length).toBeGreaterThan(0)
})

it('downloads each part as it is on the lake, whole also where a range is asked for, and keeps no copy', async () => {
  const { parts } = await json(`${run}/parts`)
  expect(parts).toHaveLength(2)
  // Others have copies of their own in the machine's folder, which come and go.
  const own = join(world.folder, 'temporary')
  await mkdir(own)
  vi.stubEnv('TMPDIR', own)
  for (const { path, sha256, bytes } of parts) {
    const part = await ask(app, `/api/pipeline/${run}/parts/${path}`, { headers: { range: 'bytes=0-3' } })
    expect(part.statusCode).toBe(200)
    expect(part.rawPayload).toHaveLength(bytes)
    expect(createHash('sha256').update(part.rawPayload).digest('hex')).toBe(sha256)
  }
  expect(await readdir(own)).toEqual([])
})

it('acknowledges and silences alerts, and of several at once loses none', async () => {
  const alerts = ['0000000a', '0000000b', '0000000c'].map(id => openAlert({ id, subject: id }))
  await world.lake.put(lakeKey.alerts, encodeState({ ...NO_ALERTS, alerts }))
  const answers = await Promise.all([
    ...alerts.map(({ id }) => post(`alerts/${id}/ack`, { by: `who ${id}` })),
    post('silences', { for: '2h', reason: 'one' }),
    post('silences', { for: '2h', reason: 'two' }),
  ])
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 201, 201])
  const list = await json('alerts')
  const who = list.alerts.map((alert: { id: string; acknowledged: { by: string } }) => [
    alert.id,
    alert.acknowledged.by,
  ])
  expect(Object.fromEntries(who)).toEqual(Object.fromEntries(alerts.map(({ id }) => [id, `who ${id}`])))
  expect(list.silences.map(({ reason }: { reason: string }) => reason).sort()).toEqual(['one', 'two'])
})
