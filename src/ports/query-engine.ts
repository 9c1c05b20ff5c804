import type { Column, ColumnType } from '../model/column.js'
import type { Manifest } from '../model/manifest.js'

/**
 * Runs SQL over the Parquet parts of one run. `src/validate` compiles a contract to statements of the engine's dialect
 * and reads the answers; an engine holds no rule. Engines differ in where they run, never in the answer.
 *
 * Statements see one relation, `data`, with the columns `_id`, the run's own, `_extra` and `_misfit`, types given by
 * the manifest's columns and never inferred. The session is UTC, case-sensitive, binary collation. Runs of other datasets
 * that rules refer to are relations of the same make, under the names that the request gives them.
 */
export interface QueryEngine {
  readonly name: string
  readonly dialect: SqlDialect
  /** For `execution.json`. */
  version(): Promise<string>

  /** Of the last run, for `execution.json`: which job ran it, where, what it cost. Absent where there is nothing to tell. */
  facts?(): Readonly<Record<string, string | number>>

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

/** Languages that statements are compiled to. */
export type SqlDialect = 'duckdb' | 'spark'

export interface QueryRequest {
  readonly manifest: Manifest
  readonly columns: readonly Column[]
  /** Other runs that the statements read, beside `data`. */
  readonly references?: readonly Relation[]
  readonly statements: readonly Statement[]
  readonly onPage: (statement: string, rows: readonly Row[]) => Promise<void>
  readonly signal?: AbortSignal
}

/** A committed run under a name that statements know it by. */
export interface Relation {
  /** An identifier that needs no quotes in any dialect: `ref0`. */
  readonly name: string
  readonly manifest: Manifest
  readonly columns: readonly Column[]
}

export interface Statement {
  readonly name: string
  /**
   * Types of the cells of a row, for engines whose answers travel as text. A function like `sql`, and asked right after
   * it. Absent: only an engine in this process can run the statement.
   */
  readonly cells?: readonly ColumnType[] | (() => readonly ColumnType[])
  /**
   * A function is asked just before the statement would run, so that it can leave out what the answers so far made
   * needless. An engine that submits all at once asks all of them first: whatever it tells is right then, too.
   */
  readonly sql: string | (() => string)
  /**
   * The statement has no more rows than the sum of these cells, whole numbers of the first rows of statements before it. An
   * engine that submits all at once may leave it out when the sum is 0, and sort few rows in one go.
   */
  readonly atMost?: readonly AnswerCell[]
  /**
   * Parameters of the text, by name: `:name` in it is TRUE where the cell, a whole number of the first row of a statement
   * before it, is above 0, else FALSE. So a text that is written before there are answers leaves out what they make needless.
   */
  readonly given?: Readonly<Record<string, AnswerCell>>
  /** Asked just before it would run. An engine that submits all at once may ignore it and run the statement. */
  readonly onlyIf?: () => boolean
}

/** A place in an answer. */
export interface AnswerCell {
  /** Name of the statement. */
  readonly statement: string
  /** From 0. */
  readonly cell: number
}

/** Cells in the order of the SELECT list. */
export type Row = readonly Cell[]

/** int32 and double are numbers, int64 and counts bigint, timestamps bigint microseconds since 1970, decimals text. */
export type Cell = null | boolean | number | bigint | string | readonly Cell[] | { readonly [field: string]: Cell }
