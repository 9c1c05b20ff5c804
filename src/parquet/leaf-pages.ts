import { Dictionary } from './dictionary.js'
import type { LeafBuffer } from './leaf-buffer.js'
import type { PageScratch } from './page-scratch.js'
import { NO_DICTIONARY, type PageDictionary, type PageSource, type UncompressedPage } from './page-source.js'
import type { LeafSchema } from './schema.js'
import { type Bounds, pageBounds } from './statistics.js'

/** Pages of a {@link LeafBuffer}. */
export class LeafPages implements PageSource {
  readonly #buffer: LeafBuffer
  readonly #scratch: PageScratch
  /** Undefined for a leaf whose values are smaller than any index. */
  readonly #dictionary: Dictionary | undefined

  /** @param scratch - one for all leaves of a file */
  constructor(buffer: LeafBuffer, scratch: PageScratch) {
    this.#buffer = buffer
    this.#scratch = scratch
    const width = dictionaryWidth(buffer.schema)
    this.#dictionary = width === undefined ? undefined : new Dictionary(width)
  }

  get schema(): LeafSchema {
    return this.#buffer.schema
  }

  get length(): number {
    return this.#buffer.length
  }

  get entries(): number {
    return this.#buffer.entries
  }

  get nulls(): number {
    return this.#buffer.nulls
  }

  begin(): void {
    this.#dictionary?.clear()
  }

  bounds(): Bounds | 'NaN' | undefined {
    const count = this.entries - this.nulls
    return count === 0 ? undefined : pageBounds(this.#buffer, count)
  }

  makePage(): UncompressedPage {
    const scratch = this.#scratch
    const buffer = this.#buffer
    const dictionary = this.#dictionary
    const indices = dictionary && scratch.indices(buffer.entries - buffer.nulls)
    const isIndexed = dictionary?.encode(buffer, indices!) ?? false
    const bytes = isIndexed ? scratch.indexPage(buffer, indices!, dictionary!.entries) : scratch.plainPage(buffer)
    return { bytes, isIndexed }
  }

  clear(): void {
    this.#scratch.release()
    this.#buffer.clear()
  }

  dictionary(): PageDictionary {
    return this.#dictionary ?? NO_DICTIONARY
  }
}

/** Bytes of each value, or 0 where each begins with its length. Booleans are one bit each as it is, and have no dictionary. */
export function dictionaryWidth({ physical, typeLength }: LeafSchema): number | undefined {
  switch (physical) {
    case 'boolean':
      return undefined
    case 'byteArray':
      return 0
    case 'fixedLengthByteArray':
      return typeLength
    case 'int32':
      return 4
    default:
      return 8
  }
}
