import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { get, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isAlive } from '../support/is-alive.js'
import { ask } from './described-answers.js'
import { PAPERS, PipelineWorld } from './pipeline-world.js'

let world: PipelineWorld
beforeAll(async () => {
  world = await PipelineWorld.make()
})
afterAll(() => world.remove())

/** A watcher of events, once the server has let it in: it hears all that happens from now on. */
async function watch(app: FastifyInstance): Promise<IncomingMessage> {
  const { port } = app.server.address() as { port: number }
  const request = get({ host: '127.0.0.1', port, path: '/api/pipeline/events', agent: false })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  expect(response.headers['content-type']).toContain('text/event-stream')
  return response
}

/** Events as a browser reads them, until `last` says that it was enough. */
async function listen(
  response: IncomingMessage,
  last: (event: string, data: Record<string, unknown>) => boolean,
): Promise<{ event: string; data: Record<string, unknown> }[]> {
  const events: { event: string; data: Record<string, unknown> }[] = []
  let text = ''
  for await (const chunk of response) {
    text += Buffer.from(chunk).toString()
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const [, event, data] = /^event: (\S+)\ndata: (.*)$/s.exec(block) ?? []
      if (event === undefined || data === undefined) continue
      events.push({ event, data: JSON.parse(data) })
      if (last(event, JSON.parse(data))) return events
    }
  }
  return events
}

const post = (app: FastifyInstance, payload: object = {}) => ask(app, '/api/pipeline/runs', { method: 'POST', payload })

async function until(app: FastifyInstance, state: string): Promise<Record<string, unknown>> {
  for (const give = Date.now() + 100_000; Date.now() < give; await sleep(50)) {
    const { run } = (await ask(app, '/api/pipeline/runs/current')).json()
    if (run?.state === state) return run
  }
  throw new Error(`it was never ${state}`)
}

/** A program in the place of `lakeferry run` that does nothing until it is asked to stop. */
async function waiting(name: string): Promise<readonly [string, string]> {
  const file = join(world.folder, `${name}.mjs`)
  await writeFile(
    file,
    `import { writeFileSync } from 'node:fs'
writeFileSync(${JSON.stringify(join(world.folder, `${name}.pid`))}, String(process.pid))
process.on('disconnect', () => process.exit(130))
if (!process.connected) process.exit(130)
console.error('not JSON')
console.error(JSON.stringify({ event: 'progress', dataset: 'stranger', documents: 1 }))
setInterval(() => console.error(JSON.stringify({ event: 'progress', dataset: 'papers', documents: 5, expected: 10, bytes: 100 })), 50)`,
  )
  return [process.execPath, file]
}

describe('a run that is started', { timeout: 180_000 }, () => {
  it('is one of this program: it is told from its beginning to its end, and is on the lake', async () => {
    const app = await world.serve()
    await app.listen({ host: '127.0.0.1', port: 0 })
    expect((await ask(app, '/api/pipeline/runs/current')).json()).toEqual({ run: null })
    // Before it begins: however quick it is, none of it is missed.
    const watching = await watch(app)
    const started = await post(app)
    expect(started.statusCode).toBe(202)
    expect(started.headers['location']).toBe('/api/pipeline/runs/current')
    const { runId, datasets } = started.json()
    expect(datasets).toEqual(['papers', 'comments'])
    const events = await listen(watching, (event, data) => event === 'run' && data['endedAt'] !== null)
    expect(events[0]).toMatchObject({ event: 'run', data: { runId, state: 'under way' } })
    const end = events.at(-1)?.data
    expect(end).toMatchObject({ state: 'finished', exitCode: 1, error: null })
    const steps = events
      .filter(({ event }) => event === 'progress')
      .map(({ data }) => `${data['dataset']} ${data['step']}`)
    expect([...new Set(steps)]).toEqual(
      expect.arrayContaining(['papers export', 'papers validation', 'papers finished', 'comments finished']),
    )
    expect(end?.['progress']).toContainEqual(
      expect.objectContaining({ dataset: 'papers', step: 'finished', documents: PAPERS, outcome: 'bad', runId }),
    )
    const { run } = (await ask(app, `/api/pipeline/runs/papers/${runId}`)).json()
    expect(run).toMatchObject({ state: 'committed', outcome: 'bad' })
  })

  it('is the only one: another is 409 until it is over or stopped', async () => {
    const app = await world.serve({ program: await waiting('one') })
    const { runId } = (await post(app, { datasets: ['papers'] })).json()
    const second = await post(app)
    expect(second.statusCode).toBe(409)
    expect(second.json().detail).toContain(runId)
    const progress = async () => (await ask(app, '/api/pipeline/runs/current')).json().run.progress
    await expect
      .poll(progress, { timeout: 60_000 })
      .toMatchObject([{ dataset: 'papers', documents: 5, expected: 10, step: 'export' }])
    expect((await ask(app, '/api/pipeline/runs/current', { method: 'DELETE' })).statusCode).toBe(202)
    expect(await until(app, 'stopped')).toMatchObject({ runId, exitCode: 130 })
    expect((await ask(app, '/api/pipeline/runs/current', { method: 'DELETE' })).statusCode).toBe(404)
    expect((await post(app, { datasets: ['papers'] })).statusCode).toBe(202)
    await app.close()
  })

  it('ends with the server, and so do those who watch it', async () => {
    const app = await world.serve({ program: await waiting('two') })
    await app.listen({ host: '127.0.0.1', port: 0 })
    await post(app, { datasets: ['papers'] })
    const watching = listen(await watch(app), () => false)
    const pid = async (): Promise<number> =>
      Number(await readFile(join(world.folder, 'two.pid'), 'utf8').catch(() => '0'))
    await expect.poll(pid, { timeout: 60_000 }).not.toBe(0)
    expect(isAlive(await pid())).toBe(true)
    await app.close()
    expect(isAlive(await pid())).toBe(false)
    expect((await watching).at(-1)?.event).toMatch(/^(run|progress)$/)
  })

  it('that cannot be started says so', async () => {
    const app = await world.serve({ program: ['/nowhere/node'] })
    await post(app, { datasets: ['papers'] })
    expect(await until(app, 'failed')).toMatchObject({ exitCode: null, error: { code: 'NOT_STARTED' } })
  })

  it('is of datasets that there are', async () => {
    const app = await world.serve({ program: ['/nowhere/node'] })
    for (const [payload, status] of [
      [{ datasets: ['nothing'] }, 422],
      [{ datasets: [] }, 400],
      [{ datasets: ['../x'] }, 400],
      [{ datasets: 'papers' }, 400],
      [{ other: 1 }, 400],
      [[], 400],
    ] as const)
      expect((await post(app, payload)).statusCode, JSON.stringify(payload)).toBe(status)
    // What a page of another site may send without being asked for leave.
    for (const headers of [{}, { 'content-type': 'text/plain' }])
      expect((await ask(app, '/api/pipeline/runs', { method: 'POST', payload: '{}', headers })).statusCode).toBe(415)
    const bare = await ask(app, '/api/pipeline/runs', { method: 'POST' })
    expect([400, 415]).toContain(bare.statusCode)
  })

  it('is not begun while the server is being stopped', async () => {
    const app = await world.serve({ program: ['/nowhere/node'] })
    world.stopping.abort()
    expect((await post(app, { datasets: ['papers'] })).json()).toMatchObject({ status: 503 })
    expect((await ask(app, '/api/pipeline/runs/current')).json()).toEqual({ run: null })
  })
})
