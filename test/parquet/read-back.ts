import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  DuckDBDecimalValue,
  DuckDBInstance,
  DuckDBListValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
} from '@duckdb/node-api'
import { parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'

/**
 * A value as both readers and the tests' own reckoning write it: instants as `<milliseconds> ms`, decimals as text, int64
 * as bigint.
 */
export type Cell = null | boolean | number | bigint | string | readonly Cell[] | { readonly [name: string]: Cell }
export type Row = { readonly [column: string]: Cell }

/** Reads with hyparquet, whose decimals are doubles and here come as `null`. */
export async function readWithHyparquet(bytes: Uint8Array<ArrayBuffer>): Promise<Row[]> {
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
  const parsers = { timestampFromMilliseconds: (ms: bigint) => new Instant(ms) as unknown as Date }
  const rows = await parquetReadObjects({ file, compressors, parsers })
  return rows.map(row => fromHyparquet(row) as Row)
}

class Instant {
  readonly ms: bigint
  constructor(ms: bigint) {
    this.ms = ms
  }
}

function fromHyparquet(value: unknown): Cell {
  if (value === null || value === undefined) return null
  if (value instanceof Instant) return `${value.ms} ms`
  if (Array.isArray(value)) return value.map(fromHyparquet)
  if (typeof value === 'object') return membersOf(value, fromHyparquet)
  return value as Cell
}

/** Runs one statement in DuckDB, with the file as `part`. */
export async function queryWithDuckDb(bytes: Uint8Array, sql: string): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'lakeferry-parquet-'))
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
  const connection = await instance.connect()
  try {
    const file = join(folder, 'part.parquet')
    writeFileSync(file, bytes)
    await connection.run(`CREATE VIEW part AS SELECT * FROM read_parquet('${file}')`)
    const reader = await connection.runAndReadAll(sql)
    return reader.getRowObjects().map(row => fromDuckDb(row) as Row)
  } finally {
    connection.closeSync()
    instance.closeSync()
    rmSync(folder, { recursive: true })
  }
}

function fromDuckDb(value: unknown): Cell {
  if (value instanceof DuckDBTimestampTZValue) return `${value.micros / 1000n} ms`
  if (value instanceof DuckDBDecimalValue) return value.toString()
  if (value instanceof DuckDBListValue) return value.items.map(fromDuckDb)
  if (value instanceof DuckDBStructValue) return membersOf(value.entries, fromDuckDb)
  if (typeof value === 'object' && value !== null) return membersOf(value, fromDuckDb)
  return value as Cell
}

function membersOf(value: object, convert: (member: unknown) => Cell): Row {
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, convert(member)]))
}
