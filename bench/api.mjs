import { isDeepStrictEqual } from 'node:util'
import { measureLatency } from './api-latency.mjs'
import { load } from './api-load.mjs'
import { apiServers, OURS, startOurs } from './api-servers.mjs'
import { fillCollections } from './collections.mjs'

const DATABASE = 'lakeferry_bench_api'
/** So few that the database is not what is measured. */
const PAPERS = 200
const LIMIT = 50
const CONNECTIONS = 10
/** Of load in a turn; and before it, so that each is warm. */
const SECONDS = 4
const WARM_REQUESTS = 500

const SAME = '/api/iclr'
/**
 * For each connection its own pages, none of which another one asks for: nothing can be shared between requests. All have
 * as many papers.
 */
const OWN_WAYS = Array.from({ length: CONNECTIONS }, (_, connection) =>
  Array.from(
    { length: (PAPERS - LIMIT) / CONNECTIONS },
    (_, step) => `${SAME}?offset=${step * CONNECTIONS + connection}`,
  ),
)
export const LISTS = [
  { list: 'lists that differ', ways: OWN_WAYS },
  { list: 'one list for all', ways: OWN_WAYS.map(() => [SAME]) },
]

/**
 * The list of papers by ours and by others, each a process of its own, in turn; then ours alone: its memory over many
 * requests, and how long it takes over a larger collection.
 *
 * @param requests - over which memory is watched: after a tenth of them, and at the end
 */
export async function measureApi({ uri, papers, rounds, requests, work, say }) {
  await fillCollections({ uri, database: DATABASE, papers, collections: { papers: PAPERS }, say })
  const servers = apiServers({ uri, database: DATABASE, work })
  const expected = await whatIsAnswered(
    servers,
    LISTS.flatMap(({ ways }) => ways.flat()),
  )
  const figures = new Map(LISTS.map(({ list }) => [list, new Map(servers.map(({ name }) => [name, []]))]))
  for (let round = 0; round <= rounds; round++)
    for (const { list, ways } of LISTS)
      for (let turn = 0; turn < servers.length; turn++) {
        const { name, start } = servers[(turn + round) % servers.length]
        say(`${list}, round ${round} of ${rounds}${round === 0 ? ' (not counted)' : ''}: ${name}`)
        const measured = await underLoad(start, { ways, expected: expected.get(name) })
        if (round > 0) figures.get(list).get(name).push(measured)
      }
  say(`memory over ${requests} requests`)
  const ours = { uri, database: DATABASE, work }
  const memory = await memoryOver(requests, () => startOurs(ours), { ways: OWN_WAYS, expected: expected.get(OURS) })
  const latency = await measureLatency({ uri, papers, work, say })
  return { figures, memory, latency, papers: PAPERS, limit: LIMIT, connections: CONNECTIONS, seconds: SECONDS, rounds }
}

/** A fresh process each time, so that nobody has the turn before in its memory. */
async function underLoad(start, { ways, expected }) {
  const server = await start()
  try {
    const { url } = server
    await load({ url, ways, expected, amount: WARM_REQUESTS })
    const before = server.usage()
    const { requests, seconds, latencies } = await load({ url, ways, expected, seconds: SECONDS })
    const after = server.usage()
    const cpuMs = ((after.cpuSeconds - before.cpuSeconds) * 1_000) / requests
    return { rate: requests / seconds, cpuMs, latencies, peakMB: after.peakMB }
  } finally {
    await server.stop()
  }
}

async function memoryOver(last, start, { ways, expected }) {
  const first = last / 10
  const server = await start()
  try {
    const { url } = server
    await load({ url, ways, expected, amount: first })
    const firstMB = server.usage().residentMB
    await load({ url, ways, expected, amount: last - first })
    return { first, last, firstMB, lastMB: server.usage().residentMB, peakMB: server.usage().peakMB }
  } finally {
    await server.stop()
  }
}

/**
 * By server and path, the body byte for byte. All have to answer with the same papers, field by field.
 *
 * @throws Error when they do not
 */
async function whatIsAnswered(servers, paths) {
  const bodies = new Map()
  const papers = new Map()
  for (const { name, start } of servers) {
    const server = await start()
    try {
      const answered = new Map()
      for (const path of new Set(paths)) {
        const response = await fetch(`${server.url}${path}`)
        const body = await response.text()
        if (response.status !== 200) throw new Error(`${name}: ${path} answers ${response.status}: ${body}`)
        const found = JSON.parse(body)
        if (found.length !== LIMIT) throw new Error(`${name}: ${path} has ${found.length} papers`)
        if (!papers.has(path)) papers.set(path, found)
        if (!isDeepStrictEqual(found, papers.get(path))) throw new Error(`${name}: ${path} has other papers`)
        answered.set(path, body)
      }
      bodies.set(name, answered)
    } finally {
      await server.stop()
    }
  }
  return bodies
}
