import { load, percentile } from './api-load.mjs'
import { startOurs } from './api-servers.mjs'
import { fillCollections } from './collections.mjs'

const DATABASE = 'lakeferry_bench_latency'
const COLLECTIONS = { papers: 20_000, comments: 60_000 }
/** Of each kind, counted and before. */
const REQUESTS = 40
const WARM = 4
const MODERATE = 4
const SEARCHED = ['graph', 'attention', 'learning', 'robust', 'policy', 'transformer']
const SEVERAL = [
  'graph neural networks',
  'diffusion models',
  'the limits of reinforcement learning',
  'robust causal discovery',
]

/**
 * How long ours takes for one request over a larger collection, by one client and by several at once. All answers are held
 * to what each list has to have; nobody else is measured, since nobody else has these.
 */
export async function measureLatency({ uri, papers, work, say }) {
  await fillCollections({ uri, database: DATABASE, papers, collections: COLLECTIONS, say })
  const server = await startOurs({ uri, database: DATABASE, work })
  const figures = []
  try {
    for (const { kind, paths } of kinds(await someOf(server.url))) {
      say(`${COLLECTIONS.papers} papers: ${kind}`)
      const expected = new Map()
      for (const path of paths) expected.set(path, await bodyOf(`${server.url}${path}`))
      const times = async connections => {
        const ways = Array.from({ length: connections }, (_, start) => [
          ...paths.slice(start),
          ...paths.slice(0, start),
        ])
        await load({ url: server.url, ways, expected, amount: WARM })
        const { latencies } = await load({ url: server.url, ways, expected, amount: REQUESTS })
        return { p50: percentile(latencies, 0.5), p95: percentile(latencies, 0.95) }
      }
      figures.push({ kind, alone: await times(1), moderate: await times(MODERATE) })
    }
    return { figures, collections: COLLECTIONS, moderate: MODERATE, requests: REQUESTS, peakMB: server.usage().peakMB }
  } finally {
    await server.stop()
  }
}

/** What is asked for: of each kind several addresses, so that clients do not all ask for the same. */
function kinds({ ids, authors, keywords }) {
  const query = (name, values) => values.map(value => `/api/iclr?${name}=${encodeURIComponent(value)}`)
  const years = [2018, 2020, 2022, 2023, 2024]
  return [
    { kind: 'list, by `_id`', paths: query('offset', [0, 50, 5_000, 10_000, 19_000]) },
    { kind: 'list, sorted by rating and title', paths: query('sort', ['-rating_avg,title', 'rating_avg,title']) },
    { kind: 'list of a year', paths: query('year', years) },
    { kind: 'list of a year, best first', paths: query('sort=-rating_avg&year', years) },
    { kind: 'list by rating range', paths: query('ratingMax=9&ratingMin', [3, 4, 5, 6, 7]) },
    { kind: 'list of an author', paths: query('author', authors) },
    { kind: 'list of a keyword', paths: query('keyword', keywords) },
    { kind: 'search, one word', paths: query('q', SEARCHED) },
    { kind: 'search, several words', paths: query('q', SEVERAL) },
    { kind: 'search in a year', paths: query('year=2020&q', SEARCHED) },
    { kind: 'one paper', paths: ids.map(id => `/api/iclr/${id}`) },
    { kind: 'comments on a paper', paths: ids.map(id => `/api/iclr/${id}/comments`) },
  ]
}

async function someOf(url) {
  const papers = JSON.parse(await bodyOf(`${url}/api/iclr?limit=10`))
  const first = (...lists) =>
    lists
      .map(list =>
        String(list ?? '')
          .split(';')[0]
          .trim(),
      )
      .find(name => name !== '')
  const names = papers.map(({ authors, author }) => first(authors, author))
  return {
    ids: papers.map(({ id }) => id),
    authors: names.filter(name => name !== undefined),
    keywords: papers.map(({ keywords }) => first(keywords)).filter(keyword => keyword !== undefined),
  }
}

async function bodyOf(url) {
  const response = await fetch(url)
  const body = await response.text()
  if (response.status !== 200) throw new Error(`${url} answers ${response.status}: ${body.slice(0, 300)}`)
  return body
}
