import { ByteSink } from '../bson/byte-sink.js'
import { checkDocument } from '../bson/check-document.js'
import { writeExtendedJsonValue } from '../bson/extended-json.js'
import { findId, ID_HEADER, writeIdText } from '../bson/id-text.js'
import { writeJsonDocument, writeJsonValue } from '../bson/json-text.js'
import { MalformedBson } from '../bson/malformed-bson.js'
import type { Format } from '../model/format.js'
import { documentHash, type Spill } from './spill.js'

/**
 * What two copies of a document are compared by: `bson`, their bytes; `json`, the plain JSON that an export makes of them,
 * which loses types; `id`, nothing but their `_id`, as the column of a Parquet part has it.
 */
export type Likeness = 'bson' | 'json' | 'id'

export function likenessOf(format: Format): Likeness {
  switch (format) {
    case 'bson.gz':
    case 'ejson.gz':
      return 'bson'
    case 'ndjson.gz':
    case 'json':
      return 'json'
    case 'parquet':
      return 'id'
  }
}

const encoder = new TextEncoder()
/** For a document without `_id`; MongoDB compares it with null as an equal. */
export const NO_ID: Uint8Array = encoder.encode('null')

/** Adds BSON documents to a spill, by one likeness. */
export class Fingerprinter {
  readonly #spill: Spill
  readonly #likeness: Likeness
  readonly #id = new ByteSink()
  readonly #json = new ByteSink()

  constructor(spill: Spill, likeness: Likeness) {
    this.#spill = spill
    this.#likeness = likeness
  }

  /** The document in `bytes` from `start` up to, not including, `end`; `view` is over the same memory. */
  add(bytes: Uint8Array, view: DataView, start: number, end: number): void {
    this.#spill.add(this.#idOf(bytes, view, start), this.#hashOf(bytes, view, start, end))
  }

  #hashOf(bytes: Uint8Array, view: DataView, start: number, end: number): string {
    if (this.#likeness === 'id') return ''
    // What no JSON can carry was rejected with its bytes, by the same test.
    if (this.#likeness === 'bson' || checkDocument(bytes, start, end, view) !== undefined)
      return documentHash(bytes.subarray(start, end))
    this.#json.clear()
    writeJsonDocument(this.#json, bytes, view, start)
    return documentHash(this.#json.view())
  }

  #idOf(bytes: Uint8Array, view: DataView, start: number): Uint8Array {
    this.#id.clear()
    try {
      return this.#writeId(bytes, view, start) ? this.#id.view() : NO_ID
    } catch (error) {
      // A document that is no BSON; it is the same one on the other side.
      if (!(error instanceof MalformedBson)) throw error
      return NO_ID
    }
  }

  #writeId(bytes: Uint8Array, view: DataView, start: number): boolean {
    if (this.#likeness === 'id') return writeIdText(this.#id, bytes, view, start)
    const element = findId(bytes, view, start)
    if (element < 0) return false
    const write = this.#likeness === 'bson' ? writeExtendedJsonValue : writeJsonValue
    write(this.#id, bytes[element]!, bytes, view, element + ID_HEADER)
    return true
  }
}
