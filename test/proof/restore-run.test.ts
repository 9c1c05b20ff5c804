import { serialize } from 'bson'
import fc from 'fast-check'
import { MongoClient } from 'mongodb'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openMongoSink } from '../../src/adapters/mongo/mongo-sink.js'
import { openMongoSource } from '../../src/adapters/mongo/mongo-source.js'
import { LakeferryError } from '../../src/errors.js'
import { LOSSLESS_FORMATS } from '../../src/model/format.js'
import type { Manifest } from '../../src/model/manifest.js'
import type { DocumentSink } from '../../src/ports/document-sink.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { type RestoreOutcome, restoreRun } from '../../src/proof/restore-run.js'
import { anyDocument } from '../bson/support/any-document.js'
import { bytesOf, document, EVERY_TYPE, element, int32, string } from '../bson/support/hand-made.js'
import { temporaryLake } from '../catalog/lake-fixture.js'
import { linesOf, NO_REAL_PAPERS, realPaperFiles } from '../integration/papers-input.js'
import { faulty } from '../support/faulty-store.js'
import { sortedHex } from '../support/mongo-documents.js'
import { freshDatabase, mongo, realReplicaSet } from '../support/services.js'
import { digestOf, exportRun, papers } from './proof-fixture.js'

let client: MongoClient
let sink: DocumentSink
let uri: string
const database = freshDatabase()
let lake: ObjectStore
let remove: () => Promise<void>
let collection: string
let collections = 0

beforeAll(async () => {
  ;({ uri } = await mongo())
  client = await MongoClient.connect(uri)
  sink = await openMongoSink({ uri, database })
})
afterAll(async () => {
  await sink.close()
  await client.db(database).dropDatabase()
  await client.close()
})
beforeEach(async () => {
  ;({ lake, remove } = await temporaryLake())
  collection = `restored${++collections}`
})
afterEach(() => remove())

interface Changes {
  readonly store?: ObjectStore
  readonly into?: DocumentSink
  readonly drop?: boolean
  readonly signal?: AbortSignal
  readonly onInserted?: (documents: number) => void
}

function restore(
  manifest: Manifest,
  { store = lake, into = sink, drop = false, ...rest }: Changes = {},
): Promise<RestoreOutcome> {
  const openSource = () => openMongoSource({ uri, database })
  return restoreRun({ lake: store, sink: into, openSource }, { manifest, collection, drop, ...rest })
}

/** What the server has, as the driver alone tells it. */
async function stored(): Promise<Uint8Array[]> {
  return (await client.db(database).collection(collection).find({}, { raw: true }).toArray()) as unknown as Uint8Array[]
}

describe.each(LOSSLESS_FORMATS)('restored from %s', format => {
  it('any documents that the server keeps as they are, are the same to the byte', async () => {
    const documents = fc.array(anyDocument(), { minLength: 1, maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(documents, async drawn => {
        collection = `any${++collections}`
        const before = drawn.map((one, n) => serialize(withId(n, keptByTestServer(one) as Map<string, unknown>)))
        const manifest = await exportRun(lake, before, { formats: [format] })
        expect(await restore(manifest)).toMatchObject({ format, documents: before.length, refused: 0 })
        expect(sortedHex(await stored())).toEqual(sortedHex(before))
      }),
      { numRuns: 4, endOnFailure: true },
    )
  })

  it('downloaded parts do as well', async () => {
    const documents = papers(1_500)
    const manifest = await exportRun(lake, documents, { formats: [format] })
    const outcome = await restore(manifest, { store: faulty(lake, () => undefined) })
    expect(outcome).toMatchObject({ documents: 1_500, digest: digestOf(documents), rejected: 0 })
  })

  it('any documents at all are the same to the byte on a real replica set', async context => {
    const real = realReplicaSet(context)
    const { bytes } = bytesOf(document(element(0x10, '_id', int32(-1)), ...EVERY_TYPE.slice(1)))
    const drawn = fc.sample(anyDocument(), 200).map((one, n) => serialize(withId(n, one)))
    const manifest = await exportRun(lake, [bytes, ...drawn], { formats: [format] })
    const into = await openMongoSink({ uri: real, database })
    const openSource = () => openMongoSource({ uri: real, database })
    const outcome = await restoreRun({ lake, sink: into, openSource }, { manifest, collection, drop: true })
    expect(outcome).toMatchObject({ documents: 201, refused: 0, digest: digestOf([bytes, ...drawn]) })
    await into.drop(collection)
    await into.close()
  })
})

function withId(id: number, fields: ReadonlyMap<string, unknown>): Map<string, unknown> {
  return new Map<string, unknown>([['_id', id], ...[...fields].filter(([name]) => name !== '_id')])
}

/** The test server refuses dates outside the years 1 to 9999. */
function keptByTestServer(value: unknown): unknown {
  if (value instanceof Date) return new Date(value.getTime() % 6e13)
  if (Array.isArray(value)) return value.map(keptByTestServer)
  return value instanceof Map ? new Map([...value].map(([name, member]) => [name, keptByTestServer(member)])) : value
}

it('the real papers come back as they are', async context => {
  const files = realPaperFiles()
  if (files === undefined) return context.skip(NO_REAL_PAPERS)
  const documents = linesOf(files.slice(0, 2))
    .slice(0, 2_000)
    .map((fields, _id) => serialize({ _id, ...fields }))
  const manifest = await exportRun(lake, documents, { formats: LOSSLESS_FORMATS })
  expect(await restore(manifest)).toMatchObject({
    documents: documents.length,
    digest: digestOf(documents),
    refused: 0,
  })
  expect(sortedHex(await stored())).toEqual(sortedHex(documents))
})

describe('a server that changes what it is given', () => {
  it('is found out', async () => {
    const { bytes } = bytesOf(document(element(0x10, '_id', int32(1)), element(0x0e, 'a', string('a symbol'))))
    const manifest = await exportRun(lake, [bytes], { formats: ['bson.gz'] })
    await expect(restore(manifest)).rejects.toMatchObject({ code: 'RESTORE_MISMATCH' })
  })
})

describe('a document that cannot be there twice', () => {
  it('is told, when the run has it twice, and the others are there', async () => {
    const [first, second] = [serialize({ _id: 1, version: 1 }), serialize({ _id: 1, version: 2 })]
    const manifest = await exportRun(lake, [...papers(5), first, second], { formats: ['bson.gz'] })
    const outcome = await restore(manifest)
    expect(outcome).toMatchObject({ documents: 6, refused: 1, digest: digestOf([...papers(5), first]) })
    expect(outcome.refusals).toEqual([{ id: '{"$numberInt":"1"}', reason: expect.stringMatching(/duplicate key/) }])
  })

  it('is not given an _id, nor moved: the server would change it', async () => {
    const [without, second] = [serialize({ a: 1 }), serialize({ a: 1, _id: 5 })]
    const manifest = await exportRun(lake, [...papers(2), without, second], { formats: ['bson.gz'] })
    expect((await restore(manifest)).refusals).toEqual([
      { id: null, reason: expect.stringContaining('no _id') },
      { id: '{"$numberInt":"5"}', reason: expect.stringContaining('not its first field') },
    ])
  })
})

describe('the target', () => {
  it('is left alone when it has documents, and replaced when that is wanted', async () => {
    const manifest = await exportRun(lake, papers(5), { formats: ['bson.gz'] })
    await sink.insert(collection, [serialize({ _id: 'old' })])
    await expect(restore(manifest)).rejects.toMatchObject({
      code: 'RESTORE_TARGET',
      details: { namespace: `${database}.${collection}`, documents: 1 },
    })
    expect(await sink.count(collection)).toBe(1)
    expect((await restore(manifest, { drop: true })).documents).toBe(5)
    expect(sortedHex(await stored())).toEqual(sortedHex(papers(5)))
  })

  it('is not dropped for a run that has a hole, or nothing to restore from', async () => {
    const manifest = await exportRun(lake, papers(5), { formats: ['bson.gz', 'json'] })
    await sink.insert(collection, [serialize({ _id: 'old' })])
    await expect(restore({ ...manifest, formats: ['json'] }, { drop: true })).rejects.toMatchObject({
      code: 'RUN_NOT_LOSSLESS',
      hint: expect.stringContaining('bson.gz'),
    })
    await expect(restore({ ...manifest, digest: '0'.repeat(64) }, { drop: true })).rejects.toMatchObject({
      code: 'MANIFEST_INVALID',
    })
    await lake.delete([manifest.parts.find(part => part.format === 'bson.gz')!.key])
    await expect(restore(manifest, { drop: true })).rejects.toMatchObject({ code: 'LAKE_OBJECT_MISSING' })
    expect(await sink.count(collection)).toBe(1)
  })

  it('is empty after an empty run', async () => {
    const manifest = await exportRun(lake, [], { formats: ['bson.gz'] })
    expect(await restore(manifest)).toMatchObject({ documents: 0, digest: '0'.repeat(64) })
  })

  it('that somebody else writes to meanwhile is no copy', async () => {
    const manifest = await exportRun(lake, papers(5), { formats: ['bson.gz'] })
    const meddling: DocumentSink = {
      ...sinkOf(sink),
      insert: async (...args) => {
        await sink.insert(collection, [serialize({ _id: 'other' })])
        return sink.insert(...args)
      },
    }
    await expect(restore(manifest, { into: meddling })).rejects.toMatchObject({
      code: 'RESTORE_MISMATCH',
      details: { wanted: expect.stringMatching(/^5 documents/), got: expect.stringMatching(/^6 documents/) },
    })
  })
})

describe('what goes wrong in the middle', () => {
  it('a damaged part is an error before any of its documents is there', async () => {
    const manifest = await exportRun(lake, papers(5), { formats: ['bson.gz'] })
    const [part] = manifest.parts
    const body = (await lake.get(part!.key))!.body
    body[body.length >> 1]! ^= 1
    await lake.put(part!.key, body)
    await expect(restore(manifest)).rejects.toMatchObject({ code: 'LAKE_OBJECT_DAMAGED' })
    expect(await sink.count(collection)).toBe(0)
  })

  it('a signal stops it, and how much is there is told', async () => {
    const documents = Array.from({ length: 3_000 }, (_, _id) => serialize({ _id, text: 'x'.repeat(1_000) }))
    const manifest = await exportRun(lake, documents, { formats: ['bson.gz'] })
    const controller = new AbortController()
    const told: number[] = []
    const onInserted = (count: number): void => {
      told.push(count)
      controller.abort(new LakeferryError('INTERRUPTED', { signal: 'SIGINT' }))
    }
    await expect(restore(manifest, { signal: controller.signal, onInserted })).rejects.toMatchObject({
      code: 'INTERRUPTED',
    })
    expect(told).toEqual([await sink.count(collection)])
    expect(told[0]).toBeLessThan(3_000)
    expect(await restore(manifest, { drop: true })).toMatchObject({ documents: 3_000, digest: digestOf(documents) })
  })
})

/** Its methods are on a class, and do not spread. */
function sinkOf(real: DocumentSink): DocumentSink {
  return {
    server: real.server,
    database: real.database,
    count: name => real.count(name),
    drop: name => real.drop(name),
    insert: (...args) => real.insert(...args),
    close: () => real.close(),
  }
}
