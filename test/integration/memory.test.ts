import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Binary, Double, serialize } from 'bson'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openMongoSink } from '../../src/adapters/mongo/mongo-sink.js'
import { FORMATS, type Format } from '../../src/model/format.js'
import { lakeferry } from '../cli/spawned.js'
import { freshDatabase, mongo } from '../support/services.js'

const MEGABYTE = 1024 * 1024
const DOCUMENT_BYTES = 16 * MEGABYTE
const ROOM = DOCUMENT_BYTES - 100
const SMALL_DOCUMENTS = 30_000
const PRELOAD = new URL('../support/peak-memory.mjs', import.meta.url).href

/** Does not compress, and is the same each time. */
function noise(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let state = seed
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    bytes[at] = state >>> 24
  }
  return bytes
}

/** Documents of 16 MB, each hard on memory in its own way. */
const HUGE: Readonly<Record<string, () => unknown>> = {
  // Six bytes of JSON for each.
  controls: () => '\u0001'.repeat(ROOM),
  // Compresses in no format.
  noise: () => new Binary(noise(ROOM, 1)),
  // Escaped, and nested as deep as a server takes it.
  quotes: () => {
    let nested: object = { text: '"'.repeat(MEGABYTE) }
    for (let depth = 0; depth < 150; depth++) nested = { text: '"'.repeat(100_000), nested }
    return nested
  },
  // Digits where there were eight bytes.
  numbers: () => Array.from({ length: 250_000 }, (_, n) => new Double(Math.sin(n) * 1e-9)),
}

let work: string
let uri: string
let database: string

beforeAll(async () => {
  uri = (await mongo()).uri
  database = freshDatabase()
  work = await mkdtemp(join(tmpdir(), 'lakeferry-memory-'))
  const sink = await openMongoSink({ uri, database })
  try {
    for (const [n, value] of Object.values(HUGE).entries()) {
      // Two of each: what one leaves behind must not be there when the next comes.
      for (const copy of [0, 1]) {
        const document = serialize({ _id: 2 * n + copy, value: value() })
        expect(document.length).toBeLessThanOrEqual(DOCUMENT_BYTES)
        await sink.insert('huge', [document])
      }
    }
    const small = Array.from({ length: SMALL_DOCUMENTS }, (_, n) =>
      serialize({ _id: n, title: `Title ${n}`, text: Buffer.from(noise(300, n)).toString('base64'), score: n / 7 }),
    )
    await sink.insert('small', small)
  } finally {
    await sink.close()
  }
}, 900_000)

afterAll(async () => {
  const sink = await openMongoSink({ uri, database })
  for (const collection of ['huge', 'small']) await sink.drop(collection)
  await sink.close()
  await rm(work, { recursive: true, force: true })
})

beforeEach(context => {
  if (!existsSync('/proc/self/status')) context.skip('the peak of a process is read from /proc, which is not here')
})

/** Exports in a process of its own; gives what it said and the most memory it ever had, in bytes. */
async function exportOf(collection: string, formats: readonly Format[], limits = '512MB') {
  const directory = await mkdtemp(join(work, `${collection}-`))
  const peakFile = join(directory, 'peak')
  await writeFile(
    join(directory, 'lakeferry.yaml'),
    `source: {uri: "${uri}", database: ${database}}
lake: {url: "file:lake"}
limits: {memory: ${limits}}
datasets: {data: {collection: ${collection}, formats: [${formats.join(', ')}]}}
`,
  )
  const env = { NODE_OPTIONS: `--import=${PRELOAD}`, PEAK_FILE: peakFile }
  const run = await lakeferry(['export', 'data', '--json'], { cwd: directory, env }).ended
  const peak = Number(await readFile(peakFile, 'utf8'))
  await rm(directory, { recursive: true, force: true })
  return { ...run, peak }
}

describe('limits.memory holds', () => {
  it('for documents of 16 MB of the worst kinds, in all formats, by default', { timeout: 900_000 }, async () => {
    const { exitCode, stdout, stderr, peak } = await exportOf('huge', FORMATS)
    expect(exitCode, stderr).toBe(0)
    expect(JSON.parse(stdout).datasets).toMatchObject([{ documents: 2 * Object.keys(HUGE).length, rejects: 0 }])
    expect(peak).toBeLessThan(512 * MEGABYTE)
  })

  it('for many small documents, at the least there may be', { timeout: 900_000 }, async () => {
    const { exitCode, stdout, stderr, peak } = await exportOf('small', ['parquet'], '256MB')
    expect(exitCode, stderr).toBe(0)
    expect(JSON.parse(stdout).datasets).toMatchObject([{ documents: SMALL_DOCUMENTS }])
    expect(peak).toBeLessThan(256 * MEGABYTE)
  })

  it('by refusing a document that would not fit, with what would do', { timeout: 900_000 }, async () => {
    const { exitCode, stdout, peak } = await exportOf('huge', ['parquet'], '256MB')
    expect(exitCode).toBe(2)
    const { error } = JSON.parse(stdout)
    expect(error.code).toBe('LIMITS_TOO_SMALL')
    expect(error.message).toMatch(
      /^a document of 16\d{6} bytes, which is 100\d{6} bytes of JSON, needs \d+MB of memory/,
    )
    const [, enough] = /Set limits\.memory to (\d+MB)/.exec(error.hint) ?? []
    expect(peak).toBeLessThan(256 * MEGABYTE)
    const again = await exportOf('huge', ['parquet'], enough)
    expect(again.exitCode, again.stderr).toBe(0)
    expect(again.peak).toBeLessThan(Number.parseInt(enough!, 10) * MEGABYTE)
  })
})
