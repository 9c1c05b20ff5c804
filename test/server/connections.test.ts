import { type AddressInfo, connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Ajv } from 'ajv'
import type { FastifyInstance } from 'fastify'
import { describe, expect, it } from 'vitest'
import { PROBLEM } from '../../src/http/problem.js'
import { bareServer } from './server-fixture.js'

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

describe('a server that is closed', () => {
  const routes = (app: FastifyInstance): void => {
    app.get('/slow', async () => {
      await sleep(400)
      return { done: true }
    })
    app.get('/never', () => new Promise(() => undefined))
  }

  it('answers what was asked, and refuses what is asked now', async () => {
    const app = await listening({ routes })
    const [busy, late] = [open(app), open(app)]
    busy.socket.write(ask('/slow'))
    late.socket.write('GET /slow HTTP/1.1\r\n')
    await sleep(100)
    const closing = app.close()
    await sleep(50)
    late.socket.write('Host: localhost\r\n\r\n')
    const [answered, refused] = await Promise.all([busy.closed, late.closed])
    expect(answered).toMatch(/^HTTP\/1.1 200 [\s\S]*connection: close[\s\S]*\{"done":true\}$/i)
    expect(refused).toMatch(/^HTTP\/1.1 503 [\s\S]*retry-after: \d/i)
    expect(isProblem(JSON.parse(refused.split('\r\n\r\n')[1]!))).toBe(true)
    await closing
  })

  it('does not wait longer than it says for those who do not end, or never asked', async () => {
    const app = await listening({ routes, drainMs: 500 })
    const [never, silent] = [open(app), open(app)]
    never.socket.write(ask('/never'))
    await sleep(100)
    const began = performance.now()
    await app.close()
    expect(performance.now() - began).toBeGreaterThan(400)
    expect(performance.now() - began).toBeLessThan(3_000)
    expect(await Promise.all([never.closed, silent.closed])).toEqual(['', ''])
  })

  it('ends at once when there is nobody to wait for, connections that are kept included', async () => {
    const app = await listening({ drainMs: 20_000 })
    const kept = open(app)
    kept.socket.write(ask('/healthz'))
    for (let waited = 0; !kept.said().includes('alive') && waited < 5_000; waited += 10) await sleep(10)
    const began = performance.now()
    await app.close()
    expect(performance.now() - began).toBeLessThan(3_000)
    expect(await kept.closed).toContain('alive')
  })
})
