import { Ajv } from 'ajv'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LakeferryError } from '../../src/errors.js'
import { PROBLEM } from '../../src/http/problem.js'
import { HttpProblem } from '../../src/server/problems.js'
import { bareServer } from './server-fixture.js'

const isProblem = new Ajv().compile(PROBLEM)
const host = 'localhost'
const schema = {
  body: { $ref: 'CommentWrite#' },
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: { limit: { type: 'integer', minimum: 1, maximum: 500, default: 50 } },
  },
} as const

async function server(log: (line: string) => void = () => undefined) {
  return await bareServer(
    {},
    {
      log,
      routes: app => {
        app.post('/comments', { schema }, async request => ({ got: request.body, query: request.query }))
        app.get('/known', async () => {
          throw new LakeferryError('RUN_NONE', { dataset: 'papers' })
        })
        app.get('/service', async () => {
          throw new LakeferryError('SOURCE_UNREACHABLE', { uri: 'mongodb://h', reason: 'refused', waitedMs: 1 })
        })
        app.get('/defect', async () => {
          throw new TypeError('the secret inside')
        })
        app.get('/told', async () => {
          throw new HttpProblem(412, 'It was changed meanwhile.', 'Read it again.')
        })
      },
    },
  )
}

describe('an answer that is an error', () => {
  it.each([
    ['/nothing?q=private', 404, undefined],
    ['/known', 404, 'RUN_NONE'],
    ['/service', 503, 'SOURCE_UNREACHABLE'],
    ['/defect', 500, undefined],
    ['/told', 412, undefined],
  ])('of %s is problem details with %i', async (url, status, code) => {
    const lines: string[] = []
    const answer = await (await server(line => lines.push(line))).inject({ url, headers: { host } })
    const problem = answer.json()
    expect(isProblem(problem), JSON.stringify(isProblem.errors)).toBe(true)
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8')
    expect(problem).toMatchObject({ status, ...(code === undefined ? {} : { code }) })
    expect(answer.statusCode).toBe(status)
    expect(problem.requestId).toBe(answer.headers['x-request-id'])
    expect(answer.body).not.toMatch(/secret|private/)
    // Whoever looks for it finds it in the log, a JSON object a line.
    const logged = lines.map(line => JSON.parse(line))
    expect(logged.some(line => line.requestId === problem.requestId)).toBe(true)
    expect(lines.join('\n')).not.toContain('private')
    if (status === 500) expect(lines.join('\n')).toContain('the secret inside')
  })

  it('says where a request breaks its schema', async () => {
    const app = await server()
    const send = (payload: object, url = '/comments') => app.inject({ method: 'POST', url, headers: { host }, payload })
    const good = { paperId: 'p', author: 'a', text: 't' }
    expect((await send(good)).json()).toEqual({ got: good, query: { limit: 50 } })
    expect((await send(good, '/comments?limit=7')).json().query).toEqual({ limit: 7 })
    const errors = async (answer: ReturnType<typeof send>) => (await answer).json().errors
    expect(await errors(send({ ...good, rating: '7' }))).toEqual([{ pointer: '/rating', detail: 'must be integer' }])
    expect(await errors(send({ ...good, $where: 1 }))).toEqual([
      { pointer: '', detail: 'must NOT have additional properties: "$where"' },
    ])
    expect(await errors(send({ ...good, author: { $ne: null } }))).toEqual([
      { pointer: '/author', detail: 'must be string' },
    ])
    expect(await errors(send(good, '/comments?limit=501'))).toEqual([{ pointer: '/limit', detail: 'must be <= 500' }])
  })

  it('is the caller’s, whatever is sent', async () => {
    const app = await server()
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.string(), fc.json()),
        fc.constantFrom('application/json', 'text/plain', ''),
        async (body, type) => {
          const answer = await app.inject({
            method: 'POST',
            url: '/comments',
            headers: { host, ...(type === '' ? {} : { 'content-type': type }) },
            payload: body,
          })
          if (answer.statusCode === 200) return
          expect(answer.statusCode).toBeGreaterThanOrEqual(400)
          expect(answer.statusCode).toBeLessThan(500)
          expect(isProblem(answer.json())).toBe(true)
        },
      ),
      { numRuns: 300 },
    )
    const large = await app.inject({
      method: 'POST',
      url: '/comments',
      headers: { host, 'content-type': 'application/json' },
      payload: `"${'x'.repeat(1_100_000)}"`,
    })
    expect(large.statusCode).toBe(413)
  })
})
