import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { watchComments } from '../server/watch-comments.js'
import { freshDatabase, mongo } from '../support/services.js'
import { startToxicProxy, type ToxicProxy } from '../support/toxic-proxy.js'
import { lakeferry, type Spawned } from './spawned.js'

const TOKENS = { LAKEFERRY_SERVER_WRITE_TOKEN: 'w'.repeat(24), LAKEFERRY_SERVER_PIPELINE_TOKEN: 'p'.repeat(24) }
const SAID = 'what somebody wrote'

describe('lakeferry serve, a process of its own', () => {
  let folder: string
  let proxy: ToxicProxy
  let client: MongoClient
  let database: string
  let served: Spawned
  let url: string

  beforeAll(async () => {
    const { uri, port } = await mongo()
    proxy = await startToxicProxy({ host: '127.0.0.1', port })
    client = await MongoClient.connect(uri)
    database = freshDatabase()
    await client.db(database).collection('papers').insertOne({ id: 'paper1', title: 'One' })
    folder = await mkdtemp(join(tmpdir(), 'lakeferry-serve-'))
    await mkdir(join(folder, 'lake'))
    const source = `mongodb://127.0.0.1:${proxy.port}/?directConnection=true&serverSelectionTimeoutMS=8000&heartbeatFrequencyMS=500`
    await writeFile(
      join(folder, 'lakeferry.yaml'),
      `source: {uri: "${source}", database: ${database}}\nlake: {url: file:./lake}\ndatasets:\n  papers: {collection: papers}\n`,
    )
    served = lakeferry(['serve', '--port', '0', '--json'], { cwd: folder, env: { HOME: folder, ...TOKENS } })
    url = await new Promise((resolve, reject) => {
      let said = ''
      served.child.stderr?.on('data', (text: string) => {
        said += text
        const listening = /"event":"listening","url":"([^"]+)"/.exec(said)
        if (listening !== null) resolve(listening[1]!)
      })
      void served.ended.then(({ stderr, stdout }) => reject(new Error(`${stderr}${stdout}`)))
    })
  })
  afterAll(async () => {
    served?.child.kill('SIGKILL')
    await served?.ended.catch(() => undefined)
    await proxy?.heal()
    await client?.db(database).dropDatabase()
    await client?.close()
    await proxy?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const say = (text: string): Promise<Response> =>
    fetch(`${url}/api/comments`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${TOKENS.LAKEFERRY_SERVER_WRITE_TOKEN}`,
      },
      body: JSON.stringify({ paperId: 'paper1', author: 'Ada', text }),
    })

  /** The first answer about what is ready that has this status, and tells that the lake is. */
  const ready = async (status: number): Promise<unknown> => {
    for (const give = Date.now() + 60_000; ; await sleep(100)) {
      const answer = await fetch(`${url}/readyz`)
      const told = (await answer.json()) as { checks: { lake: string } }
      if ((answer.status === status && told.checks.lake === 'ready') || Date.now() > give) return told
    }
  }

  it('outlives a MongoDB that goes and comes back, and tells what was written meanwhile', async () => {
    await ready(200)
    const watching = await watchComments(url)
    await watching.event('open')
    expect((await say(`${SAID} before`)).status).toBe(201)
    await watching.event('comment', `${SAID} before`)
    await proxy.inject({ kind: 'refuse' })
    expect(await ready(503)).toMatchObject({ status: 'not ready', checks: { lake: 'ready' } })
    const refused = await say(SAID)
    expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([503, true])
    const meanwhile = { paperId: 'paper1', author: 'B', text: 'meanwhile', createdAt: new Date() }
    await client.db(database).collection('comments').insertOne(meanwhile)
    await proxy.heal()
    expect(await ready(200)).toMatchObject({ status: 'ready' })
    expect((await say(`${SAID} after`)).status).toBe(201)
    await watching.event('comment', `${SAID} after`)
    expect(watching.seen.map(({ event, data }) => `${event} ${data.text ?? ''}`.trim())).toEqual([
      'open',
      `comment ${SAID} before`,
      'comment meanwhile',
      `comment ${SAID} after`,
    ])
    await watching.leave()
  })

  it('ends well when it is asked to, with watchers there, and has logged no secret and nothing that anybody wrote', async () => {
    const watching = await watchComments(url)
    await watching.event('open')
    await fetch(`${url}/api/pipeline/status`, { headers: { authorization: 'Bearer guessed-secret' } })
    const began = performance.now()
    served.child.kill('SIGTERM')
    await watching.ended()
    const { exitCode, stderr } = await served.ended
    expect(exitCode).toBe(0)
    expect(performance.now() - began).toBeLessThan(8_000)
    const lines = stderr.trimEnd().split('\n')
    for (const line of lines) expect(() => JSON.parse(line), line).not.toThrow()
    expect(lines.filter(line => JSON.parse(line).status === 503).length).toBeGreaterThan(0)
    for (const secret of [...Object.values(TOKENS), 'guessed-secret', SAID]) expect(stderr).not.toContain(secret)
  })
})
