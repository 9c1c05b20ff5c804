import { join } from 'node:path'
import { serialize } from 'bson'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isLakeferryError } from '../../src/errors.js'
import type { RawBlock } from '../../src/ports/document-source.js'
import { documentSourceSuite, type SourceUnderTest } from '../ports/document-source-suite.js'
import { documentsOf } from '../support/mongo-documents.js'
import { archive, bson, openAt, readCollection, scratch, write } from './bson-file-dump.js'

/** Small, so that a few documents are many blocks. */
const WINDOW_BYTES = 8 * 1024

/** A folder that grows while it is tested: each call looks at it afresh, as each command does. */
async function open(): Promise<SourceUnderTest> {
  const { dir, remove } = await scratch()
  const path = join(dir, 'dump')
  await write(join(path, 'iclr/first.bson'), '')
  const fresh = () => openAt(path, { windowBytes: WINDOW_BYTES })
  return {
    source: {
      server: path,
      database: 'iclr',
      inspect: async name => (await fresh()).inspect(name),
      estimateCount: async name => (await fresh()).estimateCount(name),
      open: async request => (await fresh()).open(request),
      close: async () => undefined,
    },
    async fill(collection, documents) {
      const raw = documents.map(document => serialize(document))
      // Every second one gzipped: it must make no difference.
      await write(join(path, `iclr/${collection}.bson${collection.length % 2 ? '.gz' : ''}`), Buffer.concat(raw))
      return raw
    },
    close: remove,
  }
}

documentSourceSuite('a backup', open, { kind: 'file', server: false })

const DOCUMENTS = Array.from({ length: 500 }, (_, _id) => ({ _id, title: 'x'.repeat(_id % 97) }))

describe('a backup of one file', () => {
  let dir: string
  let remove: () => Promise<void>
  let path: string
  beforeAll(async () => {
    ;({ dir, remove } = await scratch())
    path = await write(join(dir, 'papers.bson'), bson(DOCUMENTS))
  })
  afterAll(() => remove())

  it('tells its path as the server, what it is, how large it is, and which file it was', async () => {
    const source = await openAt(path, { database: 'anything' })
    expect(source.server).toBe(path)
    expect(source.database).toBe('anything')
    const facts = await source.inspect('papers')
    expect(facts).toMatchObject({ kind: 'file', bytes: bson(DOCUMENTS).length })
    await write(path, bson(DOCUMENTS))
    expect((await source.inspect('papers')).identity).not.toBe(facts.identity)
  })

  it('guarantees what a file can, and says which one it was', async () => {
    const snapshot = await (await openAt(path)).open({ collection: 'papers' })
    const bytes = bson(DOCUMENTS).length
    expect(snapshot.guarantee.kind).toBe('file')
    expect('reason' in snapshot.guarantee && snapshot.guarantee.reason).toMatch(
      new RegExp(
        `^papers\\.bson \\(${bytes} bytes, last changed 20.*Z\\); writes while the backup was made may be in it or not$`,
      ),
    )
    expect(snapshot.resumable).toBe(true)
    await snapshot.close()
  })

  it('estimates the number of documents from the first ones', async () => {
    const estimate = await (await openAt(path)).estimateCount('papers')
    expect(estimate).toBe(500)
    const packed = await write(join(dir, 'packed/papers.bson.gz'), bson(DOCUMENTS))
    expect(await (await openAt(packed)).estimateCount('papers')).toBe(500)
  })

  it('goes on after any position, in blocks that have only what is new', async () => {
    const windowBytes = 1_000
    const source = await openAt(path, { windowBytes })
    const snapshot = await source.open({ collection: 'papers' })
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 500 }), async documents => {
        const rest: Uint8Array[] = []
        let bytes = 0
        const after = { documents, lastId: serialize({ _id: documents - 1 }) }
        for await (const block of snapshot.read(EVERYTHING, { after })) {
          rest.push(...documentsOf(block))
          bytes += block.bytes.length
        }
        expect(Buffer.concat(rest).equals(bson(DOCUMENTS.slice(documents)))).toBe(true)
        // No block has bytes that are of no document.
        expect(bytes).toBe(bson(DOCUMENTS.slice(documents)).length)
      }),
      { numRuns: 30 },
    )
    const tooFar = collect(snapshot.read(EVERYTHING, { after: { documents: 501, lastId: serialize({ _id: 500 }) } }))
    await expect(tooFar).rejects.toMatchObject({ code: 'SOURCE_INTERRUPTED' })
    await snapshot.close()
  })

  it('does not evaluate a filter, and says what to do instead', async () => {
    const source = await openAt(path)
    const opening = source.open({ collection: 'papers', filter: '{"a":{"$numberInt":"1"}}' })
    await expect(opening).rejects.toMatchObject({
      code: 'SOURCE_FILTER',
      message:
        'cannot read iclr.papers with the filter {"a":{"$numberInt":"1"}}: a backup is read whole, without a server to ' +
        'evaluate it. Take it out, or restore the backup into a MongoDB',
    })
  })

  it('has no other point in time than its own', async () => {
    const source = await openAt(path)
    const opening = source.open({ collection: 'papers', at: { t: 1, i: 1 } })
    await expect(opening).rejects.toMatchObject({ code: 'SOURCE_SNAPSHOT_EXPIRED' })
  })

  it('takes no bounds and no count that is none', async () => {
    const snapshot = await (await openAt(path)).open({ collection: 'papers' })
    await expect(snapshot.ranges(0)).rejects.toThrow(RangeError)
    await expect(collect(snapshot.read({ from: serialize({ _id: 1 }), until: undefined }))).rejects.toThrow(RangeError)
    await snapshot.close()
  })

  it('reads the same documents in blocks of any size, plain, gzipped and from an archive', async () => {
    const sources = [
      path,
      await write(join(dir, 'same/papers.bson.gz'), bson(DOCUMENTS)),
      await write(
        join(dir, 'same.archive'),
        archive([
          { name: 'other', documents: DOCUMENTS.slice(9) },
          { name: 'papers', documents: DOCUMENTS },
        ]),
      ),
    ]
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...sources), fc.integer({ min: 1, max: 5_000 }), async (from, windowBytes) => {
        const read = await readCollection(from, 'papers', { windowBytes })
        expect(Buffer.concat(read).equals(bson(DOCUMENTS))).toBe(true)
      }),
      { numRuns: 20 },
    )
  })

  it('does not end for its reader because somebody closed the snapshot', async () => {
    const source = await openAt(path, { windowBytes: 1_000 })
    const snapshot = await source.open({ collection: 'papers' })
    const reading = snapshot.read(EVERYTHING)[Symbol.asyncIterator]()
    await reading.next()
    await snapshot.close()
    const rest = (async () => {
      while (!(await reading.next()).done);
    })()
    const error = await rest.catch(thrown => thrown)
    expect(isLakeferryError(error, 'INTERRUPTED')).toBe(true)
  })
})

const EVERYTHING = { from: undefined, until: undefined }

async function collect(reading: AsyncIterable<RawBlock>): Promise<Uint8Array[]> {
  const documents: Uint8Array[] = []
  for await (const block of reading) documents.push(...documentsOf(block))
  return documents
}
