import type { Column } from '../model/column.js'
import type { Manifest } from '../model/manifest.js'

/**
 * Runs SQL over the Parquet parts of one run. `src/validate` compiles a contract to statements of the engine's dialect
 * and reads the answers; an engine holds no rule. Engines differ in where they run, never in the answer.
 *
 * Statements see one relation, `data`, with the columns `_id`, the run's own, `_extra` and `_misfit`, types given by
 * the manifest's columns and never inferred. The session is UTC, case-sensitive, binary collation.
 */
export interface QueryEngine {
  readonly name: string
  readonly dialect: 'duckdb'
  /** For `execution.json`. */
  version(): Promise<string>

  /**
   * Runs the statements in order and hands each one's rows over in pages, in order. `onPage` is awaited, which is the
   * back-pressure: memory does not grow with the number of rows.
   *
   * @throws `ENGINE_FAILED` when a statement could not run: an error is never a pass
   * @throws `LAKE_OBJECT_DAMAGED` or `LAKE_OBJECT_MISSING` when a part is not what the manifest says
   */
  run(request: QueryRequest): Promise<void>

  close(): Promise<void>
}

export interface QueryRequest {
  readonly manifest: Manifest
  readonly columns: readonly Column[]
  readonly statements: readonly Statement[]
  readonly onPage: (statement: string, rows: readonly Row[]) => Promise<void>
  readonly signal?: AbortSignal
}

export interface Statement {
  readonly name: string
  /**
   * A function is asked just before the statement would run, so that it can leave out what the answers so far made
   * needless. An engine that submits all at once asks all of them first: whatever it tells is right then, too.
   */
  readonly sql: string | (() => string)
  /** Asked just before it would run. An engine that submits all at once may ignore it and run the statement. */
  readonly onlyIf?: () => boolean
}

/** Cells in the order of the SELECT list. */
export type Row = readonly Cell[]

/** int32 and double are numbers, int64 and counts bigint, timestamps bigint microseconds since 1970, decimals text. */
export type Cell = null | boolean | number | bigint | string | readonly Cell[] | { readonly [field: string]: Cell }
