import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { LakeferryError, reasonOf } from '../../errors.js'
import type { ObjectStore } from '../../ports/object-store.js'
import type { QueryEngine, QueryRequest, Relation, Statement } from '../../ports/query-engine.js'
import { converterOf, rowsOf } from './cells.js'
import { localParts, removeParts } from './part-files.js'
import { defineRelation } from './relation.js'
import { quoted } from './sql-type.js'
import { streamWhole } from './whole-answer.js'

export interface DuckDbOptions {
  /** Where the parts are. */
  lake: ObjectStore
  /** For downloaded parts and what does not fit into memory. @defaultValue a folder of its own below the system's, removed on close */
  scratchDir?: string
  /** @defaultValue the machine's, 4 at most: each of them takes memory */
  threads?: number
  /** What DuckDB may hold in memory before it spills, `256MB`. @defaultValue `256MB` */
  memoryLimit?: string
}

const ENGINE = 'duckdb'
const DATA = 'data'
const MAX_THREADS = 4
const MEMORY_LIMIT = '256MB'

/**
 * DuckDB in this process. It is loaded here and not before, since loading it takes longer than most commands do; it
 * never fetches extensions from the network.
 *
 * @throws {@link LakeferryError} `ENGINE_FAILED` when it cannot be loaded or started
 */
export async function openDuckDb(options: DuckDbOptions): Promise<QueryEngine> {
  const scratch = options.scratchDir ?? (await mkdtemp(join(tmpdir(), 'lakeferry-duckdb-')))
  await mkdir(scratch, { recursive: true })
  try {
    const { DuckDBInstance } = await import('@duckdb/node-api')
    const instance = await DuckDBInstance.create(':memory:', {
      threads: String(options.threads ?? Math.min(MAX_THREADS, availableParallelism())),
      memory_limit: options.memoryLimit ?? MEMORY_LIMIT,
      temp_directory: join(scratch, 'spill'),
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      // Statements say their order; keeping that of the files would take memory.
      preserve_insertion_order: 'false',
    })
    const connection = await instance.connect()
    await connection.run("SET TimeZone = 'UTC'")
    return new DuckDbEngine(options.lake, instance, connection, scratch, options.scratchDir === undefined)
  } catch (error) {
    if (options.scratchDir === undefined) await rm(scratch, { recursive: true, force: true })
    throw failed('start', error)
  }
}

class DuckDbEngine implements QueryEngine {
  readonly name: string = ENGINE
  readonly dialect = 'duckdb'
  readonly #lake: ObjectStore
  readonly #instance: DuckDBInstance
  readonly #connection: DuckDBConnection
  readonly #scratch: string
  readonly #ownScratch: boolean
  #runs = 0

  constructor(
    lake: ObjectStore,
    instance: DuckDBInstance,
    connection: DuckDBConnection,
    scratch: string,
    ownScratch: boolean,
  ) {
    this.#lake = lake
    this.#instance = instance
    this.#connection = connection
    this.#scratch = scratch
    this.#ownScratch = ownScratch
  }

  async version(): Promise<string> {
    const reader = await this.#connection.runAndReadAll('SELECT version()')
    return String(reader.getRows()[0]?.[0])
  }

  async run({ manifest, columns, references = [], statements, onPage, signal }: QueryRequest): Promise<void> {
    signal?.throwIfAborted()
    this.#runs += 1
    const folder = join(this.#scratch, `run-${process.pid}-${this.#runs}`)
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
      for (const { name } of references) await this.#connection.run(`DROP VIEW IF EXISTS ${quoted(name)}`)
    }
  }

  async close(): Promise<void> {
    this.#connection.closeSync()
    this.#instance.closeSync()
    if (this.#ownScratch) await rm(this.#scratch, { recursive: true, force: true })
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
      throw failed(step, error)
    }
  }
}

function failed(step: string, error: unknown): LakeferryError {
  if (error instanceof LakeferryError) return error
  return new LakeferryError('ENGINE_FAILED', { engine: ENGINE, step, reason: reasonOf(error) }, { cause: error })
}
