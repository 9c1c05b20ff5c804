import type { Manifest } from '../model/manifest.js'

/**
 * SQL over committed runs for whoever asks: one SELECT at a time, which can read those runs and nothing else.
 */
export interface LakeQuery {
  /**
   * Names of the tables that a statement reads, as they are written in it, without those that have a schema. Names that
   * the statement defines itself (WITH) are among them.
   *
   * @throws `QUERY_INVALID` when it is not one SELECT
   */
  tablesIn(sql: string): Promise<readonly string[]>

  /**
   * Answers the statement, once in the life of this object. It is understood first, on relations without rows, so that a
   * mistake in it costs nothing; then the parts of the runs are fetched, and their size and SHA-256 compared with the
   * manifest's. The statement cannot read other files or the network, write anything or change a setting. Memory is
   * bounded: what does not fit goes to a scratch folder.
   *
   * @throws `QUERY_INVALID`, `QUERY_TABLE_UNKNOWN`, `QUERY_FAILED`, `LAKE_OBJECT_MISSING`, `LAKE_OBJECT_DAMAGED`; also
   * while the pages are read
   */
  ask(request: AskRequest): Promise<Answer>

  close(): Promise<void>
}

export interface AskRequest {
  readonly sql: string
  readonly relations: readonly RunRelation[]
  /** What can be asked, for the error about a name that is none of it. */
  readonly known: readonly string[]
  readonly signal?: AbortSignal
}

/** A run that has Parquet parts, under the name that the statement has for it. */
export interface RunRelation {
  readonly name: string
  readonly manifest: Manifest
}

export interface Answer {
  readonly columns: readonly AnswerColumn[]
  /** Pages of rows, each cell as JSON text in the mapping of docs/lake-format.md, null for NULL. Read it once. */
  readonly pages: AsyncIterable<readonly JsonRow[]>
}

export interface AnswerColumn {
  readonly name: string
  /** As the engine calls it: `BIGINT`. */
  readonly type: string
  readonly numeric: boolean
}

/** JSON text of a value: `"a"`, `9007199254740993`, `[1,null]`. A NULL is null, and within a list `null`. */
export type JsonCell = string | null

export type JsonRow = readonly JsonCell[]
