// Measures the built command as whole processes and writes docs/benchmarks.md. See bench/README.md.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { MongoClient } from 'mongodb'
import { generatePapers } from '../dist/demo/generate-papers.js'
import { insertCollection } from '../dist/demo/insert-collection.js'
import { measure, median } from './measure.mjs'
import { renderPage } from './page.mjs'
import { startServer } from './server.mjs'

const { values } = parseArgs({
  options: {
    documents: { type: 'string', default: '200000' },
    runs: { type: 'string', default: '3' },
    server: { type: 'string' },
  },
})
const documents = Number(values.documents)
const runs = Number(values.runs)
const root = fileURLToPath(new URL('..', import.meta.url))
const cli = join(root, 'dist/cli/main.js')
const DATABASE = 'lakeferry_bench'
const FORMATS = ['parquet', 'ndjson.gz', 'json', 'parquet,ndjson.gz,json']

const work = mkdtempSync(join(tmpdir(), 'lakeferry-bench-'))
const server = await startServer(values.server)
const say = text => process.stderr.write(`${text}\n`)
try {
  say(`server: ${server.name}`)
  const sizes = { papers: documents, papers_twice: 2 * documents }
  const bytes = await fill(sizes)
  const config = join(work, 'lakeferry.yaml')
  const contract = join(root, 'examples/papers.odcs.yaml')
  writeFileSync(
    config,
    [
      `source: {uri: "${server.uri}", database: ${DATABASE}}`,
      `lake: {url: "file:${join(work, 'lake')}"}`,
      'datasets:',
      ...Object.keys(sizes).map(name => `  ${name}: {collection: ${name}, contract: ${contract}}`),
    ].join('\n'),
  )
  const lakeferry = (...args) =>
    measure(process.execPath, [cli, ...args, '--config', config, '--json', '--quiet'], { cwd: work })

  const rows = new Map([['raw', []], ...FORMATS.map(format => [format, []]), ['validate', []]])
  // In turn, round by round, so that a machine that gets slower does so for all of them. The first round warms the disk.
  for (let round = 0; round <= runs; round++) {
    say(`round ${round} of ${runs}${round === 0 ? ' (not counted)' : ''}`)
    const raw = await measure(process.execPath, [join(root, 'bench/raw-read.mjs'), server.uri, DATABASE, 'papers'])
    const read = JSON.parse(raw.stdout)
    if (read.documents !== documents) throw new Error(`the raw read got ${read.documents} of ${documents} documents`)
    const round_ = [['raw', { ...raw, seconds: read.seconds }]]
    for (const format of FORMATS) {
      const run = await lakeferry('export', 'papers', '--format', format)
      const [dataset] = JSON.parse(run.stdout).datasets
      if (dataset.documents !== documents) throw new Error(`${format}: ${dataset.documents} of ${documents} documents`)
      round_.push([format, { ...run, lakeBytes: dataset.bytes }])
      if (format === 'parquet') round_.push(['validate', await lakeferryValidate(config, dataset.runId)])
      rmSync(join(work, 'lake/papers', `run=${dataset.runId}`), { recursive: true })
    }
    if (round > 0) for (const [name, run] of round_) rows.get(name).push(run)
  }
  const twice = []
  for (const format of ['parquet', FORMATS.at(-1)]) {
    const run = await lakeferry('export', 'papers_twice', '--format', format)
    twice.push({ format, peakMB: run.peakMB })
  }
  const page = renderPage({
    documents,
    bytes: bytes.papers,
    runs,
    server: server.name,
    rows,
    twice,
    median,
    version: packageVersion(),
  })
  writeFileSync(join(root, 'docs/benchmarks.md'), page)
  process.stdout.write(page)
} finally {
  await server.stop()
  rmSync(work, { recursive: true, force: true })
}

/** A verdict of 1 (the data breaks its contract) is an answer here: the papers have defects planted. */
async function lakeferryValidate(config, runId) {
  const args = [cli, 'validate', 'papers', '--run', runId, '--config', config, '--json', '--quiet']
  return measure(process.execPath, args, { cwd: work, accept: [0, 1] })
}

async function fill(collections) {
  const client = await new MongoClient(server.uri).connect()
  const total = {}
  try {
    const db = client.db(DATABASE)
    for (const [name, count] of Object.entries(collections)) {
      say(`writing ${count} papers into ${name}`)
      await insertCollection(db, name, generatePapers({ count, seed: 1 }), {})
      const sample = await db.collection(name).find({}, { raw: true }).limit(2_000).toArray()
      total[name] = (sample.reduce((sum, document) => sum + document.length, 0) / sample.length) * count
    }
  } finally {
    await client.close()
  }
  return total
}

function packageVersion() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version
}
