import type { DuckDBConnection, DuckDBDataChunk, DuckDBResult } from '@duckdb/node-api'

/** An answer that is read chunk by chunk, and known to have come to its end. */
export interface WholeAnswer {
  readonly result: DuckDBResult
  /** The next rows, undefined at the end. @throws what DuckDB says when the answer broke off, also after the last row that came */
  next(): Promise<DuckDBDataChunk | undefined>
  /** To be called whether the end was reached or not; the connection can be used again after it. */
  close(): Promise<void>
}

/**
 * Streams the answer to a statement, and does not take a failure for its end: when DuckDB fails in the middle of a stream (no
 * memory left, a value that cannot be cast), the binding gives an empty chunk, just as after the last row
 * (`duckdb_fetch_chunk` gives null for both, and the error of the result cannot be asked for). So the stream has a
 * transaction of its own: a failure aborts that, which the connection tells with the next statement.
 */
export async function streamWhole(connection: DuckDBConnection, sql: string): Promise<WholeAnswer> {
  await connection.run('BEGIN TRANSACTION READ ONLY')
  let open = true
  const close = async (): Promise<void> => {
    if (!open) return
    open = false
    // Not COMMIT: it would fail where the transaction was aborted, and there is nothing to keep.
    await connection.run('ROLLBACK')
  }
  try {
    const result = await connection.stream(sql)
    const next = async (): Promise<DuckDBDataChunk | undefined> => {
      if (!open) return undefined
      const chunk = await result.fetchChunk()
      if (chunk && chunk.rowCount > 0) return chunk
      const failure = await abortedBy(connection, sql, close)
      if (failure !== undefined) throw failure
      return undefined
    }
    return { result, next, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function abortedBy(connection: DuckDBConnection, sql: string, close: () => Promise<void>): Promise<unknown> {
  try {
    await connection.run('SELECT 1')
  } catch (error) {
    await close()
    // Says only that something failed. What it was, the same work says that gives no rows.
    return (await failureOf(connection, sql)) ?? error
  }
  await close()
  return undefined
}

/** On a line of its own, so that the places in messages stay what they are. */
const WITHOUT_ROWS = 'EXPLAIN ANALYZE\n'

async function failureOf(connection: DuckDBConnection, sql: string): Promise<unknown> {
  try {
    await connection.run(`${WITHOUT_ROWS}${sql}`)
    return undefined
  } catch (error) {
    if (error instanceof Error)
      error.message = error.message.replace(/^LINE (\d+):/m, (_, line: string) => `LINE ${Number(line) - 1}:`)
    return error
  }
}
