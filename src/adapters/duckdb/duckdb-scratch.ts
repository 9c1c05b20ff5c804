import { join } from 'node:path'
import type { DuckDBAppender, DuckDBConnection, DuckDBDataChunk, DuckDBResult, DuckDBValue } from '@duckdb/node-api'
import type { Manifest, Part } from '../../model/manifest.js'
import type { JsonRow } from '../../ports/lake-query.js'
import type { ObjectStore } from '../../ports/object-store.js'
import type { Appending, ScratchCell, ScratchDatabase } from '../../ports/scratch-database.js'
import { engineFailure } from './engine-failure.js'
import { jsonColumn, jsonRows } from './json-cells.js'
import { ASKED_MEMORY, type OwnInstance, openInstance } from './open-instance.js'
import { defineRunView } from './run-view.js'
import { streamWhole } from './whole-answer.js'

/** Columns that DuckDB gives a Parquet file beside its own. */
const PLACE = ['file_index', 'file_row_number'] as const

/** @throws {@link LakeferryError} `ENGINE_FAILED` */
export async function openDuckDbScratch({ lake }: { readonly lake: ObjectStore }): Promise<ScratchDatabase> {
  return new DuckDbScratch(lake, await openInstance({ memoryLimit: ASKED_MEMORY }))
}

class DuckDbScratch implements ScratchDatabase {
  readonly #lake: ObjectStore
  readonly #own: OwnInstance
  #defined = 0

  constructor(lake: ObjectStore, own: OwnInstance) {
    this.#lake = lake
    this.#own = own
  }

  async execute(sql: string, signal?: AbortSignal): Promise<void> {
    await interruptible(this.#own.connection, signal, connection => connection.run(sql))
  }

  async defineParts(name: string, manifest: Manifest, parts: readonly Part[], signal?: AbortSignal): Promise<void> {
    const { connection, scratch } = this.#own
    this.#defined += 1
    const folder = join(scratch, `run-${this.#defined}`)
    const request = { name, manifest, parts, folder, virtual: PLACE, ...(signal === undefined ? {} : { signal }) }
    await understood(signal, () => defineRunView(connection, this.#lake, request))
  }

  async append(table: string): Promise<Appending> {
    // Its own connection, since whoever adds rows may be reading others meanwhile.
    const connection = await this.#own.instance.connect()
    const appender = await connection.createAppender(table)
    return new Rows(connection, appender)
  }

  rows(sql: string, signal?: AbortSignal): AsyncIterable<readonly JsonRow[]> {
    return this.#pages(sql, signal, result => {
      const columns = result.columnTypes().map(jsonColumn)
      return chunk => jsonRows(chunk, columns)
    })
  }

  cells(sql: string, signal?: AbortSignal): AsyncIterable<readonly (readonly ScratchCell[])[]> {
    return this.#pages(sql, signal, () => chunk => chunk.getRows().map(row => row.map(scratchCell)))
  }

  async close(): Promise<void> {
    await this.#own.close()
  }

  async *#pages<T>(
    sql: string,
    signal: AbortSignal | undefined,
    reader: (result: DuckDBResult) => (chunk: DuckDBDataChunk) => readonly T[],
  ): AsyncGenerator<readonly T[]> {
    const connection = await this.#own.instance.connect()
    try {
      await connection.run("SET TimeZone = 'UTC'")
      const answer = await interruptible(connection, signal, () => streamWhole(connection, sql))
      const read = reader(answer.result)
      for (;;) {
        const chunk = await interruptible(connection, signal, () => answer.next())
        if (chunk === undefined) return
        yield read(chunk)
      }
    } finally {
      connection.closeSync()
    }
  }
}

class Rows implements Appending {
  readonly #connection: DuckDBConnection
  readonly #appender: DuckDBAppender

  constructor(connection: DuckDBConnection, appender: DuckDBAppender) {
    this.#connection = connection
    this.#appender = appender
  }

  add(row: readonly (number | string | Uint8Array)[]): void {
    const appender = this.#appender
    for (const cell of row) {
      if (typeof cell === 'number') appender.appendBigInt(BigInt(cell))
      else if (typeof cell === 'string') appender.appendVarchar(cell)
      else appender.appendBlob(cell)
    }
    appender.endRow()
  }

  end(): void {
    this.#appender.closeSync()
    this.#connection.closeSync()
  }
}

function scratchCell(value: DuckDBValue): ScratchCell {
  if (value === null || typeof value !== 'object') return value
  return 'bytes' in value ? (value as unknown as { bytes: Uint8Array }).bytes : String(value)
}

async function interruptible<T>(
  connection: DuckDBConnection,
  signal: AbortSignal | undefined,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const interrupt = (): void => connection.interrupt()
  signal?.addEventListener('abort', interrupt)
  try {
    return await understood(signal, () => work(connection))
  } finally {
    signal?.removeEventListener('abort', interrupt)
  }
}

/** What DuckDB throws becomes ours; what stopped on request stays that. */
async function understood<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  signal?.throwIfAborted()
  try {
    return await work()
  } catch (error) {
    signal?.throwIfAborted()
    throw engineFailure('compare documents', error)
  }
}
