import { ObjectId } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { wordScores } from '../../src/app/text-score.js'
import { searchWords } from '../../src/app/words.js'
import { realReplicaSet } from '../support/services.js'
import { ALL, documentsOf, type LiveApplication, liveApplication } from './live-application.js'

const paper = (title: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  _id: new ObjectId(),
  id: title,
  title,
  ...more,
})
const PAPERS = [
  paper('Graph networks', { keywords: ['graph', 'deep learning'], authors: ['Ada Löve', 'Bob'], year: 2020 }),
  paper('On deep graph kernels and graph networks', { keywords: 'kernel;graph', author: 'Cy Graph', year: 2021 }),
  paper('Nothing of that kind', { abstract: 'Only here is a graph, and kernels.', year: 2020 }),
  paper('Résumé parsing', { abstract: 'A résumé is no graph: résumé, resume.', authors: '', year: 2020 }),
  paper('Graph-based “quotes”', { keywords: ['GRAPH'] }),
  paper('Paragraph', { abstract: null, keywords: [1, null, { a: 'graph' }] }),
  paper('Same words', { abstract: 'tie' }),
  paper('Same words', { abstract: 'tie', id: 'again' }),
]

/** By hand: every paper's own score, best first, equals in the order of their ids. */
function ranked(query: string, papers: readonly Record<string, unknown>[] = PAPERS): string[] {
  const words = searchWords(query)
  const scores = papers.map(paper => {
    const texts = ['title', 'abstract', 'authors', 'author', 'keywords'].flatMap(name =>
      [paper[name]].flat().flatMap(text => (typeof text === 'string' ? [[name, text] as const] : [])),
    )
    const own = wordScores(texts)
    return { id: String(paper['_id']), score: words.reduce((sum, word) => sum + (own.get(word) ?? 0), 0) }
  })
  const found = scores.filter(({ score }) => score > 0)
  return found.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1)).map(({ id }) => id)
}

const QUERIES = [
  'graph',
  'graph networks',
  'resume',
  'RÉSUMÉ',
  'deep learning',
  'lowe love',
  'tie',
  'paragraph',
  '"-graph"',
]

function behaves(open: () => LiveApplication): void {
  const search = async (q: string, more: object = {}) => {
    const page = await open().application.papers.list({ ...ALL, q, ...more })
    return { ids: documentsOf(page).map(({ _id }) => _id), total: page === 'bad-cursor' ? 0 : page.total }
  }

  it.each(QUERIES)('finds the papers that have any of the words, and ranks them by the rule: %s', async q => {
    const wanted = ranked(q)
    expect(await search(q)).toEqual({ ids: wanted, total: wanted.length })
  })

  it('ranks those that meet a filter, pages through them and sorts them otherwise when asked', async () => {
    const in2020 = PAPERS.filter(paper => 'year' in paper && paper['year'] === 2020)
    expect(await search('graph', { year: 2020 })).toEqual({ ids: ranked('graph', in2020), total: 3 })
    expect((await search('graph', { offset: 1, limit: 2 })).ids).toEqual(ranked('graph').slice(1, 3))
    const sorted = await search('graph', { sort: [{ field: 'title', descending: true }] })
    const titles = new Map(PAPERS.map(({ _id, title }) => [String(_id), title]))
    const found = ranked('graph').map(id => String(titles.get(id)))
    expect(sorted.ids.map(id => titles.get(id))).toEqual(found.sort().reverse())
  })

  it('finds at once what was written here, and soon what others wrote', async () => {
    const { papers } = open().application
    const made = await papers.insert({ title: 'Quixotic' })
    if (typeof made === 'string') throw new Error(made)
    const [id] = (await search('quixotic')).ids
    expect((await search('quixotic')).total).toBe(1)
    await papers.patch(made.id, { title: 'Panzaic' })
    expect((await search('quixotic')).total + (await search('panzaic')).total).toBe(1)
    await papers.remove(made.id)
    expect((await search('panzaic')).ids).toEqual([])
    const collection = open().client.db(open().database).collection('papers')
    await collection.insertOne({ _id: new ObjectId(id), title: 'Dulcinea' })
    const found = async () => (await search('dulcinea')).ids
    await expect.poll(found, { timeout: 25_000 }).toEqual([id])
    await collection.deleteOne({ _id: new ObjectId(id) })
    await expect.poll(found, { timeout: 25_000 }).toEqual([])
  })
}

describe('search by the index in memory', () => {
  let live: LiveApplication
  beforeAll(async () => {
    live = await liveApplication({ papers: PAPERS }, { search: 'own' })
  })
  afterAll(() => live.close())
  behaves(() => live)
})

// A real mongod has text indexes; what the tests run on has not.
const uri = process.env['LAKEFERRY_TEST_MONGODB_URI']
if (uri === undefined || uri === '') {
  it('search by the server’s text index behaves the same', context => void realReplicaSet(context))
} else {
  describe('search by the server’s text index', () => {
    let live: LiveApplication
    beforeAll(async () => {
      live = await liveApplication({ papers: PAPERS }, { uri })
    })
    afterAll(() => live.close())
    behaves(() => live)
  })
}
