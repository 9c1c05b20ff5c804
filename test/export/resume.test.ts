import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openFsStore } from '../../src/adapters/fs/fs-store.js'
import { isLakeferryError, LakeferryError } from '../../src/errors.js'
import { exportDataset } from '../../src/export/export-dataset.js'
import type { ExportRequest } from '../../src/export/request.js'
import type { Manifest } from '../../src/model/manifest.js'
import type { Clock } from '../../src/ports/clock.js'
import type { DocumentSource } from '../../src/ports/document-source.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { arraySource, bsonOf } from '../support/array-source.js'
import { faulty } from '../support/faulty-store.js'

const workerUrl = new URL('../../dist/export/worker.js', import.meta.url)
const DATASET = 'papers'

let root: string
let lake: ObjectStore

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lakeferry-resume-'))
  lake = openFsStore({ root })
})

afterEach(async () => {
  await rm(root, { recursive: true, force: true })
})

const papers = (count: number, edition = 1) =>
  bsonOf(Array.from({ length: count }, (_, n) => ({ _id: `p${n}`, title: `Title ${n}`, edition })))

/** Hours after now: later than anybody waits for a claim to be renewed. */
const later = (hours: number): Clock => ({ now: () => new Date(Date.now() + hours * 3_600_000) })

function run(source: DocumentSource, request: Partial<ExportRequest> = {}, { store = lake, clock = later(0) } = {}) {
  const defaults: ExportRequest = {
    dataset: DATASET,
    collection: DATASET,
    formats: ['ndjson.gz', 'parquet'],
    tool: 'lakeferry test',
    partBytes: 2_000,
    // One after the other: with two, the second may have finished much while the first one has not begun.
    workers: 1,
  }
  return exportDataset({ source, lake: store, clock, workerUrl }, { ...defaults, ...request })
}

/** The lake as a process sees it that is killed after so many writes: nothing it does after that reaches it. */
function untilDeath(writes: number): ObjectStore {
  let left = writes
  return faulty(lake, call => {
    if (call.startsWith('put')) left--
    return left < 0 ? 'before' : undefined
  })
}

/** The same, killed when so many segments are finished and written down: something to go on with is there. */
function untilFinished(segments: number): ObjectStore {
  let left = segments
  const dying = faulty(lake, () => (left <= 0 ? 'before' : undefined))
  return {
    ...dying,
    put: async (key, body, options) => {
      await dying.put(key, body, options)
      if (key.includes('/segment-')) left--
    },
  }
}

async function failureOf(promise: Promise<unknown>): Promise<LakeferryError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!isLakeferryError(error)) throw error ?? new Error('it did not fail')
  return error
}

async function objects(): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of lake.list('')) keys.push(key)
  return keys
}

const namedBy = ({ runId, parts, rejects }: Manifest): string[] => [
  `${DATASET}/_latest.json`,
  `${DATASET}/run=${runId}/_manifest.json`,
  ...parts.map(part => part.key),
  ...rejects.keys,
]

/** A source that counts what is read of it. */
function counted(documents: readonly Uint8Array[], readers = 1): { source: DocumentSource; read: () => number } {
  let read = 0
  const source = arraySource(documents, {
    readers,
    beforeBlock: () => {
      read += 7
    },
  })
  return { source, read: () => read }
}

describe('a run whose process died', () => {
  it('is finished by --resume without reading again what was finished', async () => {
    const documents = papers(1_000)
    const { digest } = (await run(arraySource(documents))).manifest
    await failureOf(run(arraySource(documents), {}, { store: untilFinished(4) }))
    const second = counted(documents)
    const { manifest, resumed, warnings } = await run(second.source, { resume: true }, { clock: later(1) })
    expect([manifest.documents, manifest.digest, warnings]).toEqual([1_000, digest, []])
    expect(resumed).toBeGreaterThan(0)
    expect(second.read()).toBeLessThanOrEqual(1_000 - resumed + 7)
  })

  it('leaves nothing behind that its manifest does not name, once it is finished', async () => {
    const documents = papers(600)
    await failureOf(run(arraySource(documents, { readers: 3 }), {}, { store: untilFinished(6) }))
    const { manifest } = await run(arraySource(documents, { readers: 3 }), { resume: true }, { clock: later(1) })
    expect((await objects()).sort()).toEqual(namedBy(manifest).sort())
  })

  it('holds every document once, whenever it died and however often', { timeout: 900_000 }, async () => {
    const documents = papers(300)
    const { digest } = (await run(arraySource(documents))).manifest
    const deaths = fc.array(fc.nat(40), { minLength: 1, maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(deaths, fc.integer({ min: 1, max: 3 }), async (writes, readers) => {
        await lake.delete(await objects())
        const source = () => arraySource(documents, { readers })
        let hours = 0
        for (const count of writes) {
          const dying = run(source(), { resume: true, workers: 2 }, { store: untilDeath(count), clock: later(hours++) })
          await dying.catch(error => expect(isLakeferryError(error)).toBe(true))
        }
        const { manifest } = await run(source(), { resume: true, workers: 2 }, { clock: later(hours) })
        expect([manifest.documents, manifest.digest]).toEqual([300, digest])
        const there = (await objects()).filter(key => key.startsWith(`${DATASET}/run=${manifest.runId}/`))
        expect(there.sort()).toEqual(
          namedBy(manifest)
            .filter(key => !key.endsWith('_latest.json'))
            .sort(),
        )
      }),
      { numRuns: 25 },
    )
  })

  it('is not resumed with other settings', async () => {
    await failureOf(run(arraySource(papers(500)), {}, { store: untilFinished(4) }))
    const asked = run(arraySource(papers(500)), { resume: true, formats: ['json'] }, { clock: later(1) })
    const error = await failureOf(asked)
    expect([error.code, error.exitCode]).toEqual(['RESUME_CHANGED', 2])
    expect(error.message).toContain('the formats was ["ndjson.gz","parquet"] and is ["json"]')
    expect((await run(arraySource(papers(500)), { resume: true }, { clock: later(1) })).resumed).toBeGreaterThan(0)
  })

  it('is not taken from a writer that may still be at work', async () => {
    await failureOf(run(arraySource(papers(500)), {}, { store: untilFinished(4) }))
    const error = await failureOf(run(arraySource(papers(500)), { resume: true }))
    expect([error.code, error.exitCode]).toEqual(['RUN_CLAIMED', 2])
  })

  it('is begun anew, with a word about it, when a part that was finished is gone', async () => {
    await failureOf(run(arraySource(papers(500)), {}, { store: untilFinished(4) }))
    await lake.delete((await objects()).filter(key => /ndjson\.gz\/part/.test(key)))
    const { manifest, resumed, warnings } = await run(arraySource(papers(500)), { resume: true }, { clock: later(1) })
    expect([manifest.documents, resumed]).toEqual([500, 0])
    expect(warnings).toEqual([expect.stringContaining('had finished nothing')])
  })
})

describe('an export with --resume', () => {
  it('begins a new run where there is none to go on with', async () => {
    const { manifest, resumed, warnings } = await run(arraySource(papers(20)), { resume: true })
    expect([manifest.documents, resumed, warnings]).toEqual([20, 0, []])
  })

  it('keeps what is finished when it fails, for the next one', async () => {
    const documents = papers(900)
    const broken = new LakeferryError('LAKE_FULL', { lake: 'file:', key: 'k', reason: 'ENOSPC' })
    let puts = 0
    const full = faulty(lake, call => (call === 'putIfAbsent' && ++puts > 20 ? broken : undefined))
    expect((await failureOf(run(arraySource(documents), { resume: true }, { store: full }))).code).toBe('LAKE_FULL')
    const { manifest, resumed } = await run(arraySource(documents), { resume: true })
    expect(manifest.documents).toBe(900)
    expect(resumed).toBeGreaterThan(0)
  })
})
