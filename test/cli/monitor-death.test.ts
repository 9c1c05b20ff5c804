import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openFsStore } from '../../src/adapters/fs/fs-store.js'
import { readAttempts } from '../../src/catalog/attempts.js'
import { listUnfinished } from '../../src/catalog/run-listing.js'
import type { Check } from '../../src/model/check.js'
import { type MongoFront, startMongoFront } from '../support/mongo-front.js'
import { freshDatabase, mongo } from '../support/services.js'
import { invoke, jsonOf } from './cli-fixture.js'
import { lakeferry } from './spawned.js'

let root: string
let front: MongoFront
let uri: string
const database = freshDatabase()
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lakeferry-death-'))
  const service = await mongo()
  uri = service.uri
  const client = await MongoClient.connect(uri)
  await client.db(database).collection('papers').insertOne({ title: 'a' })
  await client.close()
  // A server that takes the question for the documents and keeps it, so that the export hangs in the middle.
  const silent = (command: Record<string, unknown>) => command['$db'] === database && 'find' in command
  front = await startMongoFront({ port: service.port, answer: command => (silent(command) ? 'silence' : undefined) })
  await writeFile(
    join(root, 'lakeferry.yaml'),
    `source: {uri: "\${SOURCE}", database: ${database}}\nlake: {url: file:./lake}\ndatasets: {papers: {collection: papers}}\n`,
  )
})
afterAll(async () => {
  await front?.stop()
  await rm(root, { recursive: true, force: true })
})

it('a run that is killed is seen at once: that it died, since when, and how to take it up again', async () => {
  const lake = openFsStore({ root: join(root, 'lake') })
  const env = { HOME: root, XDG_STATE_HOME: join(root, 'state') }
  const source = `mongodb://${front.address}/?directConnection=true`
  const { child, ended } = lakeferry(['export', '--quiet'], { cwd: root, env: { ...env, SOURCE: source } })
  let begun: string | undefined
  for (const give = Date.now() + 120_000; begun === undefined && Date.now() < give; await sleep(50)) {
    const [attempt] = (await readAttempts(lake, 'papers')).attempts
    const [claimed] = await listUnfinished(lake, 'papers', new Date())
    if (claimed !== undefined && attempt?.runId === claimed.runId) begun = claimed.runId
  }
  expect(begun).toBeDefined()
  const look = async (): Promise<Map<string, Check>> => {
    const json = jsonOf(await invoke(['monitor', '--json', '--quiet'], { cwd: root, env: { ...env, SOURCE: uri } }))
    return new Map((json['checks'] as Check[]).map(check => [check.kind, check]))
  }
  const alive = await look()
  expect(alive.get('run')).toMatchObject({ state: 'fine', runId: begun, seen: expect.stringMatching(/is under way$/) })
  expect(alive.get('stuck')).toMatchObject({ state: 'fine', seen: '1 run under way' })

  child.kill('SIGKILL')
  await ended
  const dead = await look()
  expect(dead.get('run')).toMatchObject({
    state: 'wrong',
    severity: 'critical',
    runId: begun,
    seen: expect.stringMatching(/died without a word$/),
    look: 'lakeferry export papers --resume',
  })
  expect(dead.get('stuck')).toMatchObject({ state: 'wrong', runId: begun, cause: 'run papers' })
  expect(dead.get('freshness')).toMatchObject({ state: 'none', cause: 'run papers' })
}, 240_000)
