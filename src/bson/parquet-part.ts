import type { HotMemory } from '../hot/hot-memory.js'
import { canonicalJson } from '../model/canonical-json.js'
import type { Column } from '../model/column.js'
import { GrowingBytes } from '../model/growing-bytes.js'
import type { Compression } from '../model/part-options.js'
import { ParquetFileWriter } from '../parquet/file-writer.js'
import { HotColumns } from './hot-columns.js'
import { HotShredder } from './hot-shredder.js'
import { partColumns, Shredder } from './shred.js'

export interface ParquetPartOptions {
  /** Where all documents are that are added: then the walk is WebAssembly's. Nobody else's columns may be there. */
  readonly memory?: HotMemory | undefined
  /** The declared columns; `_id`, `_extra` and `_misfit` come by themselves. */
  readonly columns: readonly Column[]
  /** @see ParquetFileOptions.compression */
  readonly compression?: Compression
  /** Uncompressed size in bytes that a row group is ended at, or soon after. @defaultValue 64 MiB */
  readonly rowGroupBytes?: number
  /** @see ParquetFileOptions.createdBy */
  readonly createdBy?: string
  /** More of the footer's key-value metadata, beside `lakeferry.columns`. */
  readonly metadata?: Readonly<Record<string, string>>
}

/** Key of the footer that has the declared columns as JSON: what Parquet's types don't tell, such as JSON from other text. */
export const COLUMNS_METADATA = 'lakeferry.columns'

/** Bytes of documents between two looks at whether a page or a row group is full. */
const LOOK_EVERY_BYTES = 64 * 1024

/** Row groups of many tiny rows: what Arrow ends them at. */
const ROW_GROUP_ROWS = 1024 * 1024

/**
 * Documents in, a Parquet file out; again and again, with the same buffers. Holds about a page for each leaf beside the
 * compressed file.
 */
export class ParquetPart {
  readonly #writer: ParquetFileWriter
  readonly #shredder: Shredder | HotShredder
  readonly #rowGroupBytes: number
  #unseenBytes = 0
  /** Rows in the row groups that are done. */
  #groupedRows = 0

  constructor({
    columns,
    compression,
    rowGroupBytes = 64 * 1024 * 1024,
    createdBy,
    metadata = {},
    memory,
  }: ParquetPartOptions) {
    const all = partColumns(columns)
    const hot = memory && new HotColumns(all, memory)
    this.#writer = new ParquetFileWriter({
      columns: all,
      elsewhere: hot?.leaves,
      metadata: { [COLUMNS_METADATA]: canonicalJson(columns), ...metadata },
      ...(compression === undefined ? {} : { compression }),
      ...(createdBy === undefined ? {} : { createdBy }),
    })
    this.#shredder = hot ? new HotShredder(this.#writer, hot, memory) : new Shredder(this.#writer)
    this.#rowGroupBytes = rowGroupBytes
  }

  get rows(): number {
    return this.#shredder.rows
  }

  /** Bytes held by now: about the size of the part so far, with the last pages not compressed yet. */
  get bufferedBytes(): number {
    return this.#writer.bufferedBytes
  }

  /** Appends the document in `bytes[start, end)`, which has passed `checkDocument`; `view` is over the same memory. */
  add(bytes: Uint8Array, view: DataView, start: number, end: number): void {
    if (this.#unseenBytes >= LOOK_EVERY_BYTES) this.#look()
    this.#unseenBytes += end - start
    this.#shredder.add(bytes, view, start, end)
  }

  /** The file, in an ArrayBuffer of its own. The next `add` begins another. */
  finish(): Uint8Array<ArrayBuffer> {
    this.#endRowGroup()
    const pieces = this.#writer.finish()
    this.#shredder.restart()
    this.#groupedRows = 0
    const file = new GrowingBytes(pieces.reduce((sum, piece) => sum + piece.length, 0))
    for (const piece of pieces) file.append(piece)
    return file.finish()
  }

  #look(): void {
    this.#unseenBytes = 0
    this.#writer.cutFullPages()
    if (this.#writer.rowGroupBytes >= this.#rowGroupBytes || this.rows - this.#groupedRows >= ROW_GROUP_ROWS) {
      this.#endRowGroup()
    }
  }

  #endRowGroup(): void {
    this.#unseenBytes = 0
    this.#writer.endRowGroup(this.rows - this.#groupedRows)
    this.#groupedRows = this.rows
  }
}
