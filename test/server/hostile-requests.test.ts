import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LiveServer, liveServer } from './live-server.js'

let server: LiveServer
beforeAll(async () => {
  server = await liveServer({
    papers: [
      { id: 'paper1', title: 'One', secret: 'of paper 1' },
      { id: 'paper2', title: 'Two' },
    ],
    comments: [{ id: 'comment1', paperId: 'paper1', author: 'A', text: 'x', createdAt: new Date() }],
  })
})
afterAll(() => server.close())

const nasty = fc.oneof(
  fc.constantFrom(
    ...['$where', '$gt', '{"$gt":""}', '[$ne]', '$$ROOT', '\0', '__proto__', '../', '.*', '(', '\\', '%00', '%', "';"],
    ...['\ud800', '-0', '1e999', 'NaN', '9'.repeat(40), 'ä', '𝄞', ' ', '', 'null', '"'],
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
)
const parameter = fc.constantFrom(
  ...[
    'limit',
    'offset',
    'cursor',
    'q',
    'year',
    'status',
    'author',
    'keyword',
    'ratingMin',
    'ratingMax',
    'sort',
    'paperId',
  ],
  ...['status[$ne]', 'year[]', '$where', '__proto__', 'constructor.prototype'],
)
const json = fc.json({ maxDepth: 4 })
const body = fc.oneof(
  json,
  fc
    .dictionary(
      fc.constantFrom(
        'title',
        'id',
        '_id',
        'paperId',
        'text',
        'author',
        'replyTo',
        '$set',
        'a.b',
        '__proto__',
        'year',
        'x',
      ),
      fc.oneof(nasty, fc.integer(), fc.constant(null), fc.jsonValue({ maxDepth: 2 })),
    )
    .map(value => JSON.stringify(value)),
  nasty,
)
const route = fc.constantFrom(
  ...['GET /api/iclr', 'GET /api/iclr/:id', 'PUT /api/iclr/:id', 'PATCH /api/iclr/:id', 'DELETE /api/iclr/:id'],
  ...['POST /api/iclr', 'GET /api/iclr/:id/comments', 'POST /api/comments', 'PATCH /api/comments/:id'],
  ...['DELETE /api/comments/:id', 'GET /api/comments/:id', 'HEAD /api/iclr', 'OPTIONS /api/iclr'],
)
const encoded = (text: string): string => encodeURIComponent(text.replace(/[\ud800-\udfff]/g, ''))

describe('whatever is sent', () => {
  it('is answered with 2xx or 4xx, never with 5xx', async () => {
    const request = fc.record({
      route,
      id: nasty,
      query: fc.array(fc.tuple(parameter, nasty), { maxLength: 3 }),
      body: fc.option(body, { nil: undefined }),
      type: fc.constantFrom(
        'application/json',
        'application/merge-patch+json',
        'text/plain',
        'application/x-www-form-urlencoded',
      ),
      condition: fc.option(fc.constantFrom('*', '"x"', 'W/"x"', '"', '"a","b"'), { nil: undefined }),
      key: fc.option(fc.string({ unit: 'grapheme-ascii', maxLength: 10 }), { nil: undefined }),
      raw: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(request, async ({ route, id, query, body, type, condition, key, raw }) => {
        const [method, path] = route.split(' ') as [string, string]
        const search = query.map(([name, value]) => `${raw ? name : encoded(name)}=${encoded(value)}`).join('&')
        const url = `${path.replace(':id', encoded(id))}${search === '' ? '' : `?${search}`}`
        const answer = await server.ask(method, url, {
          headers: {
            'content-type': type,
            ...(condition === undefined ? {} : { 'if-match': condition, 'if-none-match': condition }),
            ...(key === undefined ? {} : { 'idempotency-key': key }),
          },
          ...(method === 'GET' || method === 'HEAD' || body === undefined ? {} : { body }),
        })
        expect(answer.status, `${method} ${url} ${body}: ${answer.text}`).toBeLessThan(500)
        if (answer.status >= 400 && method !== 'HEAD')
          expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8')
      }),
      { numRuns: 400 },
    )
    // What was there is there as it was, and nothing of it was reached by a name that is not its own.
    expect((await server.ask('GET', '/api/iclr/paper1')).json).toMatchObject({ title: 'One', secret: 'of paper 1' })
    expect((await server.ask('GET', '/api/comments/comment1')).json).toMatchObject({ text: 'x' })
  })

  it('in the place of a value is a value, never an operator', async () => {
    const count = async (query: string) => (await server.ask('GET', `/api/iclr?${query}`)).headers['x-total-count']
    for (const text of ['{"$ne":null}', '$gt', '.*', '^']) {
      for (const name of ['status', 'author', 'keyword']) expect(await count(`${name}=${encoded(text)}`)).toBe('0')
      expect((await server.ask('GET', `/api/iclr/${encoded(text)}`)).status).toBe(404)
    }
    for (const query of [
      'status[$ne]=x',
      'year[$gt]=1',
      'status=a&status=b',
      'year=2020&year=2021',
      'unknown=1',
      'limit=0',
      'limit=501',
      'limit=',
      'limit=1.5',
      'offset=-1',
      'offset=1000001',
      'q=%00',
      'q=',
      `q=${'x'.repeat(201)}`,
      'status=%00',
      'year=2020.5',
      'ratingMin=NaN',
      'ratingMax=Infinity',
      'ratingMin=-Infinity',
      'ratingMin=1e999',
      'sort=title,secret',
      'sort=$where',
      `cursor=${'x'.repeat(4_097)}`,
      `sort=${Array.from({ length: 7 }, () => 'id').join()}`,
    ])
      expect((await server.ask('GET', `/api/iclr?${query}`)).status, query).toBe(400)
    for (const method of ['GET', 'DELETE', 'PATCH'] as const)
      for (const url of [
        '/api/iclr/paper1?x=1',
        '/api/comments/comment1?x=1',
        '/api/iclr/%00',
        `/api/iclr/${'x'.repeat(5_000)}`,
      ])
        expect((await server.ask(method, url, method === 'PATCH' ? { body: {} } : {})).status, url).toBe(400)
  })
})

describe('a body that could not be stored as it is', () => {
  it.each([
    ['{"title":"x","$set":{"a":1}}', '/$set'],
    ['{"title":"x","a":[{"b":{"$gt":1}}]}', '/a/0/b/$gt'],
    ['{"title":"x","a/b":{"c.d":1}}', '/a~1b/c.d'],
    ['{"title":"x","__proto__":{"admin":true}}', '/__proto__'],
    ['{"title":"x","a":{"constructor":{"prototype":1}}}', '/a/constructor'],
    ['{"title":"x","a":1,"a":2}', '/a'],
    ['{"title":"a\\u0000b"}', '/title'],
    ['{"title":"\\ud800"}', '/title'],
    ['{"title":"x","n":9223372036854775808}', '/n'],
    ['{"title":"x","n":1e999}', '/n'],
  ])('is refused, and told where: %s', async (body, pointer) => {
    const answer = await server.ask('POST', '/api/iclr', { body })
    expect([answer.status, answer.json.errors]).toEqual([400, [{ pointer, detail: expect.any(String) }]])
  })

  it('is refused when it is no UTF-8, nested too deep, too large or no JSON at all', async () => {
    const post = (body: string | Buffer, type = 'application/json') =>
      server.ask('POST', '/api/iclr', { body, headers: { 'content-type': type } })
    expect((await post(Buffer.from([0x22, 0xff, 0x22]))).status).toBe(400)
    expect((await post(`{"title":"x","a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`)).status).toBe(400)
    expect((await post(`{"title":"${'x'.repeat(2 ** 20)}"}`)).status).toBe(413)
    for (const text of ['', '{', '[]', '"x"', '{"title":"x",}', '{"title":01}', "{'title':1}"])
      expect((await post(text)).status, text).toBe(400)
    expect((await post('{"title":"x"}', 'text/plain')).status).toBe(415)
    expect((await post('title=x', 'application/x-www-form-urlencoded')).status).toBe(415)
  })
})

it('a document that would outgrow MongoDB is told to the client, and stays as it is', async () => {
  const papers = server.client.db(server.database).collection('papers')
  await papers.insertOne({ id: 'large', title: 'Large', text: 'x'.repeat(9_000_000) })
  const answer = await server.ask('PATCH', '/api/iclr/large', { body: { title: 'Larger' } })
  expect([answer.status, answer.json.detail]).toEqual([413, expect.stringContaining('16 MiB')])
  expect((await papers.findOne({ id: 'large' }, { projection: { _id: 0, text: 0 } }))!['title']).toBe('Large')
  expect((await server.ask('DELETE', '/api/iclr/large')).status).toBe(204)
})

it('without a token that may write nothing is written', async () => {
  const guarded = await liveServer(
    { papers: [{ id: 'p', title: 'x' }] },
    { writeToken: 'w'.repeat(20), pipelineToken: 'p'.repeat(20) },
  )
  try {
    for (const [method, url] of [
      ['POST', '/api/iclr'],
      ['PUT', '/api/iclr/p'],
      ['PATCH', '/api/iclr/p'],
      ['DELETE', '/api/iclr/p'],
      ['POST', '/api/comments'],
      ['PATCH', '/api/comments/c'],
      ['DELETE', '/api/comments/c'],
    ] as const) {
      const body = method === 'DELETE' ? {} : { body: { title: 'y' } }
      expect((await guarded.ask(method, url, body)).status, `${method} ${url}`).toBe(401)
      const headers = { authorization: 'Bearer wrong-wrong-wrong-wrong' }
      expect((await guarded.ask(method, url, { ...body, headers })).status).toBe(403)
    }
    expect((await guarded.ask('GET', '/api/iclr/p')).json.title).toBe('x')
    const headers = { authorization: `Bearer ${'w'.repeat(20)}`, 'idempotency-key': 'same' }
    const mine = await guarded.ask('POST', '/api/iclr', { headers, body: { title: 'mine' } })
    const theirs = await guarded.ask('POST', '/api/iclr', {
      headers: { ...headers, authorization: `Bearer ${'p'.repeat(20)}` },
      body: { title: 'theirs' },
    })
    expect([mine.status, theirs.status, theirs.json.title]).toEqual([201, 201, 'theirs'])
  } finally {
    await guarded.close()
  }
})
