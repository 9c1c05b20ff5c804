import { execFile } from 'node:child_process'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { serialize } from 'bson'
import { type Collection, type Document, MongoClient } from 'mongodb'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { lakeferry } from '../cli/spawned.js'
import { IDS_OF_EVERY_TYPE, sortedHex } from '../support/mongo-documents.js'
import { mongoTools } from '../support/programs.js'
import { freshDatabase, mongo } from '../support/services.js'
import { readCollection, scratch } from './bson-file-dump.js'

/** What MongoDB's own tools write, we read; and what we write, they read. */

const run = promisify(execFile)
const database = freshDatabase()
/** Names that mongodump escapes, or shortens; and two collections whose blocks come in turn in an archive. */
const COLLECTIONS: Readonly<Record<string, readonly Document[]>> = {
  papers: IDS_OF_EVERY_TYPE.map((_id, n) => ({ _id, n, nested: { list: [1, 'two', { half: 0.5 }] } })),
  comments: Array.from({ length: 4_000 }, (_, n) => ({ _id: n, text: `${'x'.repeat(n % 2_000)}é` })),
  reviews: Array.from({ length: 4_000 }, (_, n) => ({ _id: `r${n}`, text: 'y'.repeat((n * 7) % 2_000) })),
  'a/b %41 "ü" x': [{ _id: 1 }],
  [`long ${'%'.repeat(90)}`]: [{ _id: 2 }],
  nothing: [],
}

let tools: string
let uri: string
let client: MongoClient
let dir: string
let remove: () => Promise<void>
beforeAll(async () => {
  ;({ dir, remove } = await scratch())
  ;({ uri } = await mongo())
  client = await MongoClient.connect(uri)
  for (const [name, documents] of Object.entries(COLLECTIONS)) {
    await client.db(database).createCollection(name)
    if (documents.length > 0) await collection(name).insertMany([...documents] as { _id: unknown }[])
  }
})
beforeEach(async context => {
  tools = await mongoTools().catch((error: Error) => context.skip(`needs MongoDB's own tools: ${error.message}`))
})
afterAll(async () => {
  await client.db(database).dropDatabase()
  await client.close()
  await remove()
})

const collection = (name: string): Collection<{ _id: unknown }> => client.db(database).collection(name)

/** @throws what it said, when it failed */
const tool = (name: string, ...args: string[]): Promise<unknown> =>
  run(join(tools, name), [`--uri=${uri}`, ...args], { maxBuffer: 64 * 1024 * 1024 })

const bytesOf = (name: string): string[] => sortedHex((COLLECTIONS[name] ?? []).map(one => serialize(one)))

/** What the server has, as the driver alone tells it. */
async function storedIn(name: string): Promise<string[]> {
  return sortedHex((await collection(name).find({}, { raw: true }).toArray()) as unknown as Uint8Array[])
}

async function succeeds(...argv: string[]): Promise<void> {
  const { exitCode, stderr } = await lakeferry(argv, { cwd: dir }).ended
  expect(stderr).toBe('')
  expect(exitCode).toBe(0)
}

describe('what mongodump wrote', () => {
  it.each([
    ['a folder', 'folder', (to: string) => [`--out=${to}`]],
    ['a folder of gzipped files', 'gzipped', (to: string) => ['--gzip', `--out=${to}`]],
    ['an archive', 'plain.archive', (to: string) => [`--archive=${to}`]],
    ['a gzipped archive', 'packed.archive', (to: string) => ['--gzip', `--archive=${to}`]],
  ])('as %s has every document of every collection, byte for byte', async (_, file, flags) => {
    const path = join(dir, file)
    await tool('mongodump', `--db=${database}`, ...flags(path))
    for (const name of Object.keys(COLLECTIONS)) {
      expect(sortedHex(await readCollection(path, name, { database })), name).toEqual(bytesOf(name))
    }
  })
})

describe('what we wrote', () => {
  it('mongorestore restores from the parts of bson.gz, byte for byte', async () => {
    await writeFile(
      join(dir, 'lakeferry.yaml'),
      `source: {uri: "${uri}", database: ${database}}
lake: {url: "file:./lake"}
datasets:
  papers: {collection: papers, formats: [bson.gz]}
  comments: {collection: comments, formats: [bson.gz], partSize: 1MB}
`,
    )
    await succeeds('export', '--json', '--quiet')
    for (const name of ['papers', 'comments']) {
      const files = await readdir(join(dir, 'lake', name), { recursive: true })
      const parts = files.filter(file => file.endsWith('.bson.gz'))
      expect(parts.length).toBeGreaterThan(name === 'papers' ? 0 : 1)
      for (const part of parts) {
        const into = [`--db=${database}`, `--collection=${name}-restored`]
        await tool('mongorestore', '--gzip', ...into, join(dir, 'lake', name, part))
      }
      expect(await storedIn(`${name}-restored`), name).toEqual(bytesOf(name))
    }
  })
})

describe('what mongoexport wrote', () => {
  it.each(['papers', 'comments'])('in canonical mode is imported as it was: %s', async name => {
    const file = join(dir, `${name}.jsonl`)
    await tool('mongoexport', '--jsonFormat=canonical', `--db=${database}`, `--collection=${name}`, `--out=${file}`)
    await succeeds('import', file, '--collection', `${name}-imported`, '--quiet')
    expect(await storedIn(`${name}-imported`)).toEqual(bytesOf(name))
  })
})
