import type { Manifest, Part } from '../model/manifest.js'
import type { JsonRow } from './lake-query.js'

/**
 * A database of DuckDB's dialect that lives as long as the work it is for. Tables may be larger than memory: what does
 * not fit goes to a scratch folder, and is gone after `close`.
 */
export interface ScratchDatabase {
  /** Statements without an answer; none of what they say may come from outside but as a quoted literal or name. */
  execute(sql: string, signal?: AbortSignal): Promise<void>

  /**
   * Makes Parquet parts of a run a view of that name: their columns, and `file_index` and `file_row_number`, which tell of
   * each row the part (from 0, in the order given) and the place in it. Size and SHA-256 of each are compared with the manifest's.
   *
   * @throws `LAKE_OBJECT_MISSING`, `LAKE_OBJECT_DAMAGED`
   */
  defineParts(name: string, manifest: Manifest, parts: readonly Part[], signal?: AbortSignal): Promise<void>

  /** Adds rows to a table. Nothing is promised to be there before {@link Appending.end}. */
  append(table: string): Promise<Appending>

  /** Rows of an answer, in pages: numbers and text as JSON texts, as in {@link JsonRow}. */
  rows(sql: string, signal?: AbortSignal): AsyncIterable<readonly JsonRow[]>

  /** The same where columns are blobs: their bytes. Others are text or null. */
  cells(sql: string, signal?: AbortSignal): AsyncIterable<readonly (readonly ScratchCell[])[]>

  close(): Promise<void>
}

export type ScratchCell = string | number | bigint | boolean | Uint8Array | null

export interface Appending {
  /** One row: whole numbers for BIGINT columns, text for VARCHAR, bytes for BLOB, in the columns' order. */
  add(row: readonly (number | string | Uint8Array)[]): void
  end(): void
}
