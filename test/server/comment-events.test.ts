import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EventQueue } from '../../src/app/event-queue.js'
import { type LiveServer, liveServer } from './live-server.js'
import { watchComments } from './watch-comments.js'

let server: LiveServer
let base: string
beforeAll(async () => {
  server = await liveServer({
    papers: [
      { id: 'paper1', title: 'One' },
      { id: 'paper2', title: 'Two' },
    ],
  })
  base = `http://127.0.0.1:${await server.listen()}`
})
afterAll(() => server.close())

const watch = (query = '', headers: Record<string, string> = {}) => watchComments(base, query, headers)
const say = async (text: string, paperId = 'paper1'): Promise<{ id: string; _id: string }> =>
  (await server.ask('POST', '/api/comments', { body: { paperId, author: 'Ada', text } })).json

describe('events of comments', () => {
  it('come to everybody who watches, each paper’s to those who asked for it', async () => {
    const [all, one, two] = await Promise.all([watch(), watch('?paperId=paper1'), watch('?paperId=paper2')])
    for (const { event, response } of [all, one, two]) {
      await event('open')
      expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
      expect(response.headers.get('cache-control')).toBe('no-store')
    }
    const made = await say('Hello')
    for (const { event } of [all, one]) expect((await event('comment', 'Hello')).data).toEqual(made)
    await say('There', 'paper2')
    await two.event('comment', 'There')
    expect(two.seen.map(({ data }) => data.text)).toEqual([undefined, 'There'])
    await server.ask('PATCH', `/api/comments/${made.id}`, { body: { text: 'Hello!' } })
    await one.event('comment-changed', 'Hello!')
    await server.ask('DELETE', `/api/comments/${made.id}`)
    expect((await one.event('comment-removed')).data).toEqual({ _id: made._id })
    await Promise.all([all, one, two].map(({ leave }) => leave()))
  })

  it('that were missed come to who comes back, each once: from what is kept, and from the server’s own log', async () => {
    for (const somebodyStays of [true, false]) {
      const stays = await watch()
      await stays.event('open')
      const first = await watch()
      await first.event('open')
      const mark = `${somebodyStays}`
      await say(`${mark} seen`)
      const last = await first.event('comment', `${mark} seen`)
      await first.leave()
      if (!somebodyStays) await stays.leave()
      await server.untilLeft(somebodyStays ? 1 : 0)
      await say(`${mark} missed 1`)
      await say(`${mark} missed 2`)
      const back = await watch('', { 'last-event-id': last.id! })
      await back.event('comment', `${mark} missed 2`)
      await say(`${mark} new`)
      await back.event('comment', `${mark} new`)
      expect(back.seen.filter(({ event }) => event === 'comment').map(({ data }) => data.text)).toEqual(
        ['missed 1', 'missed 2', 'new'].map(text => `${mark} ${text}`),
      )
      await back.leave()
      if (somebodyStays) await stays.leave()
    }
  })

  it('after a place that nobody knows begin with the news that something is missing', async () => {
    for (const id of ['made-up', 'abcdef', '$where']) {
      const back = await watch('', { 'last-event-id': id })
      await back.event('lost')
      await say(`after ${id}`)
      await back.event('comment', `after ${id}`)
      await back.leave()
    }
  })

  it('end when the server is asked to stop', async () => {
    const watching = await watch()
    await watching.event('open')
    const began = performance.now()
    server.stop.abort()
    await watching.ended()
    // Sooner than the next line that means nothing, by which the server could notice as well.
    expect(performance.now() - began).toBeLessThan(12_000)
    const late = await watch()
    await late.ended()
  })
})

it('a consumer that lets too much wait is left behind, and others are not held up', async () => {
  const queue = new EventQueue<number>(3)
  for (let n = 0; n < 3; n++) expect(queue.push(n)).toBe(true)
  expect(queue.push(3)).toBe(false)
  const got: number[] = []
  for await (const n of queue) got.push(n)
  expect(got).toEqual([])
})
