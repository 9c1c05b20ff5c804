import { type Document, Double, ObjectId } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type LiveServer, linkOf, liveServer } from './live-server.js'

interface Made extends Document {
  readonly _id: ObjectId
  readonly id: string
}

const STATUSES = ['Oral', 'Poster', null, undefined]
const PAPERS: readonly Made[] = Array.from({ length: 60 }, (_, n) => ({
  _id: new ObjectId(),
  id: `paper${String(n).padStart(3, '0')}`,
  title: `Title ${n % 7}`,
  year: n % 9 === 0 ? String(2018 + (n % 3)) : 2018 + (n % 3),
  ...(STATUSES[n % 4] === undefined ? {} : { status: STATUSES[n % 4] }),
  ...(n % 5 === 0 ? {} : { rating_avg: n % 2 === 0 ? n % 10 : new Double((n % 10) + 0.5) }),
  ...(n % 3 === 0
    ? { authors: ['Ada A. Lovelace', 'Bob (B+)'] }
    : n % 3 === 1
      ? { authors: 'Cy;Ada A. Lovelace' }
      : { author: 'Dee; Bob (B+) ;Eve' }),
  keywords: n % 2 === 0 ? ['graph', 'GNN'] : 'graphs;deep learning',
}))
let server: LiveServer
beforeAll(async () => {
  server = await liveServer({ papers: PAPERS })
})
afterAll(() => server.close())

const ids = ({ json }: Answer): string[] => json.map(({ id }: { id: string }) => id)
const list = (query: string) => server.ask('GET', `/api/iclr${query}`)

/** All pages, by the links. */
async function follow(
  first: string,
  between: (page: number) => Promise<void> = async () => undefined,
): Promise<string[]> {
  const seen: string[] = []
  let url: string | undefined = first
  for (let page = 0; url !== undefined && page < 200; page++) {
    const answer: Answer = await server.ask('GET', url)
    expect(answer.status).toBe(200)
    seen.push(...ids(answer))
    await between(page)
    url = linkOf(answer, 'next')
  }
  return seen
}

describe('the list of papers', () => {
  it('is a plain array of 50, with the total and the ways on', async () => {
    const first = await list('')
    expect(first.json).toHaveLength(50)
    expect(first.json[0]).toMatchObject({ _id: String(PAPERS[0]!._id), id: 'paper000' })
    expect(first.headers['x-total-count']).toBe('60')
    expect(linkOf(first, 'prev')).toBeUndefined()
    const last = await server.ask('GET', linkOf(first, 'next')!)
    expect(last.json).toHaveLength(10)
    expect([linkOf(last, 'next'), linkOf(last, 'first')]).toEqual([undefined, '/api/iclr'])
    const middle = await list('?limit=10&offset=20')
    expect(ids(middle)[0]).toBe('paper020')
    expect([linkOf(middle, 'prev'), linkOf(middle, 'first')]).toEqual([
      '/api/iclr?limit=10&offset=10',
      '/api/iclr?limit=10',
    ])
    const head = await server.ask('HEAD', '/api/iclr')
    expect([head.status, head.text, head.headers['x-total-count']]).toEqual([200, '', '60'])
  })

  it('is [] where there is nothing', async () => {
    for (const query of ['?status=None', '?offset=1000', '?q=nothing', '?author=nobody&q=title']) {
      const answer = await list(query)
      expect([answer.status, answer.text]).toEqual([200, '[]'])
    }
    expect((await list('?offset=1000')).headers['x-total-count']).toBe('60')
  })

  it('is filtered, whatever shape a field has', async () => {
    const matching = (is: (paper: (typeof PAPERS)[number]) => boolean) => PAPERS.filter(is).map(({ id }) => id)
    const numberOf = (n: unknown) => Number(n ?? Number.NaN)
    for (const [query, wanted] of [
      ['year=2019', matching(({ year }) => Number(year) === 2019)],
      ['status=Oral', matching(paper => 'status' in paper && paper.status === 'Oral')],
      ['author=ada%20a.%20lovelace', matching(({ authors }) => authors !== undefined)],
      ['author=Bob%20(B%2B)', matching(({ authors }) => typeof authors !== 'string')],
      ['author=Bob', []],
      ['author=Ada%20Ax%20Lovelace', []],
      ['keyword=graph', matching(({ keywords }) => Array.isArray(keywords))],
      ['keyword=Deep%20Learning', matching(({ keywords }) => !Array.isArray(keywords))],
      ['keyword=.*', []],
      ['ratingMin=8&ratingMax=8.5', matching(({ rating_avg: r }) => numberOf(r) >= 8 && numberOf(r) <= 8.5)],
      ['year=2019&ratingMin=9', matching(({ year, rating_avg: r }) => Number(year) === 2019 && numberOf(r) >= 9)],
    ] as const) {
      const answer = await list(`?${query}&limit=500`)
      expect(ids(answer), query).toEqual(wanted)
      expect(answer.headers['x-total-count'], query).toBe(String(wanted.length))
    }
  })

  it.each(['', 'sort=-rating_avg,title', 'sort=year', 'sort=-year,status', 'sort=status,-id', 'q=title&sort=-year'])(
    'goes through all of it by the cursor as in one page: %s',
    async sort => {
      const whole = ids(await list(`?limit=500&${sort}`))
      expect(new Set(whole).size).toBe(60)
      expect(await follow(`/api/iclr?limit=7&${sort}`)).toEqual(whole)
    },
  )

  it('refuses a cursor of another list, and a cursor with an offset', async () => {
    const next = linkOf(await list('?limit=5&sort=title'), 'next')!
    const cursor = new URLSearchParams(next.split('?')[1]).get('cursor')!
    for (const query of [
      `cursor=${cursor}`,
      `sort=title&cursor=${cursor}x`,
      `sort=title&offset=5&cursor=${cursor}`,
      `sort=-title&cursor=${cursor}`,
      `sort=title&year=2019&cursor=${cursor}`,
      `sort=title&q=title&cursor=${cursor}`,
      'cursor=x',
    ]) {
      expect((await list(`?${query}`)).status, query).toBe(400)
    }
    const found = linkOf(await list('?limit=5&q=title'), 'next')!
    const ranked = encodeURIComponent(new URLSearchParams(found.split('?')[1]).get('cursor')!)
    for (const query of [`q=titles&cursor=${ranked}`, `q=title&status=Oral&cursor=${ranked}`, `cursor=${ranked}`])
      expect((await list(`?${query}`)).status, query).toBe(400)
    // How many at once is no part of what it is a list of.
    expect((await list(`?limit=50&sort=title&cursor=${cursor}`)).json).toHaveLength(50)
  })
})

describe('cursors while papers come and go', () => {
  it.each(['sort=-rating_avg,title', 'sort=-year', 'q=title', ''])(
    'show nothing twice, and all that stays: %s',
    async sort => {
      const papers = server.client.db(server.database).collection('papers')
      const made: string[] = []
      const removed: string[] = []
      const whole = ids(await list(`?limit=500&${sort}`))
      const seen = await follow(`/api/iclr?limit=6&${sort}`, async page => {
        // Before and behind the place where the reader is; the paper that the cursor stands on, too.
        const { json } = await server.ask('POST', '/api/iclr', {
          body: { title: `Title ${page % 7}`, year: 2017 + (page % 5), rating_avg: page % 11 },
        })
        made.push(json.id)
        const gone = whole[(page + 1) * 6 - 1]
        if (gone === undefined || page > 5) return
        removed.push(gone)
        await papers.deleteOne({ id: gone })
      })
      expect(new Set(seen).size).toBe(seen.length)
      const stayed = whole.filter(id => !removed.includes(id))
      expect(seen.filter(id => stayed.includes(id))).toEqual(stayed)
      // As it was, for the next one.
      await papers.deleteMany({ id: { $in: made } })
      await papers.insertMany(PAPERS.filter(({ id }) => removed.includes(id)))
    },
  )
})
