import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { serialize } from 'bson'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openFsStore } from '../../src/adapters/fs/fs-store.js'
import { exportDataset } from '../../src/export/export-dataset.js'
import type { ExportRequest } from '../../src/export/request.js'
import type { Column } from '../../src/model/column.js'
import type { Contract } from '../../src/model/contract.js'
import { systemClock } from '../../src/ports/clock.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { DuckDbRuns } from '../adapters/duckdb-runs.js'
import { arraySource } from '../support/array-source.js'

const workerUrl = new URL('../../dist/export/worker.js', import.meta.url)
const COLUMNS: readonly Column[] = [
  { name: 'kind', type: { kind: 'string' } },
  { name: 'at', type: { kind: 'timestamp' } },
  { name: 'n', type: { kind: 'int32' } },
]
const CONTRACT: Contract = {
  id: 'papers',
  name: 'papers',
  version: '1.0.0',
  fingerprint: '0'.repeat(64),
  columns: COLUMNS,
  rules: [],
  keyColumns: [],
  notes: {},
}

/** Some of everything that a folder's name has to escape, and what is none. */
const KINDS = ['plain', 'a/b', 'x=y', '100%', 'é ü', '{[^]}', "'", '..', '', null, undefined, 7]
const DOCUMENTS = Array.from({ length: 600 }, (_, n) => {
  const kind = KINDS[n % KINDS.length]
  const at = new Date(Date.UTC(2024, 0, 30 + (n % 5), 12))
  return serialize({ _id: n, n, ...(n % 7 === 0 ? {} : { at }), ...(kind === undefined ? {} : { kind }) })
})

let root: string
let lake: ObjectStore
let duckdb: DuckDBConnection
beforeAll(async () => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  duckdb = await instance.connect()
  await duckdb.run("SET TimeZone = 'UTC'")
})
afterAll(() => duckdb.closeSync())
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lakeferry-partitions-'))
  lake = openFsStore({ root })
})
afterEach(() => rm(root, { recursive: true, force: true }))

function run(request: Partial<ExportRequest>, documents: readonly Uint8Array[] = DOCUMENTS) {
  return exportDataset(
    { source: arraySource(documents, { readers: 2 }), lake, clock: systemClock, workerUrl },
    {
      dataset: 'papers',
      collection: 'papers',
      formats: ['parquet', 'json'],
      contract: CONTRACT,
      tool: 'lakeferry test',
      ...request,
    },
  )
}

const rowsOf = async (sql: string) => (await duckdb.runAndReadAll(sql)).getRowsJson()

describe('a run in folders', () => {
  it('by text gives DuckDB the same rows with hive_partitioning, value by value, and it skips the other folders', async () => {
    const { manifest } = await run({ partitionBy: { field: 'kind' } })
    const parts = manifest.parts.filter(({ format }) => format === 'parquet')
    expect(new Set(parts.map(({ partition }) => partition?.value)).size).toBe(9)
    expect(parts.every(({ key, partition }) => key.includes(`/parquet/${partition!.folder}/part-`))).toBe(true)

    const files = `read_parquet('${root}/papers/run=${manifest.runId}/parquet/**/*.parquet', hive_partitioning = true, hive_types_autocast = false)`
    const folders = await rowsOf(`SELECT kind, count(*), min(n), max(n) FROM ${files} GROUP BY kind ORDER BY kind`)
    const expected = KINDS.filter(kind => typeof kind === 'string' && kind !== '').map(kind => {
      const mine = DOCUMENTS.map((_, n) => n).filter(n => KINDS[n % KINDS.length] === kind)
      return [kind, String(mine.length), mine[0], mine.at(-1)]
    })
    const rest = DOCUMENTS.map((_, n) => n).filter(n => !expected.some(([kind]) => kind === KINDS[n % KINDS.length]))
    expect(new Set(folders.map(row => JSON.stringify(row)))).toEqual(
      new Set([...expected, [null, String(rest.length), rest[0], rest.at(-1)]].map(row => JSON.stringify(row))),
    )
    const [plan] = await rowsOf(`EXPLAIN ANALYZE SELECT sum(n) FROM ${files} WHERE kind = 'a/b'`)
    const ofThatFolder = parts.filter(({ partition }) => partition?.value === 'a/b').length
    expect(String(plan)).toMatch(new RegExp(`Files Read: ${ofThatFolder}\\b`))
  })

  it('by the day of a date has the column in the files and the day in the folders', async () => {
    const { manifest } = await run({ partitionBy: { field: 'at', date: 'day' } })
    const files = `read_parquet('${root}/papers/run=${manifest.runId}/parquet/**/*.parquet', hive_partitioning = true)`
    const rows = await rowsOf(
      `SELECT at_day, count(*), count("at"), bool_and(at_day = CAST("at" AS DATE)) FROM ${files} GROUP BY 1 ORDER BY 1 NULLS LAST`,
    )
    expect(rows.map(([day]) => day)).toEqual([
      '2024-01-30',
      '2024-01-31',
      '2024-02-01',
      '2024-02-02',
      '2024-02-03',
      null,
    ])
    expect(rows.slice(0, -1).every(([, all, dated, same]) => all === dated && same === true)).toBe(true)
    expect(rows.at(-1)).toEqual([null, '86', '0', null])
    expect(rows.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(600)
  })

  it('is read by the engine of validate, which sees the columns of the files and no others', async () => {
    const { manifest } = await run({ partitionBy: { field: 'kind' } })
    const runs = new DuckDbRuns(root)
    try {
      const answers = await runs.run(lake, manifest, [
        { name: 'kinds', sql: 'SELECT kind, count(*) FROM data GROUP BY kind ORDER BY kind NULLS LAST' },
        { name: 'columns', sql: 'SELECT count(*) FROM (DESCRIBE data)' },
      ])
      // The empty text has a folder with null, and is the empty text all the same.
      expect(answers['kinds']).toContainEqual(['', 50n])
      expect(answers['kinds']!.at(-1)).toEqual([null, 150n])
      expect(answers['columns']).toEqual([[6n]])
    } finally {
      await runs.close()
    }
  })

  it('without documents has one folder, for the schema', async () => {
    const { manifest } = await run({ partitionBy: { field: 'kind' } }, [])
    expect(manifest.parts.map(({ key }) => key.split('/').slice(2).join('/'))).toEqual([
      'json/kind=__HIVE_DEFAULT_PARTITION__/papers_chunk_1.json',
      'parquet/kind=__HIVE_DEFAULT_PARTITION__/part-00000.parquet',
    ])
  })
})

describe('fails with nothing on the lake', () => {
  const objects = async () => {
    const keys: string[] = []
    for await (const { key } of lake.list('papers/')) keys.push(key)
    return keys
  }

  it('before anything is read, by a field that is none', async () => {
    await expect(run({ partitionBy: { field: 'nothing' } })).rejects.toMatchObject({ code: 'PARTITION_FIELD' })
    expect(await objects()).toEqual([])
  })

  it('with the error of a worker as it was raised there', async () => {
    const long = serialize({ _id: 1, kind: 'x'.repeat(300) })
    await expect(run({ partitionBy: { field: 'kind' } }, [long])).rejects.toMatchObject({ code: 'PARTITION_VALUE' })
    const many = Array.from({ length: 2_100 }, (_, n) => serialize({ _id: n, kind: `k${n}` }))
    await expect(run({ partitionBy: { field: 'kind' } }, many)).rejects.toMatchObject({
      code: 'PARTITION_TOO_MANY',
      exitCode: 2,
    })
    expect(await objects()).toEqual([])
  })
})
