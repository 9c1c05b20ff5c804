import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openFsStore } from '../../src/adapters/fs/fs-store.js'
import { readManifest } from '../../src/catalog/catalog.js'
import { takeOverClaim } from '../../src/catalog/held-claim.js'
import { LakeferryError } from '../../src/errors.js'
import { exportDataset } from '../../src/export/export-dataset.js'
import type { ExportRequest } from '../../src/export/request.js'
import type { Manifest } from '../../src/model/manifest.js'
import type { ReadOrder } from '../../src/model/read-order.js'
import { systemClock } from '../../src/ports/clock.js'
import type { DocumentSource, SourceSnapshot } from '../../src/ports/document-source.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { arraySource, bsonOf } from '../support/array-source.js'

const workerUrl = new URL('../../dist/export/worker.js', import.meta.url)
const RUN = '20261122T020000.000Z-1a2b3c'

let root: string
let lake: ObjectStore

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lakeferry-points-'))
  lake = openFsStore({ root })
})

afterEach(async () => {
  await rm(root, { recursive: true, force: true })
})

const papers = (count: number, edition: number) =>
  bsonOf(Array.from({ length: count }, (_, n) => ({ _id: n, edition })))

function run(source: DocumentSource, request: Partial<ExportRequest> = {}, store: ObjectStore = lake) {
  return exportDataset(
    { source, lake: store, clock: systemClock, workerUrl },
    { dataset: 'papers', collection: 'papers', formats: ['ndjson.gz'], tool: 't', partBytes: 1_000, ...request },
  )
}

interface Editions extends DocumentSource {
  opened: number
  /** What each opening asked for. */
  readonly orders: readonly (ReadOrder | undefined)[]
}

/** Each opening sees the next edition of the collection; those in `broken` break off after 150 documents. */
function editions(broken: readonly LakeferryError[], kind: SourceSnapshot['order'] = 'own'): Editions {
  const first = arraySource(papers(400, 0))
  const source = {
    ...first,
    opened: 0,
    orders: [] as (ReadOrder | undefined)[],
    open: async (request: Parameters<DocumentSource['open']>[0]) => {
      source.orders.push(request.order)
      const error = broken[source.opened++]
      const beforeBlock = (read: number): void => {
        if (error !== undefined && read >= 150) throw error
      }
      const snapshot = await arraySource(papers(400, source.opened), { beforeBlock }).open(request)
      const order = kind === 'stored' && request.order === 'id' ? 'id' : kind
      return { ...snapshot, order, resumable: order === 'id' }
    },
  }
  return source
}

async function editionsIn(manifest: Manifest): Promise<number[]> {
  const found = new Set<number>()
  for (const { key } of manifest.parts.filter(({ format }) => format === 'ndjson.gz')) {
    const text = gunzipSync((await lake.get(key))!.body).toString()
    for (const line of text.trimEnd().split('\n')) found.add(JSON.parse(line).edition)
  }
  return [...found]
}

const expired = new LakeferryError('SOURCE_SNAPSHOT_EXPIRED', { namespace: 'a.b', read: 150, reason: 'too old' })
const interrupted = new LakeferryError('SOURCE_INTERRUPTED', { namespace: 'a.b', read: 150, reason: 'cut' })

describe('a point in time that is lost', () => {
  it.each([
    ['a snapshot that expired', [expired]],
    ['a read that cannot be gone on with', [interrupted, interrupted]],
  ])('is replaced by another, and no document of the first is in the run: %s', async (_, broken) => {
    const { manifest, warnings } = await run(editions(broken))
    expect([manifest.documents, await editionsIn(manifest)]).toEqual([400, [broken.length + 1]])
    expect(warnings).toEqual(broken.map(() => expect.stringContaining('again from the beginning')))
  })

  it('ends the export when it happens again and again, and leaves nothing', async () => {
    const source = editions([expired, expired, expired, expired], 'id')
    await expect(run(source)).rejects.toMatchObject({ code: 'SOURCE_SNAPSHOT_EXPIRED' })
    expect(source.opened).toBe(3)
    for await (const { key } of lake.list('')) expect(key).toBe('nothing')
  })
})

describe('a source that goes on by itself as long as it can', () => {
  it('is not begun again when it could not: the server is gone', async () => {
    const source = editions([interrupted], 'id')
    await expect(run(source)).rejects.toMatchObject({ code: 'SOURCE_INTERRUPTED' })
    expect(source.opened).toBe(1)
  })
})

describe('a reading as the documents are stored', () => {
  const outOfOrder = new LakeferryError('SOURCE_ORDER', { namespace: 'a.b', read: 150, reason: 'cut' })

  it('that breaks off is begun again in the order of _id, and no document of the first is in the run', async () => {
    const source = editions([outOfOrder], 'stored')
    const { manifest, warnings } = await run(source)
    expect(source.orders).toEqual(['any', 'id'])
    expect([manifest.documents, await editionsIn(manifest)]).toEqual([400, [2]])
    expect(warnings).toEqual([
      expect.stringMatching(/as it is stored broke off after 150 documents: cut.*again from the begin/),
    ])
  })

  it('in which a document comes twice is begun again', async () => {
    const twice = [...papers(400, 1), ...papers(400, 1).slice(123, 124)]
    const orders: unknown[] = []
    const source: DocumentSource = {
      ...arraySource(twice),
      open: async request => {
        orders.push(request.order)
        const snapshot = await arraySource(request.order === 'any' ? twice : papers(400, 2)).open(request)
        return request.order === 'any' ? { ...snapshot, order: 'stored', resumable: false } : snapshot
      },
    }
    const { manifest, warnings } = await run(source, { formats: ['ndjson.gz', 'parquet'], workers: 2 })
    expect([orders, manifest.documents, await editionsIn(manifest)]).toEqual([['any', 'id'], 400, [2]])
    expect(warnings).toEqual([expect.stringMatching(/after 401 documents: .* came twice/)])
  })

  it('that somebody ended is not begun again', async () => {
    const source = editions([interrupted], 'stored')
    await expect(run(source)).rejects.toMatchObject({ code: 'SOURCE_INTERRUPTED' })
    expect(source.opened).toBe(1)
  })

  it('is not asked for where somebody wants the order of _id, or may want to go on, or several read', async () => {
    const orders: unknown[] = []
    for (const request of [{}, { order: 'any' }, { order: 'id' }, { resume: true }] as const) {
      const source = editions([], 'stored')
      await run(source, request)
      orders.push(...source.orders)
    }
    const source = editions([], 'stored')
    const large = async () => ({ kind: 'collection' as const, bytes: 2 ** 30 })
    await run({ ...source, inspect: large }, { readers: 2 })
    expect([...orders, ...source.orders]).toEqual(['any', 'any', 'id', 'id', 'id'])
  })
})

describe('a writer that was silent too long', () => {
  it('does not commit what another has taken over, and leaves it alone', async () => {
    let taken = false
    const slow = arraySource(papers(400, 1), {
      beforeBlock: async read => {
        if (read < 200 || taken) return
        taken = true
        const now = new Date(Date.now() + 3_600_000)
        await takeOverClaim(lake, 'papers', RUN, { now })
      },
    })
    const before = run(slow, { runId: RUN })
    await expect(before).rejects.toMatchObject({ code: 'RUN_LOST', exitCode: 3 })
    const keys: string[] = []
    for await (const { key } of lake.list('')) keys.push(key)
    expect(keys.filter(key => key.includes('/ndjson.gz/')).length).toBeGreaterThan(0)
    await expect(readManifest(lake, 'papers', RUN)).rejects.toMatchObject({ code: 'RUN_MISSING' })
  })
})
