import { type AddressInfo, connect, type Socket } from 'node:net'
import { Ajv } from 'ajv'
import type { FastifyInstance } from 'fastify'
import { describe, expect, it } from 'vitest'
import { PROBLEM } from '../../src/http/problem.js'
import { bareServer } from './server-fixture.js'
import { until } from './until.js'

const isProblem = new Ajv().compile(PROBLEM)
const ask = (path: string, headers = ''): string => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`

/** A connection as it is: what is written to it, and all that came back until it was closed. */
function open(app: FastifyInstance) {
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  let text = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  socket.on('error', () => undefined)
  const closed = new Promise<string>(resolve => socket.once('close', () => resolve(text)))
  return { socket, closed, said: () => text }
}

async function listening(options: Parameters<typeof bareServer>[1] = {}): Promise<FastifyInstance> {
  const app = await bareServer({}, options)
  await app.listen({ port: 0, host: '127.0.0.1' })
  return app
}

describe('what is no request', () => {
  it.each([
    ['no HTTP', 'GARBAGE\r\n\r\n', 400],
    ['headers without end', ask('/healthz', `X-Large: ${'x'.repeat(20_000)}\r\n`), 431],
    ['a length that contradicts itself', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n', 400],
    ['an address that is none', ask('/%zz', 'Connection: close\r\n'), 400],
  ])('is told so as every error is: %s', async (_, text, status) => {
    const app = await listening()
    const { socket, closed } = open(app)
    socket.write(text)
    const [head = '', body = ''] = (await closed).split('\r\n\r\n')
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(head.toLowerCase()).toContain('content-type: application/problem+json')
    const problem = JSON.parse(body)
    expect(isProblem(problem), JSON.stringify(isProblem.errors)).toBe(true)
    expect(problem.status).toBe(status)
    await app.close()
  })
})

/** The server's ends of its connections, each once it is there. */
function heard(app: FastifyInstance): readonly Socket[] {
  const sockets: Socket[] = []
  app.server.on('connection', (socket: Socket) => sockets.push(socket))
  return sockets
}

describe('a server that is closed', () => {
  it('answers what was asked, and refuses what is asked now', async () => {
    let asked = false
    let answer: () => void = () => undefined
    const answered = new Promise<void>(resolve => {
      answer = resolve
    })
    const routes = (app: FastifyInstance): void =>
      void app.get('/slow', async () => {
        asked = true
        await answered
        return { done: true }
      })
    const app = await listening({ routes, drainMs: 60_000 })
    const sockets = heard(app)
    const begun = 'GET /slow HTTP/1.1\r\n'
    const late = open(app)
    late.socket.write(begun)
    await until(() => sockets[0]?.bytesRead === begun.length, 'the beginning of a request has arrived')
    const busy = open(app)
    busy.socket.write(ask('/slow'))
    await until(() => asked, 'the other one is being answered')
    const closing = app.close()
    await until(() => !app.server.listening, 'nobody else gets in')
    late.socket.write('Host: localhost\r\n\r\n')
    const refused = await late.closed
    answer()
    expect(await busy.closed).toMatch(/^HTTP\/1.1 200 [\s\S]*connection: close[\s\S]*\{"done":true\}$/i)
    expect(refused).toMatch(/^HTTP\/1.1 503 [\s\S]*retry-after: \d/i)
    expect(isProblem(JSON.parse(refused.split('\r\n\r\n')[1]!))).toBe(true)
    await closing
  })

  it('does not wait longer than it says for those who do not end, or never asked', async () => {
    const waiting = async (drain: { drainMs?: number }) => {
      let asked = false
      const routes = (app: FastifyInstance): void =>
        void app.get('/never', () => {
          asked = true
          return new Promise(() => undefined)
        })
      const app = await listening({ routes, ...drain })
      const sockets = heard(app)
      const [never, silent] = [open(app), open(app)]
      never.socket.write(ask('/never'))
      await until(() => asked && sockets.length === 2, 'one has asked, and one is there')
      return { app, closed: Promise.all([never.closed, silent.closed]) }
    }
    const [short, usual] = [await waiting({ drainMs: 500 }), await waiting({})]
    const ended: string[] = []
    const began = performance.now()
    const end = async ({ app }: typeof short, name: string): Promise<number> => {
      await app.close()
      ended.push(name)
      return performance.now() - began
    }
    const [took] = await Promise.all([end(short, '500 ms'), end(usual, '5 s')])
    expect(took).toBeGreaterThan(400)
    // Whatever the machine is doing, it is sooner than what waits as long as is usual.
    expect(ended).toEqual(['500 ms', '5 s'])
    expect([await short.closed, await usual.closed]).toEqual([
      ['', ''],
      ['', ''],
    ])
  })

  it('ends at once when there is nobody to wait for, connections that are kept included', async () => {
    const app = await listening({ drainMs: 600_000 })
    const kept = open(app)
    kept.socket.write(ask('/healthz'))
    await until(() => kept.said().includes('alive'), 'an answer')
    const began = performance.now()
    await app.close()
    expect(performance.now() - began).toBeLessThan(30_000)
    expect(await kept.closed).toContain('alive')
  })
})
