import { join } from 'node:path'
import { Long, serialize } from 'bson'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Crc64 } from '../../src/adapters/bson-file/crc64.js'
import {
  type ArchivedCollection,
  archive,
  bson,
  crc64,
  metadata,
  openAt,
  readCollection,
  scratch,
  write,
} from './bson-file-dump.js'

let dir: string
let remove: () => Promise<void>
beforeAll(async () => {
  ;({ dir, remove } = await scratch())
})
afterAll(() => remove())

const PAPERS = Array.from({ length: 7 }, (_, _id) => ({ _id, title: `paper ${_id}` }))
const COMMENTS = Array.from({ length: 5 }, (_, _id) => ({ _id: `c${_id}`, paper: _id }))

describe('CRC-64', () => {
  it('is that of Go’s crc64.ECMA', () => {
    const crc = new Crc64()
    expect(crc.value).toBe(0n)
    crc.update(Buffer.from('123456789'))
    // The check value of CRC-64/XZ in the catalogue of parametrised CRC algorithms.
    expect(crc.value).toBe(0x995d_c9bb_df19_39fan)
  })

  it('is the same however the bytes are handed over, and as bit by bit', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), pieces => {
        const crc = new Crc64()
        for (const piece of pieces) crc.update(piece)
        expect(crc.value).toBe(crc64(Buffer.concat(pieces)))
      }),
    )
  })
})

describe('an archive', () => {
  it('gives each collection whole, whatever lies between its blocks, and whatever its file is called', async () => {
    const collections: ArchivedCollection[] = [
      { name: 'papers', documents: PAPERS },
      { name: 'empty', documents: [] },
      { name: 'comments', documents: COMMENTS },
      { db: 'other', name: 'papers', documents: COMMENTS },
      { name: 'papers.old', documents: PAPERS.slice(2) },
    ]
    for (const name of ['x.archive', 'x.archive.gz', 'no ending', 'no ending either.gz', 'x.bson', 'x.bson.gz']) {
      const path = await write(join(dir, name), archive(collections))
      for (const { db, name: collection, documents } of collections) {
        const read = await readCollection(path, collection, { database: db ?? 'iclr', windowBytes: 100 })
        expect(Buffer.concat(read).equals(bson(documents)), `${collection} of ${name}`).toBe(true)
      }
    }
  })

  it('gives generated collections whole, with blocks and windows of any size', async () => {
    const document = fc.record({ _id: fc.integer(), text: fc.string({ maxLength: 30 }) })
    const generated = fc.array(fc.array(document, { maxLength: 12 }), { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(
        generated,
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 300 }),
        async (all, perBlock, windowBytes) => {
          const collections = all.map((documents, index) => ({ name: `c${index}`, documents }))
          const path = await write(join(dir, 'generated'), archive(collections, { perBlock }))
          for (const { name, documents } of collections) {
            const read = await readCollection(path, name, { windowBytes })
            expect(Buffer.concat(read).equals(bson(documents))).toBe(true)
          }
        },
      ),
      { numRuns: 40 },
    )
  })

  it('tells what it has when it has not what was asked for', async () => {
    const path = await write(
      join(dir, 'known'),
      archive([
        { name: 'papers', documents: PAPERS },
        { name: 'comments', documents: COMMENTS },
        { name: 'system.views', documents: [{ _id: 1 }] },
        { db: 'other', name: 'x', documents: [] },
      ]),
    )
    await expect(readCollection(path, 'paper')).rejects.toMatchObject({
      code: 'COLLECTION_MISSING',
      details: { namespace: 'iclr.paper', known: ['comments', 'papers'] },
    })
    await expect(readCollection(path, 'papers', { database: 'iclr_2024' })).rejects.toMatchObject({
      code: 'SOURCE_FILE',
      message: `${path} cannot be read as a backup: the archive has no database iclr_2024; it has iclr, other`,
    })
  })

  it('tells the versions that made it, and of its oplog', async () => {
    const oplog = { db: '', collection: 'oplog', metadata: '', size: 0, type: '' }
    const path = await write(join(dir, 'oplog'), archive([{ name: 'papers', documents: PAPERS }], { prelude: [oplog] }))
    const probe = await (await openAt(path)).probe()
    expect(probe).toMatchObject({
      member: path,
      version: 'mongodump 100.10.0 of MongoDB 7.0.16',
      topology: 'backup archive',
      collections: ['papers'],
      tried: 'papers',
    })
    expect(probe.guarantee).toMatchObject({
      kind: 'file',
      reason: expect.stringMatching(
        /^oplog \(\d+ bytes, last changed .*Z, by mongodump 100\.10\.0 of MongoDB 7\.0\.16\); its oplog is not applied/,
      ),
    })
  })

  it('does not know how large a collection is that shares it with others, and estimates one that does not', async () => {
    const many = Array.from({ length: 300 }, (_, _id) => ({ _id }))
    const alone = await openAt(
      await write(join(dir, 'alone'), archive([{ name: 'papers', documents: many }], { perBlock: 300 })),
    )
    const estimate = await alone.estimateCount('papers')
    expect(estimate).toBeGreaterThan(290)
    expect(estimate).toBeLessThan(340)
    const shared = archive([
      { name: 'papers', documents: many },
      { name: 'other', documents: [] },
    ])
    const source = await openAt(await write(join(dir, 'shared'), shared))
    expect(await source.estimateCount('papers')).toBe(0)
    expect(await source.inspect('papers')).toMatchObject({ kind: 'file', bytes: 0 })
  })

  it('has no documents of a view, and only the buckets of a time series', async () => {
    const path = await write(
      join(dir, 'views'),
      archive([
        { name: 'system.buckets.weather', documents: [{ _id: 1 }], noBlocks: true },
        {
          name: 'active',
          documents: [],
          metadata: metadata('active', { viewOn: 'papers', pipeline: [] }, 'view'),
          noBlocks: true,
        },
        { name: 'papers', documents: PAPERS },
      ]),
    )
    await expect(readCollection(path, 'active')).rejects.toMatchObject({
      code: 'SOURCE_FILE',
      message: expect.stringContaining('active is a view of papers: a backup has its definition and no documents'),
      hint: expect.stringContaining('Export papers, or restore'),
    })
    const weather = metadata('weather', { timeseries: { timeField: 'at' } }, 'timeseries')
    const buckets = [{ _id: 1, control: {}, data: {} }]
    // As mongodump writes it: the collection in the prelude, the buckets in the blocks.
    const series = archive([{ name: 'system.buckets.weather', documents: buckets }]).toString('latin1')
    const renamed = Buffer.from(series, 'latin1')
    const prelude = archive([{ name: 'weather', documents: [], metadata: weather, noBlocks: true }])
    const blocks = renamed.subarray(renamed.indexOf(Buffer.from([0xff, 0xff, 0xff, 0xff])) + 4)
    const timeSeries = await write(join(dir, 'series'), Buffer.concat([prelude, blocks]))
    await expect(readCollection(timeSeries, 'weather')).rejects.toMatchObject({
      code: 'SOURCE_FILE',
      message: expect.stringContaining('weather is a time-series collection, of which a backup has the buckets'),
      hint: expect.stringContaining('export system.buckets.weather'),
    })
    expect(Buffer.concat(await readCollection(timeSeries, 'system.buckets.weather')).equals(bson(buckets))).toBe(true)
  })
})

describe('an archive is damaged', () => {
  const papers = { name: 'papers', documents: PAPERS }
  const header = (name: string, end: boolean, crc = Long.ZERO) =>
    serialize({ db: 'iclr', collection: name, EOF: end, CRC: crc })
  const terminator = Buffer.from([0xff, 0xff, 0xff, 0xff])
  const prelude = archive([{ ...papers, noBlocks: true }])
  const crc = Long.fromBigInt(BigInt.asIntN(64, crc64(bson(PAPERS))))

  it.each([
    [
      'without the end of the collection',
      [header('papers', false), bson(PAPERS), terminator],
      'the archive ends before the documents of iclr.papers do: it was cut off',
    ],
    [
      'with another checksum',
      [header('papers', false), bson(PAPERS), terminator, header('papers', true), terminator],
      `the checksum of iclr.papers is wrong: its documents have ${crc64(bson(PAPERS)).toString(16).padStart(16, '0')}, and the archive says 0000000000000000`,
    ],
    [
      'with a document too few',
      [header('papers', false), bson(PAPERS.slice(1)), terminator, header('papers', true, crc), terminator],
      'the checksum of iclr.papers is wrong',
    ],
    [
      'with documents in the block that ends it',
      [header('papers', true, crc), bson(PAPERS), terminator],
      'a block that ends a collection has documents',
    ],
    [
      'without the last terminator',
      [header('papers', false), bson(PAPERS), terminator, header('papers', true, crc)],
      'the archive ends in the middle of a block',
    ],
    ['with a terminator too many', [terminator, header('papers', false)], 'a block begins without a header'],
    [
      'with a document for a header',
      [serialize({ _id: 1 }), terminator],
      'wanted the header of a block, got another document',
    ],
    ['with a header that is no BSON', [Buffer.from([6, 0, 0, 0, 99, 0])], 'document before this place cannot be read'],
  ])('%s', async (_, pieces, wanted) => {
    const path = await write(join(dir, 'damaged'), Buffer.concat([prelude, ...pieces]))
    await expect(readCollection(path, 'papers')).rejects.toMatchObject({
      code: 'SOURCE_FILE_DAMAGED',
      message: expect.stringContaining(wanted),
      exitCode: 3,
    })
  })

  it('where its prelude is, and is not read where its version is another', async () => {
    const cut = await write(join(dir, 'cut'), prelude.subarray(0, 90))
    await expect(openAt(cut)).rejects.toMatchObject({ code: 'SOURCE_FILE_DAMAGED' })
    const later = await write(join(dir, 'later'), archive([papers], { header: { version: '0.2' } }))
    await expect(openAt(later)).rejects.toMatchObject({
      code: 'SOURCE_FILE',
      message: expect.stringContaining('it is an archive of version 0.2; wanted 0.1'),
    })
  })
})
