import { readFileSync } from 'node:fs'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/config.js'
import { LakeferryError } from '../../src/errors.js'
import { buildServer } from '../../src/server/build-server.js'
import { ask } from './described-answers.js'
import { type LiveServer, liveServer } from './live-server.js'
import { SERVER } from './server-fixture.js'

type Asked = InjectOptions & { readonly url: string }
const large = { title: 'x'.repeat(1_100_000) }
const said = { paperId: 'paper1', author: 'A', text: 'x' }
const key = (name: string) => ({ 'idempotency-key': name })
const ifMatch = (tag: string) => ({ 'if-match': tag })

/** A request that is answered well, in the order in which it can be. */
const GOOD: Readonly<Record<string, Asked>> = {
  'GET /api/iclr': { url: '/api/iclr' },
  'POST /api/iclr': { url: '/api/iclr', payload: { title: 'x' } },
  'GET /api/iclr/{id}': { url: '/api/iclr/paper1' },
  'PUT /api/iclr/{id}': { url: '/api/iclr/paper1', payload: { title: 'x' }, headers: ifMatch('*') },
  'PATCH /api/iclr/{id}': { url: '/api/iclr/paper1', payload: { year: 2020 } },
  'DELETE /api/iclr/{id}': { url: '/api/iclr/paper2' },
  'GET /api/iclr/{id}/comments': { url: '/api/iclr/paper1/comments' },
  'POST /api/comments': { url: '/api/comments', payload: said },
  'GET /api/comments/{id}': { url: '/api/comments/comment1' },
  'PATCH /api/comments/{id}': { url: '/api/comments/comment1', payload: { text: 'y' } },
  'DELETE /api/comments/{id}': { url: '/api/comments/comment2' },
  // It ends by itself where the server is being stopped.
  'GET /api/comments/events': { url: '/api/comments/events' },
}
const OWN: Readonly<Record<string, readonly Partial<Asked>[]>> = {
  'POST /api/iclr': [
    { payload: { title: 'x', id: 'paper1' } },
    { payload: { title: 'once' }, headers: key('k') },
    { payload: { title: 'twice' }, headers: key('k') },
  ],
  'GET /api/iclr/{id}': [{ headers: { 'if-none-match': '*' } }, { url: '/api/iclr/none' }],
  'PUT /api/iclr/{id}': [
    { url: '/api/iclr/none' },
    { payload: { title: 'x', id: 'other' } },
    { headers: ifMatch('"old"') },
    { headers: {} },
  ],
  'PATCH /api/iclr/{id}': [{ url: '/api/iclr/none' }, { payload: { id: 'other' } }, { headers: ifMatch('"old"') }],
  'DELETE /api/iclr/{id}': [{ url: '/api/iclr/none' }, { url: '/api/iclr/paper1', headers: ifMatch('"old"') }],
  'GET /api/iclr/{id}/comments': [{ url: '/api/iclr/none/comments' }],
  'POST /api/comments': [
    { payload: { ...said, paperId: 'none' } },
    { payload: { ...said, replyTo: 'none' } },
    { headers: key('c') },
    { payload: { ...said, text: 'other' }, headers: key('c') },
  ],
  'GET /api/comments/{id}': [{ headers: { 'if-none-match': '*' } }, { url: '/api/comments/none' }],
  'PATCH /api/comments/{id}': [{ url: '/api/comments/none' }, { headers: ifMatch('"old"') }],
  'DELETE /api/comments/{id}': [
    { url: '/api/comments/none' },
    { url: '/api/comments/comment1', headers: ifMatch('"old"') },
  ],
}

/** A server whose documents cannot be had: every question ends so. */
async function broken(failure: Error, requestsPerMinute = 1_000): Promise<FastifyInstance> {
  const nothing = new Proxy({} as never, {
    get: () => () => {
      throw failure
    },
  })
  return await buildServer(
    {
      config: { server: { ...SERVER, requestsPerMinute } } as Config,
      ...{ clock: { now: () => new Date() }, version: '0.0.0', papers: nothing, comments: nothing, ready: {} },
      ...{ stopping: new AbortController().signal, lake: () => Promise.reject(failure) },
    },
    { webRoot: '/nowhere' },
  )
}

let open: LiveServer
let guarded: LiveServer
const declared = new Map<string, Set<number>>()
const provoked = new Map<string, Set<number>>()
beforeAll(async () => {
  const createdAt = new Date()
  const documents = {
    papers: ['paper1', 'paper2'].map(id => ({ id, title: 'One' })),
    comments: ['comment1', 'comment2'].map(id => ({ ...said, id, createdAt })),
  }
  open = await liveServer(documents)
  guarded = await liveServer({}, { writeToken: 'w'.repeat(20), pipelineToken: 'p'.repeat(20) })
  open.stop.abort()
  const { paths } = (await open.ask('GET', '/docs/json')).json
  for (const [path, operations] of Object.entries<Record<string, { responses: object }>>(paths)) {
    if (!/^\/api\/(?:iclr|comments)/.test(path)) continue
    for (const [method, { responses }] of Object.entries(operations))
      if (method !== 'head')
        declared.set(`${method.toUpperCase()} ${path}`, new Set(Object.keys(responses).map(Number)))
  }
})
afterAll(() => Promise.all([open.close(), guarded.close()]))

async function provoke(app: FastifyInstance, route: string, request: Partial<Asked> = {}): Promise<number> {
  const { url, ...options } = { ...GOOD[route]!, ...request }
  const { statusCode } = await ask(app, url, { ...options, method: route.split(' ')[0] as 'GET' })
  const statuses = provoked.get(route) ?? new Set()
  provoked.set(route, statuses.add(statusCode))
  return statusCode
}

describe('of every route', () => {
  it('each status that is described can be had, is as it is described, and there is no other', async () => {
    const away = new LakeferryError('SOURCE_UNREACHABLE', { uri: 'mongodb://h', reason: 'refused', waitedMs: 1 })
    const [mistaken, unreachable, busy] = await Promise.all([
      broken(new TypeError('a mistake')),
      broken(away),
      broken(away, 1),
    ])
    // First, and within the minute that is counted: its description was the one request that it has for us.
    for (const route of Object.keys(GOOD)) expect(await provoke(busy!, route)).toBe(429)
    for (const [route, { url, payload }] of Object.entries(GOOD)) {
      for (const request of OWN[route] ?? []) await provoke(open.app, route, request)
      expect(await provoke(open.app, route, { url: `${url}?nothing=1` })).toBe(400)
      expect(await provoke(open.app, route), route).toBeLessThan(300)
      if (declared.get(route)?.has(401)) {
        const wrong = { ...GOOD[route]!.headers, authorization: 'Bearer wrong' }
        expect(await provoke(guarded.app, route)).toBe(401)
        expect(await provoke(guarded.app, route, { headers: wrong })).toBe(403)
      }
      if (payload !== undefined) {
        const { headers } = GOOD[route]!
        expect(await provoke(open.app, route, { payload: large })).toBe(413)
        const plain = { ...headers, 'content-type': 'text/plain' }
        expect(await provoke(open.app, route, { payload: 'x', headers: plain })).toBe(415)
      }
      expect(await provoke(mistaken!, route)).toBe(500)
      expect(await provoke(unreachable!, route)).toBe(503)
    }
    const sorted = (statuses: ReadonlyMap<string, ReadonlySet<number>>) =>
      Object.fromEntries([...statuses].map(([route, set]) => [route, [...set].sort()]).sort())
    expect(sorted(provoked)).toEqual(sorted(declared))
  })

  it('docs/api.md tells what each status means', () => {
    const text = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8')
    const told = [...text.matchAll(/^\| (\d{3}(?:, \d{3})*) \|/gm)].flatMap(([, list]) => list!.split(', ').map(Number))
    const errors = [...declared.values()].flatMap(set => [...set]).filter(status => status >= 400)
    // What is no request has no route, and so no description.
    expect([...new Set(told)].sort()).toEqual([...new Set([...errors, 408, 431])].sort())
  })
})
