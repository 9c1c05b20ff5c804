import { createHash } from 'node:crypto'
import { Double, Long, ObjectId } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openLiveDatabase } from '../../src/adapters/mongo/live-database.js'
import { openApplication } from '../../src/app/open-application.js'
import { type LiveServer, liveServer } from './live-server.js'

const _id = new ObjectId()
const TYPED = {
  ...{ _id, id: 'typed1', title: 'Typed', year: 2020, views: Long.fromString('9007199254740993') },
  ...{ rating_avg: new Double(5), submittedAt: new Date('2020-01-02T03:04:05.678Z'), authors: 'Ada A;Bob B' },
}
let server: LiveServer
beforeAll(async () => {
  server = await liveServer({ papers: [TYPED, { id: 'twice', title: 'First' }, { id: 'other', title: 'Other' }] })
})
afterAll(() => server.close())

const stored = (id: string) =>
  server.client.db(server.database).collection('papers').findOne({ id }, { promoteValues: false })

describe('a paper', () => {
  it('is added, read, changed and removed', async () => {
    const made = await server.ask('POST', '/api/iclr', {
      body: { title: 'New', authors: ['A'], year: 2024, submittedAt: '2024-01-01T00:00:00Z' },
    })
    expect(made.status).toBe(201)
    expect(made.json).toMatchObject({ title: 'New', id: expect.stringMatching(/^[A-Za-z0-9]{10}$/) })
    const { location, etag } = made.headers as { location: string; etag: string }
    const read = await server.ask('GET', location)
    expect([read.status, read.json, read.headers['etag']]).toEqual([200, made.json, etag])
    expect((await server.ask('GET', `/api/iclr/${made.json._id}`)).text).toBe(read.text)
    const head = await server.ask('HEAD', location)
    expect([head.status, head.text, head.headers['etag']]).toEqual([200, '', etag])
    expect(head.headers['content-length']).toBe(String(Buffer.byteLength(read.text)))

    const patched = await server.ask('PATCH', location, {
      headers: { 'content-type': 'application/merge-patch+json' },
      body: { year: null, venue: { name: 'ICLR', track: 'main' } },
    })
    expect(patched.json).toEqual({ ...strip(made.json, 'year'), venue: { name: 'ICLR', track: 'main' } })
    expect(patched.headers['etag']).not.toBe(etag)
    expect((await server.ask('DELETE', location, { headers: { 'if-match': etag } })).status).toBe(412)
    expect((await server.ask('DELETE', location)).status).toBe(204)
    expect((await server.ask('GET', location)).status).toBe(404)
    expect((await server.ask('DELETE', location)).status).toBe(404)
  })

  it('that is put back as it came keeps its types; a date that is changed stays a date', async () => {
    const read = await server.ask('GET', '/api/iclr/typed1')
    expect(read.text).toContain('"views":9007199254740993')
    const headers = { 'if-match': read.headers['etag']! }
    const same = await server.ask('PUT', '/api/iclr/typed1', { headers, body: read.text })
    expect([same.status, same.headers['etag']]).toEqual([200, read.headers['etag']])
    const body = read.text.replace('2020-01-02T03:04:05.678Z', '2021-01-01T00:00:00Z')
    expect((await server.ask('PUT', '/api/iclr/typed1', { headers, body })).status).toBe(200)
    expect(await stored('typed1')).toEqual({
      ...TYPED,
      year: expect.objectContaining({ value: 2020 }),
      submittedAt: new Date('2021-01-01T00:00:00Z'),
    })
  })

  it('keeps its ids', async () => {
    const headers = { 'if-match': '*' }
    const put = (body: object) => server.ask('PUT', '/api/iclr/other', { headers, body })
    expect((await put({ title: 'x', id: 'another' })).status).toBe(409)
    expect((await put({ title: 'x', _id: String(_id) })).status).toBe(409)
    expect((await server.ask('PATCH', '/api/iclr/other', { body: { id: null } })).status).toBe(400)
    const done = await put({ title: 'Put' })
    expect(done.json).toEqual({ _id: expect.any(String), id: 'other', title: 'Put' })
  })

  it('of an id that is taken is 409', async () => {
    expect((await server.ask('POST', '/api/iclr', { body: { title: 'x', id: 'twice' } })).status).toBe(409)
  })
})

describe('conditions', () => {
  it('read: 304 to who has it already', async () => {
    const { headers } = await server.ask('GET', '/api/iclr/twice')
    const again = (tag: string) => server.ask('GET', '/api/iclr/twice', { headers: { 'if-none-match': tag } })
    for (const tag of [headers['etag']!, `W/${headers['etag']}`, `"x", ${headers['etag']}`, '*']) {
      expect(await again(tag)).toMatchObject({ status: 304, text: '' })
    }
    expect((await again('"x"')).status).toBe(200)
    expect(headers['cache-control']).toBe('no-cache')
    const none = { 'if-none-match': '*' }
    expect((await server.ask('HEAD', '/api/iclr/twice', { headers: none })).status).toBe(304)
    // Of a write it is the answer that counts.
    const written = await server.ask('PATCH', '/api/iclr/twice', { headers: none, body: { title: 'Changed' } })
    expect([written.status, written.json.title]).toEqual([200, 'Changed'])
  })

  it('write: a whole one needs If-Match, a stale one is 412, a weak one never matches', async () => {
    const body = { title: 'Mine' }
    const put = (headers: Record<string, string>) => server.ask('PUT', '/api/iclr/twice', { headers, body })
    expect((await put({})).status).toBe(428)
    const { etag } = (await server.ask('GET', '/api/iclr/twice')).headers as { etag: string }
    expect((await put({ 'if-match': `W/${etag}` })).status).toBe(412)
    expect((await put({ 'if-match': 'nonsense' })).status).toBe(400)
    expect((await put({ 'if-match': `${etag}, "other"` })).status).toBe(400)
    expect((await put({ 'if-match': etag })).status).toBe(200)
    expect((await put({ 'if-match': etag })).status).toBe(412)
  })

  it('of many who write at once with one ETag one wins; without, nobody’s change is lost', async () => {
    const { json, headers } = await server.ask('POST', '/api/iclr', { body: { title: 'Race' } })
    const url = `/api/iclr/${json.id}`
    const tagged = await Promise.all(
      Array.from({ length: 6 }, (_, n) =>
        server.ask('PATCH', url, { headers: { 'if-match': headers['etag']! }, body: { winner: n } }),
      ),
    )
    expect(tagged.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412, 412, 412])
    const won = tagged.find(({ status }) => status === 200)!
    expect((await server.ask('GET', url)).json.winner).toBe(won.json.winner)
    await Promise.all(Array.from({ length: 6 }, (_, n) => server.ask('PATCH', url, { body: { [`by${n}`]: n } })))
    expect((await server.ask('GET', url)).json).toMatchObject({ by0: 0, by1: 1, by2: 2, by3: 3, by4: 4, by5: 5 })
  })
})

describe('Idempotency-Key', () => {
  const post = (key: string, body: object) =>
    server.ask('POST', '/api/iclr', { headers: { 'idempotency-key': key }, body })

  it('has the same answer again, for ever the first one, and is 422 with another body', async () => {
    const first = await post('k1', { title: 'Once' })
    await server.ask('PATCH', `/api/iclr/${first.json.id}`, { body: { title: 'Changed' } })
    const again = await post('k1', { title: 'Once' })
    expect([again.status, again.text, again.headers['etag'], again.headers['location']]).toEqual([
      201,
      first.text,
      first.headers['etag'],
      first.headers['location'],
    ])
    expect((await post('k1', { title: 'Twice' })).status).toBe(422)
    await server.ask('DELETE', `/api/iclr/${first.json.id}`)
    expect((await post('k1', { title: 'Once' })).text).toBe(first.text)
    expect((await server.ask('GET', `/api/iclr/${first.json.id}`)).status).toBe(404)
  })

  it('makes one of many that come at once, and all have the same answer', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => post('k2', { title: 'Raced', note: 'k2' })))
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
    const papers = server.client.db(server.database).collection('papers')
    expect(await papers.countDocuments({ note: 'k2' })).toBe(1)
  })

  it('is one of its route: the same key for a comment is another request', async () => {
    const paper = await post('k4', { title: 'Both' })
    const body = { paperId: paper.json.id, author: 'A', text: 'Both' }
    const comment = await server.ask('POST', '/api/comments', { headers: { 'idempotency-key': 'k4' }, body })
    expect([comment.status, comment.json.text]).toEqual([201, 'Both'])
  })

  it('with an id of one’s own, too, is no conflict with itself', async () => {
    const first = await post('k5', { title: 'Own', id: 'own-id' })
    await server.client
      .db(server.database)
      .collection('lakeferry_requests')
      .updateMany({}, { $unset: { answer: '' } })
    expect((await post('k5', { title: 'Own', id: 'own-id' })).text).toBe(first.text)
    expect((await post('k6', { title: 'Own', id: 'own-id' })).status).toBe(409)
  })

  it('is known to a server that was started since', async () => {
    const first = await post('k7', { title: 'Before' })
    await server.ask('PATCH', `/api/iclr/${first.json.id}`, { body: { title: 'Changed' } })
    const live = await openLiveDatabase({ uri: server.uri, database: server.database })
    const again = await openApplication(live, { papers: 'papers', comments: 'comments' })
    try {
      const digest = (text: string) => createHash('sha256').update(text).digest('base64url')
      const repeated = { key: '\nk7', body: digest(JSON.stringify({ title: 'Before' })) }
      const answer = await again.papers.insert({ title: 'Before' }, repeated)
      expect(typeof answer === 'string' ? answer : Buffer.from(answer.json).toString()).toBe(first.text)
    } finally {
      await again.close()
    }
  })

  it('makes one when the process died between writing and remembering the answer', async () => {
    const first = await post('k3', { title: 'Died', note: 'k3' })
    const db = server.client.db(server.database)
    await db.collection('lakeferry_requests').updateMany({}, { $unset: { answer: '' } })
    expect((await post('k3', { title: 'Died', note: 'k3' })).text).toBe(first.text)
    expect(await db.collection('papers').countDocuments({ note: 'k3' })).toBe(1)
  })
})

const strip = (object: Record<string, unknown>, name: string): object => {
  const { [name]: _, ...others } = object
  return others
}
