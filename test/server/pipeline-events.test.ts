import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { DatasetConfig } from '../../src/config/config.js'
import { CurrentRun } from '../../src/server/pipeline-current-run.js'
import { runEvents } from '../../src/server/pipeline-events.js'

let app: FastifyInstance
let current: CurrentRun
let stopping: AbortController
let say: (line: string) => void
let listeners = 0

beforeEach(async () => {
  stopping = new AbortController()
  listeners = 0
  current = new CurrentRun({
    clock: { now: () => new Date('2026-05-01T02:00:00Z') },
    runner: onLine => {
      say = onLine
      return { run: async (_, signal) => (await once(signal, 'abort')) && { exitCode: 130 } }
    },
    onChange: () => undefined,
  })
  const listen = current.listen.bind(current)
  current.listen = listener => {
    listeners += 1
    const leave = listen(listener)
    return () => {
      listeners -= 1
      return leave()
    }
  }
  app = fastify()
  const events = runEvents(app, current, stopping.signal)
  app.get('/events', (_, reply) => events(reply))
  await app.listen({ host: '127.0.0.1', port: 0 })
})
afterEach(async () => {
  await current.close()
  await app.close()
})

const papers = [{ name: 'papers' } as DatasetConfig]
const progress = (documents: number): void =>
  say(JSON.stringify({ event: 'progress', dataset: 'papers', documents, expected: 9, bytes: 1 }))

async function watch(): Promise<IncomingMessage> {
  const { port } = app.server.address() as { port: number }
  const [response] = await once(get({ host: '127.0.0.1', port, path: '/events', agent: false }), 'response')
  return response as IncomingMessage
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of response) text += String(chunk)
  return text
}

/** What was told, one word an event: its name, and how far the run was. */
const told = (text: string): string[] =>
  [...text.matchAll(/^event: (\w+)\ndata: (.*)$/gm)].map(([, event, data = '']) => {
    const { state, documents } = JSON.parse(data)
    return `${event} ${state ?? documents}`
  })

describe('events of the run', () => {
  it('tell who comes, and who comes again, first how things are; then each change, until the server ends them', async () => {
    current.start(papers)
    progress(1)
    const first = await watch()
    progress(2)
    first.destroy()
    // It was away meanwhile, and misses nothing that matters.
    progress(3)
    const again = await watch()
    const text = textOf(again)
    progress(4)
    stopping.abort()
    const all = await text
    expect(all.startsWith('retry: ')).toBe(true)
    expect(told(all)).toEqual(['run under way', 'progress 4'])
    expect(/"documents":3/.test(all.split('\n\n')[1] ?? '')).toBe(true)
  })

  it('are nothing to tell as long as no run was started, and may not be kept by anybody', async () => {
    const response = await watch()
    expect(response.headers).toMatchObject({ 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
    const text = textOf(response)
    current.start(papers)
    stopping.abort()
    expect(told(await text)).toEqual(['run under way'])
  })

  it('end at once for who comes while the server is being stopped', async () => {
    current.start(papers)
    stopping.abort()
    expect(told(await textOf(await watch()))).toEqual(['run under way'])
  })

  it('have a line that means nothing every 15 s, so that the silence is no end', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    try {
      const text = textOf(await watch())
      vi.advanceTimersByTime(30_000)
      stopping.abort()
      expect((await text).match(/^: alive$/gm)).toHaveLength(2)
    } finally {
      vi.useRealTimers()
    }
  })

  it('are no longer made for who has left', async () => {
    const watchers = await Promise.all(Array.from({ length: 5 }, watch))
    expect(listeners).toBe(5)
    for (const one of watchers.slice(1)) one.destroy()
    await expect.poll(() => listeners, { timeout: 30_000 }).toBe(1)
    watchers[0]?.destroy()
    await expect.poll(() => listeners, { timeout: 30_000 }).toBe(0)
  })

  it('have room for 200 who watch: one more is asked to come again later, and gets in when one has left', async () => {
    const watchers = await Promise.all(Array.from({ length: 200 }, watch))
    expect(watchers.every(({ statusCode }) => statusCode === 200)).toBe(true)
    const refused = await watch()
    expect(refused.statusCode).toBeGreaterThanOrEqual(500)
    refused.destroy()
    watchers[0]?.destroy()
    await expect.poll(() => listeners, { timeout: 30_000 }).toBe(199)
    expect((await watch()).statusCode).toBe(200)
  })

  it('cut off who takes nothing of them, so that nobody fills the memory', async () => {
    current.start(papers)
    const lazy = await watch()
    lazy.pause()
    expect(listeners).toBe(1)
    for (let line = 0; line < 200_000 && listeners > 0; line++) {
      progress(line)
      if (line % 500 === 0) await sleep(0)
    }
    expect(listeners).toBe(0)
    lazy.destroy()
  })
})
