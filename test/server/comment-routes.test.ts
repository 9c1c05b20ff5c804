import { ObjectId } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type LiveServer, linkOf, liveServer } from './live-server.js'

let server: LiveServer
beforeAll(async () => {
  server = await liveServer({
    papers: [
      { id: 'paper1', title: 'One' },
      { id: 'paper2', title: 'Two' },
    ],
    comments: Array.from({ length: 25 }, (_, n) => ({
      ...{ id: `old${n}`, paperId: 'paper2', author: 'A', text: `${n}` },
      createdAt: new Date(Date.UTC(2020, 0, 1 + (n % 5))),
    })),
  })
})
afterAll(() => server.close())

const post = (body: object, headers: Record<string, string> = {}): Promise<Answer> =>
  server.ask('POST', '/api/comments', { body, headers })
const say = (text: string, more: object = {}): Promise<Answer> =>
  post({ paperId: 'paper1', author: 'Ada', text, ...more })
const thread = async (): Promise<{ text: string }[]> =>
  (await server.ask('GET', '/api/iclr/paper1/comments?limit=500')).json

describe('a comment', () => {
  it('gets its id and its time here, and stands at the end of its paper’s', async () => {
    const before = Date.now()
    const made = await say('First!')
    expect(made.status).toBe(201)
    expect(made.json).toMatchObject({
      ...{ id: expect.stringMatching(/^[A-Za-z0-9]{10}$/), paperId: 'paper1', author: 'Ada' },
      ...{ kind: 'remark', text: 'First!' },
    })
    expect(Date.parse(made.json.createdAt)).toBeGreaterThanOrEqual(before)
    const stored = await server.client.db(server.database).collection('comments').findOne({ id: made.json.id })
    expect(stored?.['createdAt']).toEqual(new Date(made.json.createdAt))
    expect((await server.ask('GET', made.headers['location']!)).text).toBe(made.text)
    expect((await thread()).at(-1)).toEqual(made.json)
  })

  it('is refused without its paper, or as an answer to one of another paper', async () => {
    expect((await post({ paperId: 'none', author: 'A', text: 'x' })).status).toBe(404)
    expect((await say('x', { replyTo: 'none' })).status).toBe(409)
    expect((await say('x', { replyTo: 'old1' })).status).toBe(409)
    expect((await say('x', { id: 'mine' })).status).toBe(400)
    expect((await say('x', { createdAt: '2020-01-01T00:00:00Z' })).status).toBe(400)
  })

  it('by the paper’s _id is one of the same thread', async () => {
    const { json } = await server.ask('GET', '/api/iclr/paper1')
    expect((await say('By _id', { paperId: json._id })).json.paperId).toBe('paper1')
    const paged: unknown[] = []
    for (let url: string | undefined = `/api/iclr/${json._id}/comments?limit=1`; url !== undefined; ) {
      const page: Answer = await server.ask('GET', url)
      paged.push(...page.json)
      url = linkOf(page, 'next')
    }
    expect(paged).toEqual(await thread())
    const both = await Promise.all(
      [json._id, 'paper1'].map(id => server.ask('GET', `/api/iclr/${id}/comments`).then(({ text }) => text)),
    )
    expect(both[0]).toBe(both[1])
    expect((await server.ask('GET', '/api/iclr/none/comments')).status).toBe(404)
  })

  it('is changed, under a condition', async () => {
    const made = await say('Typo', { rating: 3 })
    const url = `/api/comments/${made.json.id}`
    const patch = (body: object, headers = {}) => server.ask('PATCH', url, { body, headers })
    expect((await patch({ paperId: 'paper2' })).status).toBe(400)
    const changed = await patch({ text: 'Right', rating: null }, { 'if-match': made.headers['etag'] })
    const { rating, ...others } = made.json
    expect(changed.json).toEqual({ ...others, text: 'Right' })
    expect((await patch({ text: 'Again' }, { 'if-match': made.headers['etag'] })).status).toBe(412)
    const remove = (etag: string) => server.ask('DELETE', url, { headers: { 'if-match': etag } })
    expect((await remove(made.headers['etag']!)).status).toBe(412)
    expect((await remove(changed.headers['etag']!)).status).toBe(204)
  })

  it('of many requests with one key is one', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, () =>
        post({ paperId: 'paper1', author: 'B', text: 'Once' }, { 'idempotency-key': 'c1' }),
      ),
    )
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect((await thread()).filter(({ text }) => text === 'Once')).toHaveLength(1)
    await server.ask('PATCH', `/api/comments/${answers[0]!.json.id}`, { body: { text: 'Changed since' } })
    const again = await post({ paperId: 'paper1', author: 'B', text: 'Once' }, { 'idempotency-key': 'c1' })
    expect([again.status, again.text]).toEqual([201, answers[0]!.text])
    const url = again.headers['location']!
    await server.ask('DELETE', url)
    const late = await post({ paperId: 'paper1', author: 'B', text: 'Once' }, { 'idempotency-key': 'c1' })
    expect([late.status, late.text, (await server.ask('GET', url)).status]).toEqual([201, again.text, 404])
  })
})

describe('removing a comment', () => {
  it('takes it away; but one that has replies stays, without what it said and by whom', async () => {
    const parent = (await say('Parent', { rating: 2 })).json
    const reply = (await say('Reply', { replyTo: parent.id })).json
    expect(reply).toMatchObject({ kind: 'reply', replyTo: parent.id })
    expect((await server.ask('DELETE', `/api/comments/${parent.id}`)).status).toBe(204)
    const left = (await server.ask('GET', `/api/comments/${parent.id}`)).json
    expect(left).toMatchObject({ id: parent.id, author: '[removed]', text: '[removed]', createdAt: parent.createdAt })
    expect(left).toHaveProperty('removedAt')
    expect(left).not.toHaveProperty('rating')
    expect((await server.ask('DELETE', `/api/comments/${reply.id}`)).status).toBe(204)
    expect((await server.ask('GET', `/api/comments/${reply.id}`)).status).toBe(404)
  })

  it('while others answer it leaves no answer hanging in the air', async () => {
    for (let round = 0; round < 5; round++) {
      const parent = (await say(`Round ${round}`)).json
      const [, ...replies] = await Promise.all([
        server.ask('DELETE', `/api/comments/${parent.id}`),
        ...Array.from({ length: 3 }, (_, n) => say(`Reply ${n}`, { replyTo: parent.id })),
      ])
      const isThere = (await server.ask('GET', `/api/comments/${parent.id}`)).status === 200
      const hanging = (await thread()).filter(comment => (comment as { replyTo?: string }).replyTo === parent.id)
      expect(hanging.length).toBe(replies.filter(({ status }) => status === 201).length)
      expect(isThere || hanging.length === 0).toBe(true)
    }
  })
})

it('the comments of a paper come oldest first, in pages', async () => {
  const all = await server.ask('GET', '/api/iclr/paper2/comments?limit=500')
  expect(all.headers['x-total-count']).toBe('25')
  const times = all.json.map(({ createdAt }: { createdAt: string }) => createdAt)
  expect(times).toEqual([...times].sort())
  const seen: unknown[] = []
  for (let url: string | undefined = '/api/iclr/paper2/comments?limit=4'; url !== undefined; ) {
    const page: Answer = await server.ask('GET', url)
    seen.push(...page.json)
    url = linkOf(page, 'next')
  }
  expect(seen).toEqual(all.json)
})

it('a comment that came by another way is served as it is', async () => {
  const _id = new ObjectId()
  const odd = { _id, paperId: 'paper1', author: null, rating: '3: low', createdAt: 'Tue, 01 Jan 2013' }
  await server.client.db(server.database).collection('comments').insertOne(odd)
  expect((await server.ask('GET', `/api/comments/${_id}`)).json).toEqual({ ...odd, _id: String(_id) })
  // Ids are held to be unique where there are any: as many without one as its writer likes.
  await server.client.db(server.database).collection('comments').insertOne({ paperId: 'paper1', text: 'second' })
})
