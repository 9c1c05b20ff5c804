import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { streamWhole } from '../../src/adapters/duckdb/whole-answer.js'

let instance: DuckDBInstance
let connection: DuckDBConnection
let spill: string
beforeAll(async () => {
  // What does not fit into memory would go into the folder that the tests run in.
  spill = await mkdtemp(join(tmpdir(), 'lf-spill-'))
  instance = await DuckDBInstance.create(':memory:', { threads: '2', temp_directory: spill })
  connection = await instance.connect()
})
afterAll(async () => {
  connection.closeSync()
  instance.closeSync()
  await rm(spill, { recursive: true, force: true })
})

const ROWS = 1_000_000
const FAILS = 300_000
const BROKEN = `SELECT\n CASE WHEN range = ${FAILS} THEN ('x' || range)::INTEGER ELSE range END FROM range(${ROWS})`

async function readAll(sql: string): Promise<number> {
  const answer = await streamWhole(connection, sql)
  let rows = 0
  try {
    for (let chunk = await answer.next(); chunk !== undefined; chunk = await answer.next()) rows += chunk.rowCount
  } finally {
    await answer.close()
  }
  return rows
}

it('is needed: the binding ends a stream that fails as it ends one that is whole', async () => {
  const result = await connection.stream(BROKEN)
  let rows = 0
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk())
    rows += chunk.rowCount
  expect(rows).toBeGreaterThan(0)
  expect(rows).toBeLessThan(ROWS)
})

it('gives all rows of an answer, and none of an empty one', async () => {
  expect(await readAll(`FROM range(${ROWS})`)).toBe(ROWS)
  expect(await readAll('SELECT 1 WHERE FALSE')).toBe(0)
})

it('throws what DuckDB says when the answer breaks off, with the place in the statement', async () => {
  await expect(readAll(BROKEN)).rejects.toThrow(
    /^Conversion Error: Could not convert string 'x300000' to INT32\n\nLINE 2: {2}CASE WHEN range = 300000 THEN \('x'/,
  )
})

it('throws when memory runs out in the middle', async () => {
  await connection.run("SET memory_limit = '20MB'; SET max_temp_directory_size = '1MB'")
  try {
    await expect(readAll(`SELECT range, md5(range::VARCHAR) AS m FROM range(${ROWS}) ORDER BY m`)).rejects.toThrow(
      /Out of Memory/,
    )
  } finally {
    await connection.run("SET memory_limit = '1GB'; RESET max_temp_directory_size")
  }
})

it('leaves the connection fit for the next statement, however it ended', async () => {
  await expect(readAll(BROKEN)).rejects.toThrow()
  await expect(readAll('SELECT nothing')).rejects.toThrow(/Binder Error/)
  const left = await streamWhole(connection, `FROM range(${ROWS})`)
  await left.next()
  await left.close()
  await left.close()
  await connection.run('CREATE TEMP TABLE t AS SELECT 1')
  expect(await readAll('FROM t')).toBe(1)
})
