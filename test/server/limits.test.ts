import { describe, expect, it } from 'vitest'
import { Gate } from '../app/watched-database.js'
import { bareServer } from './server-fixture.js'

const host = 'localhost'

describe('every answer', () => {
  it('has the headers that keep browsers careful, and none for other sites unless asked for', async () => {
    const routes = (app: Awaited<ReturnType<typeof bareServer>>) => void app.get('/x', async () => ({}))
    const { headers } = await (await bareServer({}, { routes })).inject({
      url: '/x',
      headers: { host, origin: 'https://a.example' },
    })
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
    expect(headers['content-security-policy']).toMatch(/default-src 'self'.*frame-ancestors 'none'/)
    expect(headers['access-control-allow-origin']).toBeUndefined()
    const open = await bareServer({ cors: ['https://a.example'] }, { routes })
    const from = async (origin: string) =>
      (await open.inject({ url: '/x', headers: { host, origin } })).headers['access-control-allow-origin']
    expect(await from('https://a.example')).toBe('https://a.example')
    expect(await from('https://b.example')).toBeUndefined()
  })

  it('is 429 to who asks too often, and probes are answered all the same', async () => {
    const app = await bareServer({ requestsPerMinute: 3 }, { routes: app => void app.get('/x', async () => ({})) })
    const ask = (url: string) => app.inject({ url, headers: { host } })
    for (let n = 0; n < 3; n++) expect((await ask('/x')).statusCode).toBe(200)
    const refused = await ask('/x')
    expect(refused.statusCode).toBe(429)
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect(refused.json()).toMatchObject({ status: 429, hint: expect.stringContaining('Ask again') })
    expect((await ask('/healthz')).statusCode).toBe(200)
  })

  it('is 429 also to who guesses tokens, or addresses', async () => {
    const routes = (app: Awaited<ReturnType<typeof bareServer>>) =>
      void app.get('/w', { config: { access: 'write' } }, async () => ({}))
    for (const [url, before] of [
      ['/w', 403],
      ['/none', 404],
    ] as const) {
      const app = await bareServer({ requestsPerMinute: 3, writeToken: 'w'.repeat(20) }, { routes })
      const ask = async (n: number) =>
        (await app.inject({ url, headers: { host, authorization: `Bearer guess${n}` } })).statusCode
      const got = []
      for (let n = 0; n < 5; n++) got.push(await ask(n))
      expect(got, url).toEqual([before, before, before, 429, 429])
    }
  })

  it('counts clients behind a proxy by what the proxy says of them, whatever they say themselves', async () => {
    const routes = (app: Awaited<ReturnType<typeof bareServer>>) => void app.get('/x', async ({ ip }) => ({ ip }))
    const ask = (app: Awaited<ReturnType<typeof bareServer>>, forwarded: string) =>
      app.inject({ url: '/x', headers: { host, 'x-forwarded-for': forwarded } })
    const behind = await bareServer({ requestsPerMinute: 2, behindProxy: true }, { routes })
    const got = []
    for (let n = 0; n < 3; n++) got.push((await ask(behind, `198.51.100.${n}, 203.0.113.7`)).statusCode)
    expect(got).toEqual([200, 200, 429])
    expect((await ask(behind, '198.51.100.9, 203.0.113.8')).json()).toEqual({ ip: '203.0.113.8' })
    // Where there is no proxy, everybody could say so.
    const open = await bareServer({ requestsPerMinute: 2 }, { routes })
    const direct = []
    for (let n = 0; n < 3; n++) direct.push((await ask(open, `203.0.113.${n}`)).statusCode)
    expect(direct).toEqual([200, 200, 429])
  })
})

describe('readyz', () => {
  it('tells the truth of each part, and of a part that does not answer', async () => {
    let broken = false
    const ready = {
      mongodb: async () => undefined,
      lake: async () => {
        if (broken) throw new Error('refused')
      },
    }
    const app = await bareServer({}, { ready })
    const ask = () => app.inject({ url: '/readyz', headers: { host } })
    expect((await ask()).json()).toEqual({ status: 'ready', checks: { mongodb: 'ready', lake: 'ready' } })
    broken = true
    const answer = await ask()
    expect(answer.statusCode).toBe(503)
    expect(answer.json()).toEqual({ status: 'not ready', checks: { mongodb: 'ready', lake: 'refused' } })
    const silent = await bareServer({}, { ready: { mongodb: () => new Promise(() => undefined) } })
    expect((await silent.inject({ url: '/readyz', headers: { host } })).json().checks.mongodb).toBe(
      'no answer within 3 s',
    )
  })

  it('is not ready any more when it is stopping, while what was asked before is answered', async () => {
    const stop = new AbortController()
    const [asked, go] = [new Gate(), new Gate()]
    const app = await bareServer(
      {},
      {
        drainMs: 60_000,
        stopping: stop.signal,
        routes: app =>
          void app.get('/slow', async () => {
            asked.open()
            await go.pass()
            return { done: true }
          }),
      },
    )
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = app.server.address() as { port: number }
    const slow = fetch(`http://127.0.0.1:${port}/slow`)
    await asked.pass()
    stop.abort()
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(503)
    const closing = app.close()
    go.open()
    await closing
    expect(await (await slow).json()).toEqual({ done: true })
  })
})

describe('the description of the routes', () => {
  it('is OpenAPI, with the schemas by their names', async () => {
    const app = await bareServer(
      {},
      { routes: app => void app.get('/x', { schema: { response: { 200: { $ref: 'Paper#' } } } }, async () => ({})) },
    )
    const document = (await app.inject({ url: '/docs/json', headers: { host } })).json()
    expect(document.openapi).toBe('3.1.0')
    expect(Object.keys(document.components.schemas)).toEqual(expect.arrayContaining(['Paper', 'Comment', 'Problem']))
    expect(document.paths['/x'].get.responses['200'].content['application/json'].schema).toEqual({
      $ref: '#/components/schemas/Paper',
    })
  })
})
