import { createHash } from 'node:crypto'
import { type Document, EJSON, serialize } from 'bson'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isLakeferryError } from '../../src/errors.js'
import type {
  CollectionFacts,
  DocumentSource,
  IdRange,
  RawBlock,
  ReadPosition,
  SourceSnapshot,
} from '../../src/ports/document-source.js'
import { decode, documentsOf, IDS_OF_EVERY_TYPE, readAll } from '../support/mongo-documents.js'

export interface SourceUnderTest {
  readonly source: DocumentSource
  /** Makes a collection with these documents, some of which may be refused; tells the raw bytes of those that are in. */
  fill(collection: string, documents: readonly Document[]): Promise<readonly Uint8Array[]>
  close(): Promise<void>
}

/** What a source is by its nature; a server's unless told. */
export interface SourceNature {
  readonly kind?: CollectionFacts['kind']
  /** Whether documents come in the order of `_id`, and a filter is evaluated. */
  readonly server?: boolean
}

/** What `src/ports/document-source.ts` promises, for every adapter. */
export function documentSourceSuite(
  name: string,
  open: () => Promise<SourceUnderTest>,
  { kind = 'collection', server = true }: SourceNature = {},
): void {
  describe(`${name} keeps the promises of the port`, () => {
    let tested: SourceUnderTest
    let source: DocumentSource
    beforeAll(async () => {
      tested = await open()
      source = tested.source
    })
    afterAll(() => tested.close())

    const withSnapshot = async <T>(collection: string, use: (snapshot: SourceSnapshot) => Promise<T>): Promise<T> => {
      const snapshot = await source.open({ collection })
      try {
        return await use(snapshot)
      } finally {
        await snapshot.close()
      }
    }

    it('reads every document byte for byte, whatever the type of its _id', async () => {
      const bytes = await tested.fill(
        'mixed',
        IDS_OF_EVERY_TYPE.map((_id, index) => ({ _id, index })),
      )
      expect(bytes.length).toBeGreaterThan(20)
      const read = await withSnapshot('mixed', snapshot => readAll(snapshot, 1))
      expect(digest(read)).toEqual(digest(bytes))
    })

    it.each([1, 2, 3, 5, 8, 40])('covers mixed types of _id exactly once with %i ranges', async count => {
      const bytes = await tested.fill(
        `mixed${count}`,
        IDS_OF_EVERY_TYPE.map((_id, index) => ({ _id, index })),
      )
      await withSnapshot(`mixed${count}`, async snapshot => {
        const ranges = await snapshot.ranges(count)
        expectToTouch(ranges, count)
        expect(digest(await readAll(snapshot, count))).toEqual(digest(bytes))
      })
    })

    if (server) {
      it('hands documents over in the order of _id, within a range and from range to range', async () => {
        await tested.fill(
          'ordered',
          [...IDS_OF_EVERY_TYPE].reverse().map(_id => ({ _id })),
        )
        const read = await withSnapshot('ordered', snapshot => readAll(snapshot, 4))
        const ids = read.map(bytes => EJSON.stringify(decode(bytes), { relaxed: false }))
        const wanted = IDS_OF_EVERY_TYPE.map(_id => EJSON.stringify({ _id }, { relaxed: false }))
        expect(ids).toEqual(wanted.filter(id => ids.includes(id)))
      })
    }

    it('reads an empty collection as no documents, and an absent one not at all', async () => {
      await tested.fill('empty', [])
      expect(await source.inspect('empty')).toMatchObject({ kind, bytes: 0 })
      await withSnapshot('empty', async snapshot => {
        expect(await snapshot.ranges(4)).toEqual([{ from: undefined, until: undefined }])
        expect(await readAll(snapshot, 4)).toEqual([])
        expect((await snapshot.sample(10)).starts).toHaveLength(0)
      })
      const missing = await source.inspect('absent').catch(error => error)
      expect(isLakeferryError(missing, 'COLLECTION_MISSING') && missing.details.known).toContain('empty')
      await expect(source.open({ collection: 'absent' })).rejects.toMatchObject({ code: 'COLLECTION_MISSING' })
    })

    it('has fewer ranges than asked for when there are fewer documents', async () => {
      const bytes = await tested.fill('few', [{ _id: 1 }, { _id: 'x' }])
      await withSnapshot('few', async snapshot => {
        expect((await snapshot.ranges(8)).length).toBeLessThanOrEqual(2)
        expect(digest(await readAll(snapshot, 8))).toEqual(digest(bytes))
      })
    })

    it('leaves a block as it was while the next ones are read', async () => {
      await tested.fill(
        'kept',
        Array.from({ length: 3_000 }, (_, _id) => ({ _id, text: 'x'.repeat(50) })),
      )
      await withSnapshot('kept', async snapshot => {
        const kept: { block: RawBlock; copy: Uint8Array }[] = []
        for await (const block of snapshot.read({ from: undefined, until: undefined })) {
          kept.push({ block, copy: block.bytes.slice() })
        }
        expect(kept.length).toBeGreaterThan(1)
        for (const { block, copy } of kept) expect(Buffer.compare(block.bytes, copy)).toBe(0)
        expect(kept.reduce((sum, { block }) => sum + block.starts.length, 0)).toBe(3_000)
      })
    })

    if (server) {
      it('reads only what the filter matches', async () => {
        await tested.fill(
          'filtered',
          Array.from({ length: 200 }, (_, n) => ({ _id: n % 2 ? n : `s${n}`, n })),
        )
        const snapshot = await source.open({ collection: 'filtered', filter: '{"n":{"$gte":{"$numberInt":"150"}}}' })
        const numbers = (await readAll(snapshot, 3)).map(bytes => Number(decode(bytes)['n']))
        expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, n) => n + 150))
        for (const bytes of documentsOf(await snapshot.sample(10)))
          expect(Number(decode(bytes)['n'])).toBeGreaterThan(149)
        await snapshot.close()
      })
    }

    it('samples no more than asked for', async () => {
      await tested.fill(
        'sampled',
        Array.from({ length: 50 }, (_, _id) => ({ _id })),
      )
      await withSnapshot('sampled', async snapshot => {
        expect(documentsOf(await snapshot.sample(7))).toHaveLength(7)
        expect(documentsOf(await snapshot.sample(500)).length).toBeGreaterThan(30)
      })
    })

    it('reads on after any document of a range, in the same order, where it says that it can', async () => {
      const ids = [null, -1.5, 7, 1001, '', '1001', 'a', {}, { a: 1 }, false, new Date(0)]
      await tested.fill(
        'resumed',
        ids.map((_id, index) => ({ _id, index })),
      )
      await withSnapshot('resumed', async snapshot => {
        const after: ReadPosition = { documents: 1, lastId: serialize({ _id: 1 }) }
        if (!snapshot.resumable) {
          const reading = snapshot.read({ from: undefined, until: undefined }, { after })[Symbol.asyncIterator]()
          await expect(reading.next()).rejects.toThrow(RangeError)
          return
        }
        for (const range of await snapshot.ranges(2)) {
          const all = await readRange(snapshot, range)
          for (const [index, document] of all.entries()) {
            const lastId = serialize({ _id: decode(document)['_id'] })
            const rest = await readRange(snapshot, range, { documents: index + 1, lastId })
            expect(rest.map(textOf)).toEqual(all.slice(index + 1).map(textOf))
          }
        }
      })
    })

    it('reads a document of nearly 16 MiB', async () => {
      const bytes = await tested.fill('large', [{ _id: 1, text: 'x'.repeat(16 * 1024 * 1024 - 100) }, { _id: 2 }])
      const read = await withSnapshot('large', snapshot => readAll(snapshot, 1))
      expect(digest(read)).toEqual(digest(bytes))
    })

    it('stops at once when told to, before and in the middle of reading', async () => {
      await tested.fill(
        'stopped',
        Array.from({ length: 5_000 }, (_, _id) => ({ _id })),
      )
      await withSnapshot('stopped', async snapshot => {
        const stop = new AbortController()
        const reading = (async () => {
          let documents = 0
          for await (const block of snapshot.read({ from: undefined, until: undefined }, { signal: stop.signal })) {
            documents += block.starts.length
            stop.abort('SIGINT')
          }
          return documents
        })()
        await expect(reading).rejects.toMatchObject({ code: 'INTERRUPTED', details: { signal: 'SIGINT' } })
        const late = snapshot.read({ from: undefined, until: undefined }, { signal: stop.signal })
        await expect(late[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'INTERRUPTED' })
        await expect(snapshot.sample(10, stop.signal)).rejects.toMatchObject({ code: 'INTERRUPTED' })
      })
    })
  })
}

async function readRange(snapshot: SourceSnapshot, range: IdRange, after?: ReadPosition): Promise<Uint8Array[]> {
  const documents: Uint8Array[] = []
  for await (const block of snapshot.read(range, after && { after })) documents.push(...documentsOf(block))
  return documents
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

function expectToTouch(ranges: readonly IdRange[], count: number): void {
  expect(ranges.length).toBeLessThanOrEqual(count)
  expect(ranges.at(0)?.from).toBeUndefined()
  expect(ranges.at(-1)?.until).toBeUndefined()
  expect(ranges.slice(1).map(range => range.from)).toEqual(ranges.slice(0, -1).map(range => range.until))
  const bounds = ranges.slice(1).map(({ from }) => Buffer.from(from ?? []).toString('hex'))
  expect(new Set(bounds).size).toBe(bounds.length)
}

/** The same for the same documents in any order. */
function digest(documents: readonly Uint8Array[]): string[] {
  return documents.map(bytes => createHash('sha256').update(bytes).digest('hex')).sort()
}
