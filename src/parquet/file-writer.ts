import type { Column } from '../model/column.js'
import { type Compression, DEFAULT_COMPRESSION } from '../model/part-options.js'
import { pageCodec } from './codec.js'
import { ColumnChunk, type PageTools } from './column-chunk.js'
import { CONVERTED, LOGICAL, PHYSICAL, REPETITION } from './format-codes.js'
import { LeafBuffer } from './leaf-buffer.js'
import { LeafPages } from './leaf-pages.js'
import { PageScratch } from './page-scratch.js'
import type { PageSource } from './page-source.js'
import { type ParquetSchema, parquetSchema, type SchemaElement } from './schema.js'
import { CompactWriter } from './thrift-compact.js'

export interface ParquetFileOptions {
  readonly columns: readonly Column[]
  /** Of the pages. @defaultValue zstd of level 1 */
  readonly compression?: Compression
  /** Who writes, as `name version 1.2.3`: the form that readers look for. @defaultValue `lakeferry` */
  readonly createdBy?: string
  /** By leaf: those whose values are not in {@link ParquetFileWriter.leaves}. */
  readonly elsewhere?: readonly (PageSource | undefined)[] | undefined
  /** Put into the footer. */
  readonly metadata?: Readonly<Record<string, string>>
}

/** Uncompressed size that a page is ended at. What Arrow and parquet-java have as their default. */
const PAGE_BYTES = 1024 * 1024
/** A page of nulls has no values to be large by. */
const PAGE_ENTRIES = 256 * 1024
/** Entries in no page yet, over all leaves: under a thousand leaves a page's worth for each would be half a gigabyte. */
const MAX_OPEN_ENTRIES = 16 * 1024 * 1024

const MAGIC = new TextEncoder().encode('PAR1')

/** Row groups that are done. */
interface RowGroup {
  readonly chunks: readonly { readonly chunk: ColumnChunk; readonly offset: number }[]
  readonly rows: number
  readonly offset: number
}

/**
 * Writes Parquet files, one after another, whose values somebody puts into {@link ParquetFileWriter.leaves}. Memory is
 * about a page for each leaf and the compressed file; buffers are kept from file to file.
 *
 * A file is: magic, row groups of column chunks of pages, footer, the footer's length, magic. Source:
 * https://github.com/apache/parquet-format#file-format
 */
export class ParquetFileWriter {
  readonly schema: ParquetSchema
  readonly leaves: readonly LeafBuffer[]
  readonly #createdBy: string
  readonly #metadata: readonly (readonly [string, string])[]
  readonly #sources: readonly PageSource[]
  readonly #tools: PageTools
  #open: ColumnChunk[] = []
  #file: Uint8Array[] = [MAGIC]
  #fileBytes = MAGIC.length
  #groups: RowGroup[] = []

  constructor({
    columns,
    compression = DEFAULT_COMPRESSION,
    createdBy = 'lakeferry',
    metadata = {},
    elsewhere,
  }: ParquetFileOptions) {
    this.schema = parquetSchema(columns)
    this.leaves = this.schema.leaves.map(leaf => new LeafBuffer(leaf))
    const scratch = new PageScratch()
    this.#sources = this.leaves.map((leaf, index) => elsewhere?.[index] ?? new LeafPages(leaf, scratch))
    this.#createdBy = createdBy
    this.#metadata = Object.entries(metadata)
    this.#tools = { writer: new CompactWriter(), codec: pageCodec(compression) }
    this.#newChunks()
  }

  /** Makes pages of the leaves that have enough for one. Only between rows: pages begin with rows. */
  cutFullPages(): void {
    let entries = 0
    for (let index = 0; index < this.#sources.length; index++) entries += this.#sources[index]!.entries
    const isFull = entries >= MAX_OPEN_ENTRIES
    for (let index = 0; index < this.#sources.length; index++) {
      const leaf = this.#sources[index]!
      if (isFull || leaf.length >= PAGE_BYTES || leaf.entries >= PAGE_ENTRIES) this.#open[index]!.cutPage()
    }
  }

  /** Uncompressed size of the row group so far, in bytes. */
  get rowGroupBytes(): number {
    let bytes = 0
    for (let index = 0; index < this.#sources.length; index++) {
      bytes += this.#sources[index]!.length + this.#open[index]!.uncompressedBytes
    }
    return bytes
  }

  /** Bytes held: values that are in no page yet, and everything compressed so far. */
  get bufferedBytes(): number {
    let bytes = this.#fileBytes
    for (let index = 0; index < this.#sources.length; index++) {
      bytes += this.#sources[index]!.length + this.#open[index]!.compressedBytes
    }
    return bytes
  }

  /** Ends the row group, in which every leaf has so many rows. None of 0 rows is written. */
  endRowGroup(rows: number): void {
    if (rows === 0) return
    const offset = this.#fileBytes
    const chunks = this.#open.map(chunk => {
      const at = { chunk, offset: this.#fileBytes }
      for (const page of chunk.finish()) this.#append(page)
      return at
    })
    this.#groups.push({ chunks, rows, offset })
    this.#newChunks()
  }

  /** Ends the file and begins another. The pieces are the file's bytes in order. Valid without any row, too. */
  finish(): Uint8Array[] {
    const footer = this.#footer()
    const tail = new Uint8Array(8)
    new DataView(tail.buffer).setUint32(0, footer.length, true)
    tail.set(MAGIC, 4)
    const file = [...this.#file, footer, tail]
    this.#file = [MAGIC]
    this.#fileBytes = MAGIC.length
    this.#groups = []
    return file
  }

  #newChunks(): void {
    this.#open = this.#sources.map(source => new ColumnChunk(source, this.#tools))
  }

  #append(piece: Uint8Array): void {
    this.#file.push(piece)
    this.#fileBytes += piece.length
  }

  #footer(): Uint8Array {
    const { writer } = this.#tools
    const rows = this.#groups.reduce((sum, group) => sum + group.rows, 0)
    writer.i32(1, 1)
    writer.structList(2, this.schema.elements, element => writeElement(writer, element))
    writer.i64(3, rows)
    writer.structList(4, this.#groups, ({ chunks, rows, offset }) => {
      writer.structList(1, chunks, ({ chunk, offset }) => {
        writer.i64(2, 0)
        writer.struct(3, () => chunk.writeMetadata(writer, offset))
      })
      writer.i64(
        2,
        sum(chunks, chunk => chunk.uncompressedBytes),
      )
      writer.i64(3, rows)
      writer.i64(5, offset)
      writer.i64(
        6,
        sum(chunks, chunk => chunk.compressedBytes),
      )
    })
    if (this.#metadata.length > 0) {
      writer.structList(5, this.#metadata, ([key, value]) => {
        writer.text(1, key)
        writer.text(2, value)
      })
    }
    writer.text(6, this.#createdBy)
    // Without it readers must not trust bounds. Every leaf has the order of its type.
    writer.structList(7, this.leaves, () => writer.struct(1, () => {}))
    return writer.finish()
  }
}

function sum(chunks: RowGroup['chunks'], size: (chunk: ColumnChunk) => number): number {
  return chunks.reduce((total, { chunk }) => total + size(chunk), 0)
}

function writeElement(writer: CompactWriter, element: SchemaElement): void {
  const { name, repetition, physical, typeLength, children, logical, precision, scale } = element
  if (physical) writer.i32(1, PHYSICAL[physical])
  if (typeLength !== undefined) writer.i32(2, typeLength)
  if (repetition) writer.i32(3, REPETITION[repetition])
  writer.text(4, name)
  if (children !== undefined) writer.i32(5, children)
  switch (logical) {
    case 'string':
      writer.i32(6, CONVERTED.utf8)
      break
    case 'list':
      writer.i32(6, CONVERTED.list)
      break
    case 'timestamp':
      writer.i32(6, CONVERTED.timestampMillis)
      break
    case 'decimal':
      writer.i32(6, CONVERTED.decimal)
      writer.i32(7, scale!)
      writer.i32(8, precision!)
  }
  if (!logical) return
  writer.struct(10, () =>
    writer.struct(LOGICAL[logical], () => {
      if (logical === 'decimal') {
        writer.i32(1, scale!)
        writer.i32(2, precision!)
      } else if (logical === 'timestamp') {
        writer.boolean(1, true)
        // Milliseconds, the first of the union of units.
        writer.struct(2, () => writer.struct(1, () => {}))
      }
    }),
  )
}
