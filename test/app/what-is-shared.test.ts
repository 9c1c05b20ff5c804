import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { PaperQuery } from '../../src/ports/paper-store.js'
import { ALL, documentsOf, type LiveApplication, liveApplication } from './live-application.js'
import { Gate, WatchedDatabase } from './watched-database.js'

const watched = new WatchedDatabase()
let live: LiveApplication
beforeAll(async () => {
  live = await liveApplication(
    {
      papers: Array.from({ length: 12 }, (_, n) => ({
        ...{ id: `p${n}`, title: `word${n % 2} all`, year: 2020 + (n % 3), status: n % 4 === 0 ? 'Oral' : 'Poster' },
        ...{ authors: [`Author ${n % 4}`], keywords: [`k${n % 6}`], rating_avg: n },
      })),
      comments: Array.from({ length: 5 }, (_, n) => ({ id: `c${n}`, paperId: 'p0', author: 'A', text: 'x' })),
    },
    { through: watched.through },
  )
})
afterEach(() => {
  watched.after = {}
  watched.before = {}
  vi.restoreAllMocks()
})
afterAll(() => live.close())

const list = async (query: Partial<PaperQuery> = {}) => {
  const page = await live.application.papers.list({ ...ALL, ...query })
  if (page === 'bad-cursor') throw new Error(page)
  return { ids: documentsOf(page).map(({ id }) => id as string), total: page.total, next: page.next }
}
const made = async (title = 'New'): Promise<string> => {
  const paper = await live.application.papers.insert({ title })
  if (typeof paper === 'string') throw new Error(paper)
  return paper.id
}

describe('a page that many ask for at once', () => {
  it('is read for all of them together', async () => {
    const before = watched.asked.read
    const pages = await Promise.all(Array.from({ length: 20 }, () => list({ limit: 3 })))
    expect(new Set(pages.map(page => JSON.stringify(page))).size).toBe(1)
    // One for the first, and one for all who came while that was read.
    expect(watched.asked.read - before).toBe(2)
  })

  it('is never one that was read before a write was answered', async () => {
    const gate = new Gate()
    watched.after.read = gate.pass
    const early = list()
    await gate.reached
    watched.after = {}
    const id = await made()
    const late = list()
    const latest = list()
    gate.open()
    expect((await early).ids).not.toContain(id)
    for (const page of [await late, await latest]) expect(page.ids).toContain(id)
    await live.application.papers.remove(id)
    expect((await list()).ids).not.toContain(id)
  })

  it('is another one for who asks for anything else', async () => {
    const { next } = await list({ limit: 5 })
    const others: Partial<PaperQuery>[] = [
      {},
      { limit: 5 },
      { limit: 5, offset: 4 },
      { limit: 5, cursor: next! },
      { q: 'word0' },
      { q: 'word1' },
      { year: 2020 },
      { year: 2021 },
      { status: 'Oral' },
      { author: 'Author 1' },
      { keyword: 'k1' },
      { ratingMin: 6 },
      { ratingMax: 6 },
      { sort: [{ field: 'id', descending: true }] },
      { sort: [{ field: 'id', descending: false }] },
    ]
    const alone = []
    for (const query of others) alone.push(await list(query))
    expect(new Set(alone.map(({ ids }) => ids.join())).size).toBe(others.length)
    for (let round = 0; round < 3; round++) {
      const together = await Promise.all([...others, ...others].map(query => list(query)))
      expect(together).toEqual([...alone, ...alone])
    }
  })
})

describe('the total beside a page', () => {
  const total = async () => (await list({ limit: 2 })).total
  const ofPaper = async () => {
    const page = await live.application.comments.ofPaper('p0', { limit: 2, offset: 0 })
    return page === 'bad-cursor' ? undefined : page.total
  }

  it('is kept for a moment, and right after each write', async () => {
    // The moment is a second, which does not pass while these are asked.
    const now = vi.spyOn(performance, 'now').mockReturnValue(performance.now())
    expect(await total()).toBe(12)
    const before = watched.asked.count
    for (let n = 0; n < 5; n++) await total()
    expect(watched.asked.count - before).toBe(0)
    now.mockRestore()
    const id = await made()
    expect(await total()).toBe(13)
    expect((await list({ limit: 1, status: 'None' })).total).toBe(0)
    await live.application.papers.patch(id, { status: 'None' })
    expect((await list({ limit: 1, status: 'None', offset: 1 })).total).toBe(1)
    await live.application.papers.remove(id)
    expect(await total()).toBe(12)
  })

  it('of a paper’s comments, too', async () => {
    expect(await ofPaper()).toBe(5)
    const comment = await live.application.comments.insert({ paperId: 'p0', author: 'A', text: 'x' })
    expect(await ofPaper()).toBe(6)
    await live.application.comments.remove(typeof comment === 'string' ? '' : comment.id)
    expect(await ofPaper()).toBe(5)
  })

  it('is not one that was counted before a write was answered', async () => {
    const gate = new Gate()
    watched.after.count = gate.pass
    const early = list({ limit: 2, year: 2022 })
    await gate.reached
    watched.after = {}
    const id = (await live.application.papers.insert({ title: 'x', year: 2022 })) as { id: string }
    // Another page of the same list: who asks for this one waits for what is being read.
    expect((await list({ limit: 3, year: 2022 })).total).toBe(5)
    gate.open()
    expect((await early).total).toBe(4)
    expect((await list({ limit: 2, year: 2022 })).total).toBe(5)
    await live.application.papers.remove(id.id)
  })
})

describe('a write, when somebody else’s comes between its reading and its writing,', () => {
  const collection = () => live.client.db(live.database).collection('papers')
  const between = (method: 'swap' | 'removeExactly', id: string): void => {
    let first = true
    watched.before[method] = async () => {
      if (first) await collection().updateOne({ id }, { $set: { theirs: 1, __v: 2 } })
      first = false
    }
  }

  it('goes on top of it, and takes nothing of it away', async () => {
    const id = await made()
    between('swap', id)
    expect(await live.application.papers.patch(id, { mine: 1 })).toMatchObject({ id })
    expect(await collection().findOne({ id })).toMatchObject({ title: 'New', mine: 1, theirs: 1 })
    between('removeExactly', id)
    expect(await live.application.papers.remove(id)).toBe('removed')
  })

  it('is not done where it wanted what was there before', async () => {
    const id = await made()
    const version = async () => (await live.application.papers.get(id))!.version
    between('swap', id)
    expect(await live.application.papers.replace(id, { title: 'Mine' }, await version())).toBe('changed')
    expect(await collection().findOne({ id })).toMatchObject({ title: 'New', theirs: 1 })
    await collection().updateOne({ id }, { $unset: { theirs: 1 } })
    between('removeExactly', id)
    expect(await live.application.papers.remove(id, await version())).toBe('changed')
    expect(await collection().findOne({ id })).toMatchObject({ title: 'New', theirs: 1 })
    await live.application.papers.remove(id)
  })
})
