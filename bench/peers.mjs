import { execFileSync } from 'node:child_process'
import { createReadStream, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createGunzip } from 'node:zlib'
import { parquetMetadata } from 'hyparquet'
import { measure } from './measure.mjs'
import { onPath } from './on-path.mjs'

/**
 * Other people's tools, run as their manuals say, with their defaults, into a folder of this machine. `check` makes sure
 * that a peer did its work, outside of what is measured: one that stops half way would look fast.
 */
const PEERS = [
  {
    name: 'mongodump',
    program: 'mongodump',
    what: 'a plain copy: the BSON as it is',
    args: ({ uri, database, collection, out }) => dumpArgs(uri, database, collection, out),
    check: async ({ out, database, collection, bytes }) =>
      same('bytes', statSync(join(out, database, `${collection}.bson`)).size, bytes),
  },
  {
    name: 'mongodump --gzip',
    program: 'mongodump',
    what: 'the same copy, compressed by gzip',
    args: ({ uri, database, collection, out }) => [...dumpArgs(uri, database, collection, out), '--gzip'],
    check: async ({ out, database, collection, bytes }) => {
      const file = createReadStream(join(out, database, `${collection}.bson.gz`))
      same('bytes', await count(file.pipe(createGunzip()), chunk => chunk.length), bytes)
    },
  },
  {
    name: 'mongoexport',
    program: 'mongoexport',
    what: 'JSON Lines, relaxed Extended JSON, not compressed',
    args: ({ uri, database, collection, out }) => [
      ...['--quiet', `--uri=${uri}`, `--db=${database}`, `--collection=${collection}`],
      `--out=${join(out, 'papers.jsonl')}`,
    ],
    check: async ({ out, documents }) =>
      same('lines', await count(createReadStream(join(out, 'papers.jsonl')), newlines), documents),
  },
  {
    name: 'rivet',
    program: 'rivet',
    what: 'Parquet with zstd of two columns: `_id`, and the whole document as JSON text',
    args: ({ uri, database, collection, out, work }) => {
      const config = join(work, 'rivet.yaml')
      const source = `{type: mongo, url: "${uri.replace('/?', `/${database}?`)}"}`
      const destination = `{type: local, path: "${out}"}`
      writeFileSync(
        config,
        `source: ${source}\nexports:\n  - {name: papers, table: ${collection}, mode: full, format: parquet, destination: ${destination}}\n`,
      )
      return ['run', '--config', config, '--no-notify']
    },
    check: async ({ out, documents }) => {
      const parts = readdirSync(out).filter(name => name.endsWith('.parquet'))
      const rows = parts.map(name => {
        const file = readFileSync(join(out, name))
        return Number(parquetMetadata(file.buffer.slice(file.byteOffset, file.byteOffset + file.length)).num_rows)
      })
      same(
        'rows',
        rows.reduce((sum, number) => sum + number, 0),
        documents,
      )
    },
  },
]

const dumpArgs = (uri, database, collection, out) => [
  ...['--quiet', `--uri=${uri}`, `--db=${database}`, `--collection=${collection}`, `--out=${out}`],
]

/** Those that are on the PATH, ready to run, and the names of those that are not. */
export function findPeers({ uri, database, work }) {
  const there = []
  const missing = new Set()
  for (const peer of PEERS) {
    const program = onPath(peer.program)
    if (program === undefined) {
      missing.add(peer.program)
      continue
    }
    const version = execFileSync(program, ['--version'], { encoding: 'utf8' }).split('\n')[0].trim()
    const run = async ({ collection, documents, bytes, checked }) => {
      const out = join(work, 'peer')
      rmSync(out, { recursive: true, force: true })
      // A folder of its own for whatever it leaves beside its output, and nothing left over from the run before.
      const home = join(work, 'peer-home')
      rmSync(home, { recursive: true, force: true })
      for (const folder of [out, home]) mkdirSync(folder, { recursive: true })
      const place = { uri, database, collection, out, work: home }
      const run = await measure(program, peer.args(place), { cwd: home })
      if (checked) await peer.check({ ...place, documents, bytes })
      const lakeBytes = folderBytes(out)
      rmSync(out, { recursive: true })
      return { ...run, lakeBytes }
    }
    there.push({ name: peer.name, what: peer.what, version, run })
  }
  return { there, missing: [...missing] }
}

export function folderBytes(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
}

async function count(stream, of) {
  let total = 0
  for await (const chunk of stream) total += of(chunk)
  return total
}

function newlines(chunk) {
  let lines = 0
  for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++
  return lines
}

function same(noun, found, wanted) {
  if (found !== wanted) throw new Error(`${found} ${noun}, and not ${wanted}`)
}
