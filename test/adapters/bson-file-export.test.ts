import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Binary, Decimal128, Double, Long, ObjectId } from 'bson'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Invocation, jsonOf } from '../cli/cli-fixture.js'
import { lakeferry } from '../cli/spawned.js'
import { freshDatabase, mongo } from '../support/services.js'
import { archive, bson, scratch, write } from './bson-file-dump.js'

/** The same documents on a server and in backups of every kind: whoever exports them gets the same run. */

const database = freshDatabase()
const PAPERS = Array.from({ length: 3_000 }, (_, index) => ({
  _id: index % 3 === 0 ? `p${index}` : index % 3 === 1 ? index : new ObjectId(),
  title: `Paper ${index} é`,
  year: 2013 + (index % 10),
  score: new Double(index),
  votes: Long.fromString('9007199254740993').add(index),
  cost: Decimal128.fromString('1.10'),
  raw: new Binary(Buffer.from([index & 0xff])),
  authors: [{ name: 'x'.repeat(index % 50) }],
}))

let dir: string
let remove: () => Promise<void>
let uri: string
beforeAll(async () => {
  ;({ dir, remove } = await scratch())
  uri = (await mongo()).uri
  const client = await MongoClient.connect(uri)
  await client.db(database).collection<{ _id: unknown }>('papers').insertMany(PAPERS)
  await client.close()
  await write(join(dir, `dump/${database}/papers.bson`), bson(PAPERS))
  await write(join(dir, `gzipped/${database}/papers.bson.gz`), bson(PAPERS))
  const collections = [
    { db: database, name: 'comments', documents: PAPERS.slice(7) },
    { db: database, name: 'papers', documents: PAPERS },
  ]
  await write(join(dir, 'plain.archive'), archive(collections, { perBlock: 700 }))
  await write(join(dir, 'packed.archive'), gzipSync(archive(collections, { perBlock: 700 })))
})
afterAll(() => remove())

async function lakeferryFor(source: string, ...argv: string[]): Promise<Invocation> {
  const name = source.replaceAll(/\W/g, '-')
  const config = `source: {uri: "${source}", database: ${database}}\nlake: {url: "file:./lake-${name}"}\ndatasets: {papers: {collection: papers, formats: [parquet, bson.gz]}}\n`
  await writeFile(join(dir, `${name}.yaml`), config)
  return lakeferry([...argv, '--config', `${name}.yaml`], { cwd: dir }).ended
}

describe('an export', () => {
  it('has the same documents from a server and from each kind of backup of it', async () => {
    const exported = async (source: string): Promise<Record<string, unknown>> => {
      const invocation = await lakeferryFor(source, 'export', '--json', '--quiet')
      expect(invocation.stderr).toBe('')
      expect(invocation.exitCode).toBe(0)
      return (jsonOf(invocation)['datasets'] as Record<string, unknown>[])[0] ?? {}
    }
    const server = await exported(uri)
    expect(server['documents']).toBe(3_000)
    for (const source of ['dump', 'gzipped', 'plain.archive', 'packed.archive']) {
      const { documents, digest, guarantee } = await exported(`file:${source}`)
      expect({ documents, digest }, source).toEqual({ documents: 3_000, digest: server['digest'] })
      expect(guarantee, source).toMatchObject({ kind: 'file', reason: expect.stringMatching(/bytes, last changed/) })
    }
  })

  it('tells its progress as JSON lines on standard error with --json', async () => {
    const { stdout, stderr, exitCode } = await lakeferryFor('file:plain.archive', 'export', '--json')
    expect(exitCode).toBe(0)
    expect(jsonOf({ stdout })).toMatchObject({ command: 'export' })
    const events = stderr
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    // Lines of the log come after it.
    const progress = events.findLast(({ event }: { event: string }) => event === 'progress')
    expect(progress).toMatchObject({ event: 'progress', command: 'export', dataset: 'papers', documents: 3_000 })
  })

  it('of a damaged backup commits nothing, and says where the damage is', async () => {
    await write(join(dir, `cut/${database}/papers.bson`), bson(PAPERS).subarray(0, -3))
    const { exitCode, stderr } = await lakeferryFor('file:cut', 'export')
    expect(exitCode).toBe(3)
    expect(stderr).toMatch(
      /error SOURCE_FILE_DAMAGED .*papers\.bson is damaged at byte \d+: a document of \d+ bytes begins here/,
    )
    const runs = await lakeferryFor('file:cut', 'runs', '--json')
    expect(JSON.stringify(jsonOf(runs))).not.toContain('"committed":true')
  })
})

describe('the other commands over a backup', () => {
  it('look at it: doctor', async () => {
    const { exitCode, stdout } = await lakeferryFor('file:plain.archive', 'doctor')
    expect(stdout).toContain(
      `backup archive, version mongodump 100.10.0 of MongoDB 7.0.16, reading from ${dir}/plain.archive, 2 collections`,
    )
    expect(stdout).toContain('✓ backup: file:')
    expect(stdout).toMatch(/papers, a file; runs are what the backup has: plain\.archive \(\d+ bytes/)
    expect(exitCode).toBe(0)
  })

  it('write nothing to it: import', async () => {
    await write(join(dir, 'papers.jsonl'), '{}\n')
    const { exitCode, stderr } = await lakeferryFor('file:dump', 'import', 'papers.jsonl', '--collection', 'papers')
    expect(exitCode).toBe(2)
    expect(stderr).toContain(
      `error USAGE source.uri is a backup (file:${dir}/dump), and documents are written to a MongoDB`,
    )
  })
})
