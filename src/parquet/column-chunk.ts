import type { PageCodec } from './codec.js'
import { ENCODING, PAGE, PHYSICAL } from './format-codes.js'
import type { PageSource } from './page-source.js'
import { Statistics } from './statistics.js'
import type { CompactWriter } from './thrift-compact.js'

/** What the chunks of a file share, one after another. */
export interface PageTools {
  readonly writer: CompactWriter
  readonly codec: PageCodec
}

/** What one row group has of one leaf: compressed pages, ready to be put into the file one after another. */
export class ColumnChunk {
  readonly #source: PageSource
  readonly #tools: PageTools
  readonly #statistics = new Statistics()
  #pages: Uint8Array[] = []
  #values = 0
  #plainPages = 0
  #dictionaryPageBytes = 0
  /** Of all pages with their headers, as the footer wants both. */
  compressedBytes = 0
  uncompressedBytes = 0

  /** @param source - lent until the chunk is done */
  constructor(source: PageSource, tools: PageTools) {
    this.#source = source
    this.#tools = tools
    source.begin()
  }

  /**
   * Makes a page of what is in none yet. Data pages of version 1: there is no reader that does not
   * know them.
   */
  cutPage(): void {
    const source = this.#source
    const { entries } = source
    if (entries === 0) return
    this.#statistics.add(source)
    const { writer } = this.#tools
    const { bytes, isIndexed } = source.makePage()
    if (!isIndexed) this.#plainPages++
    this.#add(PAGE.data, bytes, () => {
      writer.struct(5, () => {
        writer.i32(1, entries)
        writer.i32(2, isIndexed ? ENCODING.rleDictionary : ENCODING.plain)
        writer.i32(3, ENCODING.rle)
        writer.i32(4, ENCODING.rle)
      })
    })
    this.#values += entries
    source.clear()
  }

  /** Ends the chunk and hands its pages over: headers and bodies in turn. */
  finish(): Uint8Array[] {
    this.cutPage()
    const dictionary = this.#source.dictionary()
    if (dictionary.entries > 0) {
      const dataPages = this.#pages
      this.#pages = []
      const { writer } = this.#tools
      this.#add(PAGE.dictionary, dictionary.plain, () => {
        writer.struct(7, () => {
          writer.i32(1, dictionary.entries)
          writer.i32(2, ENCODING.plain)
        })
      })
      this.#dictionaryPageBytes = this.#pages.reduce((sum, piece) => sum + piece.length, 0)
      // A dictionary stands before the pages that use it, though it is known only after them.
      this.#pages.push(...dataPages)
    }
    const pages = this.#pages
    this.#pages = []
    return pages
  }

  /** The members of a `ColumnMetaData`. @param offset - where in the file the first page begins */
  writeMetadata(writer: CompactWriter, offset: number): void {
    const { path, physical } = this.#source.schema
    const hasDictionary = this.#dictionaryPageBytes > 0
    const encodings: number[] = [ENCODING.rle]
    if (hasDictionary || this.#plainPages > 0) encodings.push(ENCODING.plain)
    if (hasDictionary) encodings.push(ENCODING.rleDictionary)
    writer.i32(1, PHYSICAL[physical])
    writer.i32List(2, encodings)
    writer.textList(3, path)
    writer.i32(4, this.#tools.codec.id)
    writer.i64(5, this.#values)
    writer.i64(6, this.uncompressedBytes)
    writer.i64(7, this.compressedBytes)
    writer.i64(9, offset + this.#dictionaryPageBytes)
    if (hasDictionary) writer.i64(11, offset)
    this.#statistics.write(writer, 12)
  }

  #add(type: number, page: Uint8Array, pageHeader: () => void): void {
    const { writer, codec } = this.#tools
    const body = codec.compress(page)
    writer.i32(1, type)
    writer.i32(2, page.length)
    writer.i32(3, body.length)
    pageHeader()
    const header = writer.finish()
    this.#pages.push(header, body)
    this.compressedBytes += header.length + body.length
    this.uncompressedBytes += header.length + page.length
  }
}
