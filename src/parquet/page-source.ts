import type { LeafSchema } from './schema.js'
import type { Bounds } from './statistics.js'

/** The values of one leaf on their way into the pages of column chunks, one chunk after another. */
export interface PageSource {
  readonly schema: LeafSchema
  /** Bytes of the values that are in no page yet. */
  readonly length: number
  /** Of those: null or not. */
  readonly entries: number
  /** Of those: that hold no value. */
  readonly nulls: number
  /** Another chunk begins: its dictionary is empty. */
  begin(): void
  /** The least and the greatest of the values that are in no page yet, for types that have an order worth telling. */
  bounds(): Bounds | 'NaN' | undefined
  /** An uncompressed page of what is in no page yet, valid until `clear`. */
  makePage(): UncompressedPage
  /** What was in the page is done with. */
  clear(): void
  /** That of the chunk, by now. */
  dictionary(): PageDictionary
}

export interface PageDictionary {
  readonly entries: number
  /** The entries in PLAIN encoding. */
  readonly plain: Uint8Array
}

export const NO_DICTIONARY: PageDictionary = { entries: 0, plain: new Uint8Array() }

export interface UncompressedPage {
  readonly bytes: Uint8Array
  /** Whether it has indices into the dictionary, and not values. */
  readonly isIndexed: boolean
}
