// Measures the built command and its peers as whole processes and writes docs/benchmarks.md. See bench/README.md.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { measureApi } from './api.mjs'
import { apiText } from './api-page.mjs'
import { fillCollections } from './collections.mjs'
import { contenders } from './contenders.mjs'
import { benchOptions } from './options.mjs'
import { renderPage } from './page.mjs'
import { findPeers } from './peers.mjs'
import { lakeferry } from './product.mjs'
import { startServer } from './server.mjs'
import { measureValidation } from './validate.mjs'

const DATABASE = 'lakeferry_bench'
/** Those whose memory over the larger collection tells something; the others go the same way as one of them. */
const AT_SCALE = new Set(['parquet', 'ndjson.gz', 'all five', 'mongodump', 'mongoexport', 'rivet'])

const options = benchOptions(process.argv.slice(2), process.env)
const root = fileURLToPath(new URL('..', import.meta.url))
const work = mkdtempSync(join(tmpdir(), 'lakeferry-bench-'))
const server = await startServer(options.server)
const { uri } = server
const say = text => process.stderr.write(`${text}\n`)
try {
  say(`server: ${server.name}`)
  if (options.only?.length === 1 && options.only[0] === 'api') process.stdout.write(apiText(await measuredApi()))
  else await measureAll()
} finally {
  await server.stop()
  rmSync(work, { recursive: true, force: true })
}

async function measureAll() {
  const peers = findPeers({ uri, database: DATABASE, work })
  say(`peers: ${peers.there.map(({ name, version }) => `${name} (${version})`).join(', ') || 'none'}`)
  if (peers.missing.length > 0) say(`not on the PATH: ${peers.missing.join(', ')}`)

  const collections = { papers: options.documents, ...(options.many > 0 ? { papers_many: options.many } : {}) }
  const written = await fillCollections({ uri, database: DATABASE, papers: options.papers, collections, say })
  const { papers, papers_many: many } = written.filled
  const product = lakeferry({ uri, database: DATABASE, work })
  const all = contenders({ uri, database: DATABASE, product, peers: peers.there })
  const wanted = options.only === undefined ? all : all.filter(({ name }) => options.only.includes(name))

  const figures = new Map()
  // In turn, round by round, so that a machine that gets slower does so for all of them, and each round begins elsewhere,
  // so that nobody always comes after the same one. The round before the first fills the caches and is not counted.
  for (let round = 0; round <= options.runs; round++) {
    for (let turn = 0; turn < wanted.length; turn++) {
      const { name, run } = wanted[(turn + round) % wanted.length]
      say(`round ${round} of ${options.runs}${round === 0 ? ' (not counted)' : ''}: ${name}`)
      const place = { collection: 'papers', ...papers, checked: round === 0, proofs: true }
      for (const [label, measured] of Object.entries(await run(place))) {
        if (!figures.has(label)) figures.set(label, [])
        if (round > 0) figures.get(label).push(measured)
      }
    }
  }
  const atScale = new Map()
  if (many !== undefined)
    for (const { name, run } of wanted.filter(({ name }) => AT_SCALE.has(name))) {
      say(`${many.documents} documents: ${name}`)
      const measured = await run({ collection: 'papers_many', ...many, checked: true, proofs: false })
      atScale.set(name, measured[name])
    }
  // Of part of the benchmark it is asked for by this name.
  const validation =
    options.only === undefined || options.only.includes('validation')
      ? await measureValidation({
          ...{ product, rounds: options.runs, work, say },
          collection: { collection: 'papers', ...papers },
        })
      : undefined
  const api = options.only === undefined || options.only.includes('api') ? await measuredApi() : undefined
  const page = renderPage({
    ...{ figures, atScale, papers, many, peers, validation, api, fields: written.fields, real: options.papers !== '' },
    ...{ runs: options.runs, server: server.name, version: packageVersion() },
  })
  if (options.writesPage && options.runs > 0) writeFileSync(join(root, 'docs/benchmarks.md'), page)
  process.stdout.write(page)
}

function measuredApi() {
  const { papers, runs: rounds, apiRequests: requests } = options
  return measureApi({ uri, papers, rounds, requests, work, say })
}

function packageVersion() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version
}
