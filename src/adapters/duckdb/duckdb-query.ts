import { join } from 'node:path'
import type { DuckDBPreparedStatement } from '@duckdb/node-api'
import { LakeferryError } from '../../errors.js'
import { duckdbText } from '../../model/duckdb-text.js'
import { parquetParts } from '../../model/manifest.js'
import type { Answer, AskRequest, JsonRow, LakeQuery, RunRelation } from '../../ports/lake-query.js'
import type { ObjectStore } from '../../ports/object-store.js'
import { isNumeric, jsonColumn, jsonRows } from './json-cells.js'
import { ASKED_MEMORY, type OwnInstance, openInstance } from './open-instance.js'
import { queryError } from './query-error.js'
import { defineEmptyView, defineRunView } from './run-view.js'
import { showsTables, tablesIn } from './statement-tables.js'
import { streamWhole, type WholeAnswer } from './whole-answer.js'

/** `SELECT` among DuckDB's kinds of statements, which has DESCRIBE, VALUES and FROM first as well. */
const SELECT_STATEMENT = 1

const ONLY_SELECT = 'only one SELECT can be asked: nothing on the lake is ever changed by a query'

/** @throws {@link LakeferryError} `ENGINE_FAILED` */
export async function openDuckDbQuery({ lake }: { readonly lake: ObjectStore }): Promise<LakeQuery> {
  return new DuckDbQuery(lake, await openInstance({ memoryLimit: ASKED_MEMORY }))
}

class DuckDbQuery implements LakeQuery {
  readonly #lake: ObjectStore
  readonly #own: OwnInstance

  constructor(lake: ObjectStore, own: OwnInstance) {
    this.#lake = lake
    this.#own = own
  }

  async tablesIn(sql: string): Promise<readonly string[]> {
    const { connection } = this.#own
    // Its errors have the line and the place, which json_serialize_sql leaves out.
    const statements = await understood(sql, () => connection.extractStatements(sql))
    if (statements.count !== 1) throw invalid(`${ONLY_SELECT}, and these are ${statements.count} statements`)
    const reader = await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)', [sql])
    const tree = JSON.parse(String(reader.getRows()[0]?.[0])) as { error: boolean; error_message?: string }
    if (tree.error) throw invalid(tree.error_message?.startsWith('Only SELECT') ? ONLY_SELECT : `${tree.error_message}`)
    if (showsTables(tree))
      throw invalid(
        'a dataset is a table once a statement names it, so there are none to show',
        'lakeferry runs lists the datasets, and DESCRIBE the columns of one.',
      )
    return tablesIn(tree)
  }

  async ask({ sql, relations, known, signal }: AskRequest): Promise<Answer> {
    const { connection } = this.#own
    const unknown = (table: string): LakeferryError => new LakeferryError('QUERY_TABLE_UNKNOWN', { table, known })
    const interrupt = (): void => connection.interrupt()
    signal?.addEventListener('abort', interrupt)
    const forget = (): void => signal?.removeEventListener('abort', interrupt)
    /** What DuckDB throws becomes ours; what stopped on request stays that. */
    const step = async <T>(work: () => Promise<T>): Promise<T> => {
      signal?.throwIfAborted()
      try {
        return await work()
      } catch (error) {
        signal?.throwIfAborted()
        throw queryError(error, unknown)
      }
    }
    try {
      await this.#lock(relations)
      for (const { name, manifest } of relations) await defineEmptyView(connection, name, manifest)
      const prepared = await step(() => connection.prepare(sql))
      requireSelect(prepared)
      await this.#define(relations, signal)
      const whole = await step(() => streamWhole(connection, sql))
      const names = whole.result.columnNames()
      const types = whole.result.columnTypes()
      const columns = names.map((name, index) => ({
        name,
        type: types[index]!.toString(),
        numeric: isNumeric(types[index]!),
      }))
      return { columns, pages: pagesOf(whole, step, forget) }
    } catch (error) {
      forget()
      throw error
    }
  }

  async close(): Promise<void> {
    await this.#own.close()
  }

  /** From here on DuckDB reads the parts of these runs and its scratch folder, and keeps its settings. */
  async #lock(relations: readonly RunRelation[]): Promise<void> {
    const { connection, scratch } = this.#own
    const paths = relations.flatMap(({ manifest }) =>
      parquetParts(manifest).flatMap(({ key }) => this.#lake.localPath?.(key) ?? []),
    )
    await connection.run(`SET allowed_directories = [${duckdbText(scratch)}]`)
    await connection.run(`SET allowed_paths = [${paths.map(duckdbText).join(', ')}]`)
    await connection.run('SET enable_external_access = false')
    await connection.run('SET lock_configuration = true')
  }

  async #define(relations: readonly RunRelation[], signal: AbortSignal | undefined): Promise<void> {
    for (const [index, { name, manifest }] of relations.entries()) {
      const parts = parquetParts(manifest)
      const folder = join(this.#own.scratch, `run-${index}`)
      await defineRunView(this.#own.connection, this.#lake, {
        ...{ name, manifest, parts, folder },
        ...(signal === undefined ? {} : { signal }),
      })
    }
  }
}

async function* pagesOf(
  whole: WholeAnswer,
  step: <T>(work: () => Promise<T>) => Promise<T>,
  done: () => void,
): AsyncGenerator<readonly JsonRow[]> {
  const columns = whole.result.columnTypes().map(jsonColumn)
  try {
    for (;;) {
      const rows = await step(async () => {
        const chunk = await whole.next()
        return chunk && jsonRows(chunk, columns)
      })
      if (rows === undefined) return
      yield rows
    }
  } finally {
    done()
  }
}

async function understood<T>(sql: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    // For a text without a statement, such as a comment, the binding has no message.
    if (/native callback/.test(String(error)))
      throw invalid(sql.trim() === '' ? 'the query is empty' : 'there is no statement in the query')
    throw queryError(error, table => invalid(`no table ${table}`))
  }
}

/** json_serialize_sql refused everything else before; whatever it may let pass one day does not pass here. */
function requireSelect(prepared: DuckDBPreparedStatement): void {
  const kind = prepared.statementType
  const parameters = prepared.parameterCount
  prepared.destroySync()
  if (kind !== SELECT_STATEMENT) throw invalid(ONLY_SELECT)
  if (parameters > 0) throw invalid('the query has parameters ($1, ?), and there is nothing to put in their place')
}

function invalid(reason: string, next?: string): LakeferryError {
  return new LakeferryError('QUERY_INVALID', { reason, ...(next === undefined ? {} : { next }) })
}
