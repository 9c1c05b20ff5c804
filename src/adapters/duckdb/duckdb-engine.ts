import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { duckdbName } from '../../model/duckdb-text.js'
import type { ObjectStore } from '../../ports/object-store.js'
import type { QueryEngine, QueryRequest, Relation, Statement } from '../../ports/query-engine.js'
import { converterOf, rowsOf } from './cells.js'
import { ENGINE, engineFailure } from './engine-failure.js'
import { type InstanceOptions, type OwnInstance, openInstance } from './open-instance.js'
import { localParts, removeParts } from './part-files.js'
import { defineRelation } from './relation.js'
import { streamWhole } from './whole-answer.js'

export interface DuckDbOptions extends Partial<InstanceOptions> {
  /** Where the parts are. */
  lake: ObjectStore
}

const DATA = 'data'
const MEMORY_LIMIT = '256MB'

/**
 * DuckDB in this process.
 *
 * @throws {@link LakeferryError} `ENGINE_FAILED` when it cannot be loaded or started
 */
export async function openDuckDb({
  lake,
  memoryLimit = MEMORY_LIMIT,
  ...options
}: DuckDbOptions): Promise<QueryEngine> {
  return new DuckDbEngine(lake, await openInstance({ ...options, memoryLimit }))
}

class DuckDbEngine implements QueryEngine {
  readonly name: string = ENGINE
  readonly dialect = 'duckdb'
  readonly #lake: ObjectStore
  readonly #own: OwnInstance
  readonly #connection: DuckDBConnection
  #runs = 0

  constructor(lake: ObjectStore, own: OwnInstance) {
    this.#lake = lake
    this.#own = own
    this.#connection = own.connection
  }

  async version(): Promise<string> {
    const reader = await this.#connection.runAndReadAll('SELECT version()')
    return String(reader.getRows()[0]?.[0])
  }

  async run({ manifest, columns, references = [], statements, onPage, signal }: QueryRequest): Promise<void> {
    signal?.throwIfAborted()
    this.#runs += 1
    const folder = join(this.#own.scratch, `run-${process.pid}-${this.#runs}`)
    const interrupt = (): void => this.#connection.interrupt()
    signal?.addEventListener('abort', interrupt)
    try {
      for (const relation of [{ name: DATA, manifest, columns }, ...references])
        await this.#open(relation, join(folder, relation.name), signal)
      for (const statement of statements) {
        signal?.throwIfAborted()
        if (statement.onlyIf?.() === false) continue
        await this.#query(statement, onPage, signal)
      }
    } finally {
      signal?.removeEventListener('abort', interrupt)
      await removeParts(folder)
      // What is not of the next run must not answer for it.
      for (const { name } of references) await this.#connection.run(`DROP VIEW IF EXISTS ${duckdbName(name)}`)
    }
  }

  async close(): Promise<void> {
    await this.#own.close()
  }

  async #open({ name, manifest, columns }: Relation, folder: string, signal: AbortSignal | undefined): Promise<void> {
    const files = await localParts(this.#lake, manifest, folder, signal)
    const step = name === DATA ? 'open the Parquet parts' : `open the Parquet parts of ${manifest.dataset}`
    await this.#step(step, signal, () => defineRelation(this.#connection, this.#lake, files, columns, name))
  }

  async #query(
    { name, sql }: Statement,
    onPage: QueryRequest['onPage'],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const step = `run the statement ${name}`
    const answer = await this.#step(step, signal, () =>
      streamWhole(this.#connection, typeof sql === 'function' ? sql() : sql),
    )
    try {
      const converters = await this.#step(step, signal, async () => answer.result.columnTypes().map(converterOf))
      for (;;) {
        // Between pages nothing runs that could be interrupted.
        signal?.throwIfAborted()
        const rows = await this.#step(step, signal, async () => {
          const chunk = await answer.next()
          return chunk && rowsOf(chunk, converters)
        })
        if (rows === undefined) return
        await onPage(name, rows)
      }
    } finally {
      await answer.close()
    }
  }

  /** What DuckDB throws becomes ours; what stopped on request stays that. */
  async #step<T>(step: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      signal?.throwIfAborted()
      throw engineFailure(step, error)
    }
  }
}
