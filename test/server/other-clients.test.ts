import { connect } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LiveServer, liveServer } from './live-server.js'

/** Whose data it is stands in every text of it: `mark3x`. */
const CLIENTS = 6
const MARK = /mark(\d+)x/g
const TOKENS = ['w'.repeat(20), 'p'.repeat(20)] as const
const tokenOf = (client: number): string => TOKENS[client % 2]!
const paper = (client: number, n: number) => ({
  ...{ id: `mark${client}x-${n}`, title: `mark${client}x shared words ${n}`, status: `mark${client}x` },
  ...{
    authors: [`mark${client}x`, 'Everybody'],
    keywords: [`mark${client}x`],
    year: 2000 + client,
    rating_avg: client,
  },
})

let server: LiveServer
let port: number
beforeAll(async () => {
  const all = Array.from({ length: CLIENTS * 8 }, (_, n) => [n % CLIENTS, Math.floor(n / CLIENTS)] as const)
  server = await liveServer(
    {
      papers: all.map(([client, n]) => paper(client, n)),
      comments: all.map(([client, n]) => ({
        ...{
          id: `mark${client}x-c${n}`,
          paperId: `mark${client}x-0`,
          author: `mark${client}x`,
          text: `mark${client}x`,
        },
        createdAt: new Date(1_600_000_000_000 + n),
      })),
    },
    { writeToken: TOKENS[0], pipelineToken: TOKENS[1] },
  )
  port = await server.listen()
})
afterAll(() => server.close())

interface Raw {
  readonly status: number
  readonly head: string
  readonly body: string
}

/** Several requests over one connection, none waiting for the answer to the one before. */
function pipelined(requests: readonly string[], abortAfter?: number): Promise<Raw[]> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let bytes: Buffer = Buffer.alloc(0)
    const answers: Raw[] = []
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk])
      for (let end = bytes.indexOf('\r\n\r\n'); end >= 0; end = bytes.indexOf('\r\n\r\n')) {
        const head = bytes.toString('latin1', 0, end)
        const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)
        if (bytes.length < end + 4 + length) break
        answers.push({
          status: Number(head.slice(9, 12)),
          head,
          body: bytes.toString('utf8', end + 4, end + 4 + length),
        })
        bytes = bytes.subarray(end + 4 + length)
      }
      if (answers.length === requests.length) socket.destroy()
    })
    socket.once('error', reject)
    socket.once('close', () => resolve(answers))
    socket.write(requests.join(''))
    if (abortAfter !== undefined) setTimeout(() => socket.destroy(), abortAfter)
  })
}

function request(method: string, path: string, client: number, body?: object, more = ''): string {
  const text = body === undefined ? '' : JSON.stringify(body)
  return (
    `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${tokenOf(client)}\r\n${more}` +
    (body === undefined ? '\r\n' : `Content-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`)
  )
}

/** What a client may ask, all of its own; `marked`: whether the answer has to hold its mark. */
const QUESTIONS: readonly ((client: number, n: number) => readonly [text: string, marked: boolean])[] = [
  client => [request('GET', `/api/iclr?status=mark${client}x&limit=3`, client), true],
  client => [request('GET', `/api/iclr?author=mark${client}x&sort=-title&limit=4&offset=1`, client), true],
  client => [request('GET', `/api/iclr?keyword=mark${client}x&limit=2`, client), true],
  client => [request('GET', `/api/iclr?q=mark${client}x&limit=5`, client), true],
  client => [request('GET', `/api/iclr?q=shared&year=${2000 + client}&limit=5`, client), true],
  client => [request('GET', `/api/iclr?ratingMin=${client}&ratingMax=${client}&limit=3`, client), true],
  (client, n) => [request('GET', `/api/iclr/mark${client}x-${n % 8}`, client), true],
  client => [request('GET', `/api/iclr/mark${client}x-0/comments?limit=3`, client), true],
  (client, n) => [request('GET', `/api/comments/mark${client}x-c${n % 8}`, client), true],
  client => [request('GET', `/api/iclr/mark${client}x-none`, client), true],
  client => [request('GET', `/api/iclr?limit=mark${client}x`, client), false],
  client => [request('PATCH', `/api/iclr/mark${client}x-0`, client, { note: `mark${client}x`, id: 'no' }), false],
  client => [request('PATCH', `/api/iclr/mark${client}x-1`, client, { note: `mark${client}x` }), true],
  // All use the same keys; each body is the client's own.
  (client, n) => [
    request(
      'POST',
      '/api/comments',
      client,
      { paperId: `mark${client}x-1`, author: `mark${client}x`, text: `mark${client}x` },
      `Idempotency-Key: everybodys-${n % 4}\r\n`,
    ),
    false,
  ],
]

/** Marks of others, in anything that was answered. */
const foreign = (client: number, { head, body }: Raw): string[] =>
  [...`${head}\n${body}`.matchAll(MARK)].map(([mark]) => mark).filter(mark => mark !== `mark${client}x`)

describe('no answer holds what its own request did not ask for', () => {
  it('whoever else asks at the same time: over connections that are kept, without waiting, and broken off', async () => {
    const step = fc.record({
      question: fc.nat(QUESTIONS.length - 1),
      n: fc.nat(7),
    })
    const client = fc.record({
      steps: fc.array(step, { minLength: 2, maxLength: 8 }),
      abortAfter: fc.option(fc.nat(20), { nil: undefined, freq: 3 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(client, { minLength: CLIENTS, maxLength: CLIENTS }), async clients => {
        await Promise.all(
          clients.map(async ({ steps, abortAfter }, number) => {
            const asked = steps.map(({ question, n }) => QUESTIONS[question]!(number, n))
            const texts = asked.map(([text]) => text)
            const answers = await pipelined(texts, abortAfter)
            if (abortAfter === undefined) expect(answers).toHaveLength(asked.length)
            for (const [index, answer] of answers.entries()) {
              const [text, marked] = asked[index]!
              expect(foreign(number, answer), `${text}\n${answer.head}\n${answer.body}`).toEqual([])
              expect(answer.status, text).toBeLessThan(500)
              // In the order in which they were asked: a 404 or a page of one's own, and nothing else.
              if (marked && answer.status === 200) expect(answer.body).toContain(`mark${number}x`)
            }
          }),
        )
      }),
      { numRuns: 25 },
    )
  })

  it('each goes through its own list by its own cursors, and to the end', async () => {
    const through = async (client: number): Promise<string[]> => {
      const ids: string[] = []
      let url: string | undefined = `/api/iclr?status=mark${client}x&sort=-title&limit=3`
      while (url !== undefined) {
        const [answer] = await pipelined([request('GET', url, client)])
        expect(foreign(client, answer!)).toEqual([])
        ids.push(...JSON.parse(answer!.body).map(({ id }: { id: string }) => id))
        url = /<([^>]*)>; rel="next"/.exec(answer!.head)?.[1]
      }
      return ids
    }
    const lists = await Promise.all(Array.from({ length: CLIENTS * 2 }, (_, n) => through(n % CLIENTS)))
    for (const [n, ids] of lists.entries())
      expect(ids).toEqual([7, 6, 5, 4, 3, 2, 1, 0].map(k => `mark${n % CLIENTS}x-${k}`))
  })

  it('a cursor of one list is refused by every other', async () => {
    const cursors = await Promise.all(
      [0, 1].map(async client => {
        const lists = [`/api/iclr?status=mark${client}x`, `/api/iclr?q=mark${client}x`]
        const pages = [...lists, `/api/iclr/mark${client}x-0/comments?offset=0`]
        return await Promise.all(
          pages.map(async url => {
            const [{ head }] = (await pipelined([request('GET', `${url}&limit=2`, client)])) as [Raw]
            return [url, /cursor=([^>&]+)/.exec(head)?.[1] ?? ''] as const
          }),
        )
      }),
    )
    const all = cursors.flat()
    expect(all.every(([, cursor]) => cursor !== '')).toBe(true)
    for (const [url] of all) {
      for (const [from, cursor] of all) {
        const [answer] = await pipelined([
          request('GET', `${url.replace('?offset=0', '?limit=2')}&cursor=${cursor}`, 0),
        ])
        expect([url, from, answer!.status]).toEqual([url, from, url === from ? 200 : 400])
      }
    }
  })

  it('a key that another client has used before has never its answer', async () => {
    const body = (client: number) => ({ title: `mark${client}x secret` })
    const post = async (client: number, sent: object) =>
      (await pipelined([request('POST', '/api/iclr', client, sent, 'Idempotency-Key: guessed\r\n')]))[0]!
    const first = await post(0, body(0))
    expect(first.status).toBe(201)
    // With another token the key is another one; with the same, another body is refused without a word of the first.
    const other = await post(1, body(1))
    expect([other.status, foreign(1, other)]).toEqual([201, []])
    const same = await post(2, body(2))
    expect([same.status, foreign(2, same)]).toEqual([422, []])
    expect(same.body).not.toContain(JSON.parse(first.body).id)
    // Whoever has neither token has nothing.
    const [none] = await pipelined([
      request('POST', '/api/iclr', 0, body(0), 'Idempotency-Key: guessed\r\n').replace(/Authorization.*\r\n/, ''),
    ])
    expect([none!.status, [...none!.body.matchAll(MARK)]]).toEqual([401, []])
  })
})
