import { type Document, Double, Int32, Long, ObjectId, serialize } from 'bson'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDuckDb } from '../../src/adapters/duckdb/duckdb-engine.js'
import { LakeferryError } from '../../src/errors.js'
import { FORMATS, type Format } from '../../src/model/format.js'
import type { Manifest } from '../../src/model/manifest.js'
import type { DocumentSource, ReadRequest } from '../../src/ports/document-source.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { type Verification, verifyRun } from '../../src/proof/verify-run.js'
import { temporaryLake } from '../catalog/lake-fixture.js'
import { arraySource, bsonOf } from '../support/array-source.js'
import { digestOf, duplicateField, exportRun, malformed, papers } from './proof-fixture.js'

let lake: ObjectStore
let remove: () => Promise<void>
beforeEach(async () => {
  ;({ lake, remove } = await temporaryLake())
})
afterEach(() => remove())

function verify(manifest: Manifest, source: readonly Uint8Array[] | DocumentSource): Promise<Verification> {
  const opened = 'open' in source ? source : arraySource(source)
  const deps = { lake, openSource: async () => opened, openEngine: () => openDuckDb({ lake }) }
  return verifyRun(deps, { manifest, against: 'source' })
}

async function compared(manifest: Manifest, source: readonly Uint8Array[] | DocumentSource) {
  const { matches, source: verdict } = await verify(manifest, source)
  expect(verdict?.matches).toBe(matches)
  return verdict!
}

/** One of each kind, apart in type, apart in the plain text of their ids too. */
const BEFORE = [
  { _id: 1, a: 'same' },
  { _id: 'two', a: 'missing later' },
  { _id: new ObjectId('5f9d88c1a2b3c4d5e6f70819'), a: 1 },
  { _id: { x: 1 }, nested: { _id: 'no id' } },
  { _id: new Date(0), a: 'gone' },
]
const AFTER = [
  { _id: 1, a: 'same' },
  { _id: new ObjectId('5f9d88c1a2b3c4d5e6f70819'), a: 2 },
  { _id: { x: 1 }, nested: { _id: 'no id' } },
  { _id: 'new', a: 'new' },
  { _id: null, a: 'new, too' },
]
const IDS: Partial<Record<Format, { extra: string[]; missing: string[]; changed?: string[] }>> = {
  'bson.gz': {
    extra: ['"two"', '{"$date":{"$numberLong":"0"}}'],
    missing: ['"new"', 'null'],
    changed: ['{"$oid":"5f9d88c1a2b3c4d5e6f70819"}'],
  },
  json: {
    extra: ['"1970-01-01T00:00:00.000Z"', '"two"'],
    missing: ['"new"', 'null'],
    changed: ['"5f9d88c1a2b3c4d5e6f70819"'],
  },
  parquet: { extra: ['two', '{"$date":{"$numberLong":"0"}}'], missing: ['new', 'null'] },
}

describe.each(FORMATS)('a run in %s', format => {
  it('is the same as its source while that is the same, rejected documents included', async () => {
    const documents = [...papers(1_200), duplicateField(1), malformed(2)]
    const manifest = await exportRun(lake, documents, { formats: [format] })
    const reordered = documents.toReversed()
    expect(await compared(manifest, reordered)).toMatchObject({
      matches: true,
      documents: 1_202,
      digest: digestOf(documents),
      missing: { count: 0, ids: [] },
      extra: { count: 0 },
      changed: { count: 0 },
    })
  })

  it('tells which ids are missing, extra and changed', async () => {
    const manifest = await exportRun(lake, bsonOf(BEFORE), { formats: [format] })
    const told = await compared(manifest, bsonOf(AFTER))
    const wanted = IDS[format] ?? (format === 'ndjson.gz' ? IDS.json : IDS['bson.gz'])!
    expect(told).toMatchObject({ matches: false, at: 'now', comparedWith: format })
    expect(told.extra).toEqual({ count: 2, ids: wanted.extra })
    expect(told.missing).toEqual({ count: 2, ids: wanted.missing })
    expect(told.changed).toEqual(wanted.changed && { count: 1, ids: wanted.changed })
    expect(told.notes.join().includes('in Parquet only')).toBe(format === 'parquet')
  })

  it('tells of a rejected document that it is gone, and of another that it is there', async () => {
    const manifest = await exportRun(lake, [...papers(3), duplicateField(1)], { formats: [format] })
    const told = await compared(manifest, [...papers(3), duplicateField(2)])
    const id = (n: number) => (format === 'json' || format === 'ndjson.gz' ? `${n}` : `{"$numberInt":"${n}"}`)
    expect(told).toMatchObject({ matches: false, extra: { ids: [id(1)] }, missing: { ids: [id(2)] } })
  })
})

it('agrees with a comparison in memory on any documents', async () => {
  const id = fc.constantFrom<unknown>(1, new Long(1), new Double(1.5), '1', 'a', null, new ObjectId('0'.repeat(24)))
  const key = (_id: unknown): string => JSON.stringify(serialize({ _id }))
  const side = fc.uniqueArray(fc.record({ _id: id, v: fc.integer({ min: 0, max: 1 }) }), {
    selector: document => key(document._id),
    maxLength: 6,
  })
  await fc.assert(
    fc.asyncProperty(side, side, async (run, source) => {
      const manifest = await exportRun(lake, bsonOf(run), { formats: ['bson.gz'] })
      const told = await compared(manifest, bsonOf(source))
      const values = (documents: Document[]) => new Map(documents.map(one => [key(one['_id']), one['v']]))
      const [inRun, inSource] = [values(run), values(source)]
      const both = [...inRun.keys()].filter(one => inSource.has(one))
      expect({ missing: told.missing?.count, extra: told.extra?.count, changed: told.changed?.count }).toEqual({
        missing: inSource.size - both.length,
        extra: inRun.size - both.length,
        changed: both.filter(one => inRun.get(one) !== inSource.get(one)).length,
      })
    }),
    { numRuns: 12 },
  )
})

it('sees that only a type changed: by bytes also which, by plain JSON that it did', async () => {
  const [before, after] = [[serialize({ _id: 1, n: new Int32(1) })], [serialize({ _id: 1, n: new Long(1) })]]
  const exact = await exportRun(lake, before, { formats: ['ejson.gz'] })
  expect(await compared(exact, after)).toMatchObject({ matches: false, changed: { count: 1 } })
  const plain = await exportRun(lake, before, { formats: ['ndjson.gz'] })
  expect(await compared(plain, after)).toMatchObject({
    matches: false,
    changed: { count: 0 },
    notes: expect.arrayContaining([expect.stringContaining('a change of type only')]),
  })
})

it('tells a document that the run has twice', async () => {
  const manifest = await exportRun(lake, [...papers(5), ...papers(1)], { formats: ['bson.gz'] })
  expect(await compared(manifest, papers(5))).toMatchObject({ matches: false, extra: { count: 1, ids: ['"p0"'] } })
})

describe('the point in time', () => {
  const clusterTime = { t: 1_000, i: 1 }
  const asked: ReadRequest[] = []
  /** A server that still has the run's point in time, or does not. */
  const source = (
    then: readonly Uint8Array[],
    now: readonly Uint8Array[],
    expires?: 'open' | 'read',
  ): DocumentSource => {
    const gone = () => new LakeferryError('SOURCE_SNAPSHOT_EXPIRED', { namespace: 'n', read: 0, reason: 'too old' })
    return {
      ...arraySource(now),
      open: async request => {
        asked.push(request)
        if (request.at !== undefined && expires === 'open') throw gone()
        const options = expires === 'read' && request.at ? { beforeBlock: () => Promise.reject(gone()) } : {}
        return arraySource(request.at === undefined ? now : then, options).open(request)
      },
    }
  }
  let manifest: Manifest
  beforeEach(async () => {
    asked.length = 0
    const made = await exportRun(lake, papers(9), { formats: ['bson.gz'], filter: '{"a":1}' })
    manifest = { ...made, guarantee: { kind: 'snapshot', clusterTime } }
  })

  it('is the run’s own where the server has it, with the run’s collection and filter', async () => {
    expect(await compared(manifest, source(papers(9), []))).toMatchObject({ matches: true, at: 'run', notes: [] })
    expect(asked).toEqual([expect.objectContaining({ collection: 'papers', filter: '{"a":1}', at: clusterTime })])
  })

  it.each(['open', 'read'] as const)('is now where that is no longer to be had (at %s), and says so', async expires => {
    expect(await compared(manifest, source(papers(9), papers(8), expires))).toMatchObject({
      matches: false,
      at: 'now',
      extra: { count: 1, ids: ['"p8"'] },
      notes: [expect.stringContaining('no longer has the run’s point in time')],
    })
  })

  it('does not hide any other failure of the source', async () => {
    // As it is now it could be read: that would be an answer to another question.
    const broken: DocumentSource = {
      ...arraySource(papers(9)),
      open: async request => {
        if (request.at === undefined) return arraySource(papers(9)).open(request)
        throw new LakeferryError('SOURCE_INTERRUPTED', { namespace: 'n', read: 0, reason: 'cut' })
      },
    }
    await expect(verify(manifest, broken)).rejects.toMatchObject({ code: 'SOURCE_INTERRUPTED' })
  })
})

it('says that it differs, and not which, when the run’s own side is damaged', async () => {
  const manifest = await exportRun(lake, papers(9), { formats: ['bson.gz'] })
  await lake.put(manifest.parts[0]!.key, new Uint8Array([1, 2, 3]))
  expect(await compared(manifest, papers(8))).toMatchObject({
    matches: false,
    missing: undefined,
    notes: expect.arrayContaining([expect.stringContaining('Which documents differ cannot be told')]),
  })
})

it('cannot tell about an old run whose rejected documents are lost', async () => {
  const documents = [...papers(9), duplicateField(1)]
  const made = await exportRun(lake, documents, { formats: ['bson.gz'] })
  const { digest: _, ...rejects } = made.rejects
  expect((await compared({ ...made, rejects }, documents)).matches).toBe(true)
  await lake.delete(rejects.keys)
  expect((await compared({ ...made, rejects }, documents)).matches).toBeUndefined()
})
