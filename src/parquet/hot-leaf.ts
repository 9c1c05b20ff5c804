import type { HotMemory } from '../hot/hot-memory.js'
import { LEAF } from '../hot/layout.js'
import { PHYSICAL } from './format-codes.js'
import { dictionaryWidth } from './leaf-pages.js'
import { NO_DICTIONARY, type PageDictionary, type PageSource, type UncompressedPage } from './page-source.js'
import type { LeafSchema } from './schema.js'
import type { Bounds } from './statistics.js'

/** What a {@link LeafBuffer} and its pages are, in linear memory: the walk puts values in, and pages are made there. */
export class HotLeaf implements PageSource {
  readonly schema: LeafSchema
  /** Of its struct, which lives as long as the memory. */
  readonly pointer: number
  readonly #memory: HotMemory
  /** 0 for a leaf whose values are smaller than any index. */
  readonly #dictionary: number

  constructor(schema: LeafSchema, memory: HotMemory) {
    this.schema = schema
    this.#memory = memory
    this.pointer = memory.exports.newLeaf(PHYSICAL[schema.physical], schema.definition, schema.repetition)
    const width = dictionaryWidth(schema)
    this.#dictionary = width === undefined ? 0 : memory.exports.newDictionary(width)
  }

  get length(): number {
    return this.#memory.word(this.pointer + LEAF.length)
  }

  get entries(): number {
    return this.#memory.word(this.pointer + LEAF.entries)
  }

  get nulls(): number {
    return this.#memory.word(this.pointer + LEAF.nulls)
  }

  begin(): void {
    if (this.#dictionary !== 0) this.#memory.exports.clearDictionary(this.#dictionary)
  }

  bounds(): Bounds | 'NaN' | undefined {
    const { exports } = this.#memory
    const found = exports.makeBounds(this.pointer)
    if (found === 0) return undefined
    if (found === 2) return 'NaN'
    const both = this.#memory.slice(exports.boundsAt(), 16)
    const view = new DataView(both.buffer, both.byteOffset, both.length)
    switch (this.schema.physical) {
      case 'boolean':
        return { bytes: 1, min: view.getInt32(0, true), max: view.getInt32(8, true) }
      case 'int32':
        return { bytes: 4, min: view.getInt32(0, true), max: view.getInt32(8, true) }
      case 'int64':
        return { bytes: 8, min: view.getBigInt64(0, true), max: view.getBigInt64(8, true) }
      default:
        return { bytes: 8, min: view.getFloat64(0, true), max: view.getFloat64(8, true) }
    }
  }

  makePage(): UncompressedPage {
    const { exports } = this.#memory
    const length = exports.makePage(this.pointer, this.#dictionary)
    return { bytes: this.#memory.slice(exports.pageAt(), length), isIndexed: exports.pageIsIndexed() !== 0 }
  }

  clear(): void {
    this.#memory.exports.releasePage()
    this.#memory.exports.clearLeaf(this.pointer)
  }

  dictionary(): PageDictionary {
    const { exports } = this.#memory
    const dictionary = this.#dictionary
    if (dictionary === 0) return NO_DICTIONARY
    const plain = this.#memory.slice(exports.dictionaryBytes(dictionary), exports.dictionaryLength(dictionary))
    return { entries: exports.dictionaryEntries(dictionary), plain }
  }
}
