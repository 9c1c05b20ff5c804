import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { makeRun } from '../validate/made-run.js'
import { column } from '../validate/validate-rows.js'
import { COLUMNS, COUNT, DuckDbRuns, ROWS, remote } from './duckdb-runs.js'

let folder: string
let duckdb: DuckDbRuns

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lf-duckdb-'))
  duckdb = new DuckDbRuns(folder)
})
afterEach(async () => {
  await duckdb.close()
  await rm(folder, { recursive: true, force: true })
})

describe('refuses', () => {
  it.each([
    ['local', (lake: ObjectStore) => lake],
    ['remote', remote],
  ] as const)('a damaged, shortened or absent part of a %s lake', async (_, as) => {
    const made = await makeRun(folder, COLUMNS, [ROWS, ROWS])
    const lake = as(made.lake)
    const part = made.manifest.parts[1]!
    const path = join(folder, part.key)
    const bytes = await readFile(path)

    const damaged = Uint8Array.from(bytes)
    damaged[10] = damaged[10]! ^ 1
    await writeFile(path, damaged)
    await expect(duckdb.run(lake, made.manifest, [COUNT])).rejects.toMatchObject({
      code: 'LAKE_OBJECT_DAMAGED',
      details: { key: part.key, wanted: `SHA-256 ${part.sha256}` },
    })
    await writeFile(path, bytes.subarray(0, bytes.length - 1))
    await expect(duckdb.run(lake, made.manifest, [COUNT])).rejects.toMatchObject({
      code: 'LAKE_OBJECT_DAMAGED',
      details: { key: part.key, wanted: `${bytes.length} bytes`, got: `${bytes.length - 1}` },
    })
    await rm(path)
    await expect(duckdb.run(lake, made.manifest, [COUNT])).rejects.toMatchObject({
      code: 'LAKE_OBJECT_MISSING',
      details: { key: part.key },
    })
    expect(await readdir(duckdb.scratch)).toEqual([])
  })

  it.each([
    ['another type', [column('t', 'string'), column('n', 'int64')], 'column "n" BIGINT', '"n" INTEGER'],
    ['another name', [column('t', 'string'), column('m', 'int32')], 'column "m" INTEGER', '"n" INTEGER'],
    ['a column more', COLUMNS.slice(0, 1), 'column "_extra" VARCHAR', '"n" INTEGER'],
    ['a column less', [...COLUMNS, column('x', 'double')], 'column "x" DOUBLE', '"_extra" VARCHAR'],
  ])('a part with %s than the manifest has', async (_, columns, wanted, got) => {
    const { lake, manifest } = await makeRun(folder, COLUMNS, [ROWS])
    await expect(duckdb.run(lake, { ...manifest, columns }, [COUNT])).rejects.toMatchObject({
      code: 'LAKE_OBJECT_DAMAGED',
      details: { wanted, got },
    })
  })

  it('a part with another number of documents than the manifest has', async () => {
    const { lake, manifest } = await makeRun(folder, COLUMNS, [ROWS])
    const parts = manifest.parts.map(part => ({ ...part, documents: 3 }))
    await expect(duckdb.run(lake, { ...manifest, parts }, [COUNT])).rejects.toMatchObject({
      code: 'LAKE_OBJECT_DAMAGED',
      details: { wanted: '3 documents', got: '2' },
    })
  })

  it('what is no Parquet although its digest is right', async () => {
    const { lake, manifest } = await makeRun(folder, COLUMNS, [ROWS])
    const part = manifest.parts[0]!
    const text = new TextEncoder().encode('no Parquet')
    await writeFile(join(folder, part.key), text)
    const sha256 = createHash('sha256').update(text).digest('hex')
    const parts = [{ ...part, bytes: text.length, sha256 }]
    await expect(duckdb.run(lake, { ...manifest, parts }, [COUNT])).rejects.toMatchObject({ code: 'ENGINE_FAILED' })
  })

  it('a statement that fails, saying which', async () => {
    const { lake, manifest } = await makeRun(folder, COLUMNS, [ROWS])
    const broken = { name: 'broken', sql: 'SELECT CAST(t AS INTEGER) FROM data' }
    await expect(duckdb.run(lake, manifest, [COUNT, broken])).rejects.toMatchObject({
      code: 'ENGINE_FAILED',
      details: { engine: 'duckdb', step: 'run the statement broken' },
    })
  })

  it('to go on when it is told to stop, with the reason it was given', async () => {
    const { lake, manifest } = await makeRun(folder, COLUMNS, [ROWS])
    const stop = new AbortController()
    const long = {
      name: 'long',
      sql: 'SELECT count(*) FROM range(100000) AS a(x), range(1000000) AS b(y) WHERE x * y = 7',
    }
    setTimeout(() => stop.abort(new Error('enough')), 300)
    await expect(duckdb.run(lake, manifest, [long], stop.signal)).rejects.toThrow('enough')
    // And works on afterwards.
    expect(await duckdb.run(lake, manifest, [COUNT])).toEqual({ count: [[2n]] })
  })

  it('to read the lake through an extension from the network', async () => {
    const { lake, manifest } = await makeRun(folder, COLUMNS, [ROWS])
    const away = { name: 'away', sql: "SELECT * FROM read_parquet('s3://bucket/key.parquet')" }
    await expect(duckdb.run(lake, manifest, [away])).rejects.toMatchObject({ code: 'ENGINE_FAILED' })
  })
})
