import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openFsStore } from '../../src/adapters/fs/fs-store.js'
import { latestRun } from '../../src/catalog/catalog.js'
import { isLakeferryError, LakeferryError } from '../../src/errors.js'
import { exportDataset } from '../../src/export/export-dataset.js'
import type { ExportRequest } from '../../src/export/request.js'
import type { Manifest } from '../../src/model/manifest.js'
import { systemClock } from '../../src/ports/clock.js'
import type { DocumentSource } from '../../src/ports/document-source.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { arraySource, bsonOf } from '../support/array-source.js'

const workerUrl = new URL('../../dist/export/worker.js', import.meta.url)
const RUN = '20261122T020000.000Z-1a2b3c'

let root: string
let lake: ObjectStore

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lakeferry-export-'))
  lake = openFsStore({ root })
})

afterEach(async () => {
  await rm(root, { recursive: true, force: true })
})

function run(source: DocumentSource, request: Partial<ExportRequest> = {}, store: ObjectStore = lake) {
  const defaults: ExportRequest = {
    dataset: 'papers',
    collection: 'papers',
    formats: ['ndjson.gz'],
    tool: 'lakeferry test',
  }
  return exportDataset({ source, lake: store, clock: systemClock, workerUrl }, { ...defaults, ...request })
}

const papers = (count: number) =>
  bsonOf(Array.from({ length: count }, (_, n) => ({ _id: `p${n}`, title: `Title ${n}` })))

async function linesOf(manifest: Manifest): Promise<string[]> {
  const lines: string[] = []
  for (const part of manifest.parts.filter(one => one.format === 'ndjson.gz')) {
    const text = gunzipSync((await lake.get(part.key))!.body).toString()
    lines.push(...text.split('\n').slice(0, -1))
  }
  return lines
}

/** By its definition, with BigInt: docs/lake-format.md. */
function digestOf(documents: readonly Uint8Array[]): string {
  let sum = 0n
  for (const document of documents) sum += BigInt(`0x${createHash('sha256').update(document).digest('hex')}`)
  return (sum % (1n << 256n)).toString(16).padStart(64, '0')
}

async function objects(): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of lake.list('')) keys.push(key)
  return keys
}

/** A thousand documents are on the lake: what follows happens in the middle of the run. */
async function untilAPartIsThere(): Promise<void> {
  await vi.waitFor(async () => expect(await objects()).toContainEqual(expect.stringContaining('_chunk_')), 90_000)
}

async function failureOf(promise: Promise<unknown>): Promise<LakeferryError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!isLakeferryError(error)) throw error ?? new Error('it did not fail')
  return error
}

describe('exportDataset', () => {
  it('commits every document once in every format, with a digest that can be computed another way', async () => {
    const documents = papers(2_345)
    const { manifest, warnings } = await run(arraySource(documents, { readers: 3 }), {
      formats: ['json', 'parquet', 'ndjson.gz'],
    })
    expect(manifest.documents).toBe(2_345)
    expect(manifest.digest).toBe(digestOf(documents))
    expect((await linesOf(manifest)).map(line => JSON.parse(line)._id).sort()).toEqual(
      Array.from({ length: 2_345 }, (_, n) => `p${n}`).sort(),
    )
    for (const format of manifest.formats) {
      expect(manifest.parts.filter(part => part.format === format).reduce((sum, part) => sum + part.documents, 0)).toBe(
        2_345,
      )
    }
    for (const part of manifest.parts) {
      const { body } = (await lake.get(part.key))!
      expect([part.bytes, part.sha256]).toEqual([body.length, createHash('sha256').update(body).digest('hex')])
    }
    expect(warnings).toEqual([])
    expect(await latestRun(lake, 'papers')).toBe(manifest.runId)
  })

  it('writes JSON chunks of 1,000 documents, each one array on one line', async () => {
    const { manifest } = await run(arraySource(papers(2_500)), { formats: ['json'] })
    expect(manifest.parts.map(part => [part.key.split('/').at(-1), part.documents])).toEqual([
      ['papers_chunk_1.json', 1_000],
      ['papers_chunk_2.json', 1_000],
      ['papers_chunk_3.json', 500],
    ])
    const text = new TextDecoder().decode((await lake.get(manifest.parts[2]!.key))!.body)
    expect(text.indexOf('\n')).toBe(text.length - 1)
    expect(JSON.parse(text)).toHaveLength(500)
  })

  it('leaves a valid run of 0 documents, with a warning, for an empty collection', async () => {
    const { manifest, warnings } = await run(arraySource([]), { formats: ['json', 'parquet', 'ndjson.gz'] })
    expect(manifest.documents).toBe(0)
    expect(warnings).toEqual([expect.stringContaining('no documents')])
    expect(manifest.parts.map(part => [part.format, part.documents])).toEqual([
      ['json', 0],
      ['ndjson.gz', 0],
      ['parquet', 0],
    ])
    const json = manifest.parts.find(part => part.format === 'json')!
    expect(new TextDecoder().decode((await lake.get(json.key))!.body)).toBe('[]\n')
  })

  it('keeps the raw bytes of a document that no format can carry, and counts it', async () => {
    const bad = bsonOf([{ _id: 'bad', title: 'abc' }])[0]!
    bad[bad.indexOf(0x62, 25)] = 0xff
    const documents = [...papers(3), bad]
    const { manifest, warnings } = await run(arraySource(documents))
    expect([manifest.documents, manifest.rejects.documents]).toEqual([4, 1])
    expect(manifest.digest).toBe(digestOf(documents.slice(0, 3)))
    const line = JSON.parse(new TextDecoder().decode((await lake.get(manifest.rejects.keys[0]!))!.body))
    expect(Buffer.from(line.bson, 'base64')).toEqual(Buffer.from(bad))
    expect(line.reason.path).toBe('title')
    expect(warnings).toEqual([expect.stringContaining('_rejects')])
  })

  it('removes everything it wrote when the source breaks off', async () => {
    const broken = new LakeferryError('SOURCE_INTERRUPTED', {
      namespace: 'test.papers',
      read: 1_400,
      reason: 'cursor lost',
    })
    const source = arraySource(papers(3_000), {
      beforeBlock: async read => {
        if (read < 1_400) return
        await untilAPartIsThere()
        throw broken
      },
    })
    expect((await failureOf(run(source, { formats: ['json'], runId: RUN }))).code).toBe('SOURCE_INTERRUPTED')
    expect(await objects()).toEqual([])
    expect((await run(arraySource(papers(5)), { runId: RUN })).manifest.documents).toBe(5)
  })

  it('stops on a signal, leaves nothing, and says which signal', async () => {
    const abort = new AbortController()
    const source = arraySource(papers(3_000), {
      beforeBlock: async read => {
        if (read < 1_400 || abort.signal.aborted) return
        await untilAPartIsThere()
        abort.abort('SIGINT')
      },
    })
    const error = await failureOf(run(source, { formats: ['json'], signal: abort.signal }))
    expect([error.code, error.exitCode, error.message]).toEqual(['INTERRUPTED', 130, 'stopped by SIGINT'])
    expect(await objects()).toEqual([])
  })

  it('lets one of two exports with one run id commit and tells the other', async () => {
    const outcomes = await Promise.allSettled([1, 2].map(() => run(arraySource(papers(1_500)), { runId: RUN })))
    const refused = outcomes.find(outcome => outcome.status === 'rejected')
    expect(outcomes.map(outcome => outcome.status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(['RUN_CLAIMED', 'RUN_EXISTS']).toContain(refused?.reason.code)
    const later = await failureOf(run(arraySource(papers(9)), { runId: RUN }))
    expect([later.code, later.exitCode]).toEqual(['RUN_EXISTS', 2])
    expect(await latestRun(lake, 'papers')).toBe(RUN)
  })

  it('leaves a run id alone that a killed export has claimed', async () => {
    await lake.putIfAbsent(
      `_lakeferry/claims/papers/${RUN}.json`,
      new TextEncoder().encode('{"at":"2026-11-22T02:00:00.000Z","by":"elsewhere"}'),
    )
    const error = await failureOf(run(arraySource(papers(1)), { runId: RUN }))
    expect([error.code, error.message]).toEqual(['RUN_CLAIMED', expect.stringContaining('elsewhere')])
  })

  it('refuses a lake that lets a second writer through', async () => {
    const careless: ObjectStore = new Proxy(lake, {
      get: (store, name) =>
        name === 'putIfAbsent'
          ? async (key: string, body: Uint8Array) => {
              await store.put(key, body)
              return 'created'
            }
          : (Reflect.get(store, name).bind?.(store) ?? Reflect.get(store, name)),
    })
    expect((await failureOf(run(arraySource(papers(1)), {}, careless))).code).toBe('LAKE_NO_CONDITIONAL_WRITE')
    expect(await objects()).toEqual([])
  })

  it('leaves the parts in place when the answer to the commit is lost for good', async () => {
    const lost = new LakeferryError('LAKE_UNREACHABLE', { lake: 'file:', operation: 'put', reason: 'no answer' })
    const deaf: ObjectStore = new Proxy(lake, {
      get: (store, name) => {
        const method = Reflect.get(store, name)
        if (name !== 'putIfAbsent') return method.bind?.(store) ?? method
        return (key: string, body: Uint8Array) =>
          key.endsWith('_manifest.json') ? Promise.reject(lost) : store.putIfAbsent(key, body)
      },
    })
    const error = await failureOf(run(arraySource(papers(3)), { runId: RUN }, deaf))
    expect([error.code, error.retryable]).toEqual(['COMMIT_UNKNOWN', true])
    expect((await objects()).filter(key => key.startsWith('papers/'))).toHaveLength(1)
    expect(await latestRun(lake, 'papers')).toBeUndefined()
  })

  it('does not say that nothing was committed when it was stopped while the answer to the commit was lost', async () => {
    const abort = new AbortController()
    const lost = new LakeferryError('LAKE_UNREACHABLE', { lake: 'file:', operation: 'put', reason: 'no answer' })
    const deaf: ObjectStore = new Proxy(lake, {
      get: (store, name) => {
        const method = Reflect.get(store, name)
        if (name !== 'putIfAbsent') return method.bind?.(store) ?? method
        return (key: string, body: Uint8Array) => {
          if (!key.endsWith('_manifest.json')) return store.putIfAbsent(key, body)
          abort.abort('SIGINT')
          return Promise.reject(lost)
        }
      },
    })
    const error = await failureOf(run(arraySource(papers(3)), { runId: RUN, signal: abort.signal }, deaf))
    expect(error.code).toBe('COMMIT_UNKNOWN')
  })

  it('fails as a whole when an upload fails, and removes the others', async () => {
    const full = new LakeferryError('LAKE_FULL', { lake: 'file:', key: 'k', reason: 'ENOSPC' })
    let puts = 0
    const small: ObjectStore = new Proxy(lake, {
      get: (store, name) => {
        const method = Reflect.get(store, name)
        if (name !== 'putIfAbsent') return method.bind?.(store) ?? method
        return (key: string, body: Uint8Array) =>
          key.includes('/json/') && ++puts > 2 ? Promise.reject(full) : store.putIfAbsent(key, body)
      },
    })
    const error = await failureOf(run(arraySource(papers(9_000), { perBlock: 100 }), { formats: ['json'] }, small))
    expect(error.code).toBe('LAKE_FULL')
    expect(await objects()).toEqual([])
  })

  it('says so when a worker dies, and leaves nothing', async () => {
    const dead = new URL(`data:text/javascript,process.exit(7)`)
    const promise = exportDataset(
      { source: arraySource(papers(50)), lake, clock: systemClock, workerUrl: dead },
      { dataset: 'papers', collection: 'papers', formats: ['json'], tool: 't' },
    )
    expect((await failureOf(promise)).code).toBe('WORKER_FAILED')
    expect(await objects()).toEqual([])
    expect((await readdir(root)).filter(name => !name.startsWith('_') && !name.startsWith('.'))).toEqual([])
  })
})
