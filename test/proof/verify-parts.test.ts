import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FORMATS, type Format } from '../../src/model/format.js'
import { lakeKey } from '../../src/model/lake-key.js'
import type { Manifest } from '../../src/model/manifest.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { type PartsVerdict, verifyParts } from '../../src/proof/verify-parts.js'
import { temporaryLake } from '../catalog/lake-fixture.js'
import { faulty, unreachable } from '../support/faulty-store.js'
import { digestOf, duplicateField, exportRun, malformed, papers } from './proof-fixture.js'

let lake: ObjectStore
let remove: () => Promise<void>
let scratch: string
beforeEach(async () => {
  ;({ lake, remove } = await temporaryLake())
  scratch = await mkdtemp(join(tmpdir(), 'lakeferry-test-'))
})
afterEach(async () => {
  await remove()
  await rm(scratch, { recursive: true, force: true })
})

const verify = (manifest: Manifest, store: ObjectStore = lake): Promise<PartsVerdict> =>
  verifyParts(store, { manifest, scratch })
const pathOf = (key: string): string => lake.localPath!(key)
const partOf = (manifest: Manifest, format: Format) => manifest.parts.find(part => part.format === format)!

/** A `file:` lake that has to be downloaded from, as S3 has. */
const remote = (): ObjectStore => faulty(lake, () => undefined)

const DOCUMENTS = [...papers(2_500), duplicateField(1), malformed(2)]

describe('a run in every format', () => {
  it('is whole, in place and downloaded, and its digest comes from its documents', async () => {
    const manifest = await exportRun(lake, DOCUMENTS, { formats: FORMATS })
    expect(manifest.rejects.documents).toBe(2)
    for (const store of [lake, remote()]) {
      expect(await verify(manifest, store)).toEqual({
        problems: [],
        orphans: [],
        recomputed: { format: 'bson.gz', documents: 2_500, digest: digestOf(DOCUMENTS.slice(0, 2_500)) },
      })
    }
  })

  it.each(FORMATS)('tells of %s that a part was changed, cut off, taken away', async format => {
    const manifest = await exportRun(lake, DOCUMENTS, { formats: [format] })
    const { key, bytes } = partOf(manifest, format)
    const whole = await readFile(pathOf(key))
    const problems = async (): Promise<string> => (await verify(manifest)).problems.map(one => one.problem).join('; ')

    const changed = Buffer.from(whole)
    changed[bytes >> 1]! ^= 1
    await writeFile(pathOf(key), changed)
    expect(await problems()).toMatch(/^its SHA-256 is [0-9a-f]{64}, and the manifest says [0-9a-f]{64}/)

    await writeFile(pathOf(key), whole.subarray(0, bytes - 10))
    expect(await problems()).toMatch(/^its size in bytes is \d+, .*; its SHA-256 is .*; it cannot be read to its end/)

    await rm(pathOf(key))
    expect(await verify(manifest)).toMatchObject({
      problems: [{ key, problem: 'it is not there' }],
      recomputed: undefined,
    })
    expect((await verify(manifest, remote())).problems).toEqual([{ key, problem: 'it is not there' }])

    await writeFile(pathOf(key), whole)
    expect(await problems()).toBe('')
  })

  it('tells every problem, not only the first, and what is left over', async () => {
    const manifest = await exportRun(lake, DOCUMENTS, { formats: FORMATS })
    await rm(pathOf(partOf(manifest, 'json').key))
    await writeFile(pathOf(partOf(manifest, 'bson.gz').key), 'nothing')
    await rm(pathOf(manifest.rejects.keys[0]!))
    const orphan = lakeKey.part('papers', manifest.runId, 'parquet', 99)
    await lake.put(orphan, new Uint8Array([1]))
    const { problems, orphans, recomputed } = await verify(manifest)
    expect([...new Set(problems.map(({ key }) => key))].sort()).toEqual(
      [partOf(manifest, 'json').key, partOf(manifest, 'bson.gz').key, manifest.rejects.keys[0]].sort(),
    )
    expect(orphans).toEqual([orphan])
    // The other lossless format still proves the documents.
    expect(recomputed).toMatchObject({ format: 'ejson.gz', documents: 2_500 })
  })
})

describe('a manifest that says something else than the parts', () => {
  const told = async (manifest: Manifest): Promise<string[]> =>
    (await verify(manifest)).problems.map(one => one.problem)

  it.each(FORMATS)('of the number of documents in %s is told', async format => {
    const manifest = await exportRun(lake, papers(30), { formats: [format] })
    const parts = manifest.parts.map(part => ({ ...part, documents: part.documents + 1 }))
    expect(await told({ ...manifest, parts })).toEqual([
      'the number of its documents is 30, and the manifest says 31',
      `its ${format} parts have 31 documents together, and it says 30 were carried`,
    ])
  })

  it('of their digest is told, whoever it was that changed it', async () => {
    const manifest = await exportRun(lake, papers(30), { formats: ['ejson.gz'] })
    const digest = '1'.padStart(64, '0')
    const parts = manifest.parts.map(part => ({ ...part, digest }))
    expect((await told({ ...manifest, parts, digest })).join()).toMatch(/^the digest of its documents is/)
    expect(await told({ ...manifest, digest })).toEqual([
      expect.stringMatching(/add up to [0-9a-f]{64}, and it says 0{63}1/),
    ])
  })

  it('of the rejected documents is told, and an older one that has no digest of them is taken', async () => {
    const manifest = await exportRun(lake, DOCUMENTS, { formats: ['bson.gz'] })
    expect(manifest.rejects.digest).toBe(digestOf(DOCUMENTS.slice(2_500)))
    const { digest: _, ...older } = manifest.rejects
    expect(await told({ ...manifest, rejects: older })).toEqual([])
    const [key] = manifest.rejects.keys
    const lines = (await readFile(pathOf(key!), 'utf8')).split('\n')
    await writeFile(pathOf(key!), `${lines[0]}\n`)
    expect(await told(manifest)).toEqual([
      'it says that 2 documents were rejected, and 1 are in _rejects/',
      expect.stringMatching(/^the digest of the rejected documents is/),
    ])
    await writeFile(pathOf(key!), 'no line of ours\n')
    expect(await told(manifest)).toEqual([expect.stringContaining('line 1 is no rejected document')])
  })
})

it('an empty run is whole', async () => {
  const manifest = await exportRun(lake, [], { formats: FORMATS })
  expect(await verify(manifest)).toMatchObject({ problems: [], recomputed: { documents: 0, digest: '0'.repeat(64) } })
})

it('a lake that does not answer is an error and no verdict', async () => {
  const manifest = await exportRun(lake, papers(30), { formats: ['bson.gz', 'json'] })
  for (const call of ['download', 'list']) {
    const silent = faulty(lake, name => (name === call ? unreachable() : undefined))
    await expect(verify(manifest, silent)).rejects.toMatchObject({ code: 'LAKE_UNREACHABLE' })
  }
})

it('stops when it is asked to, and leaves no copies', async () => {
  const manifest = await exportRun(lake, papers(30), { formats: FORMATS })
  const request = { manifest, scratch, signal: AbortSignal.abort('SIGINT') }
  await expect(verifyParts(remote(), request)).rejects.toMatchObject({ code: 'INTERRUPTED' })
  await verifyParts(remote(), { manifest, scratch })
  expect(await readdir(scratch)).toEqual([])
})
