import { createHash } from 'node:crypto'
import { idExtendedJson } from '../bson/id-text.js'
import type { Digest } from '../model/digest.js'
import type { Format } from '../model/format.js'
import type { PartEncoder } from './encode/part-encoder.js'
import type { EncodedPart } from './segment-message.js'

/** One part being encoded, with what the manifest will say of it. Starts anew after `finish`. */
export class PartState {
  readonly #format: Format
  readonly #encoder: PartEncoder
  documents = 0
  #firstId: string | null = null
  #lastId: string | null = null
  #last: { bytes: Uint8Array; view: DataView; start: number } | undefined

  constructor(format: Format, encoder: PartEncoder) {
    this.#format = format
    this.#encoder = encoder
  }

  add(bytes: Uint8Array, view: DataView, start: number, end: number): void {
    if (this.documents === 0) this.#firstId = idExtendedJson(bytes, view, start)
    this.#encoder.add(bytes, view, start, end)
    this.documents++
    if (this.#last?.bytes === bytes) this.#last.start = start
    else this.#last = { bytes, view, start }
  }

  /** Called when a block is done with, so that the text of the last `_id` is made once a block and not once a document. */
  settle(): void {
    if (!this.#last) return
    this.#lastId = idExtendedJson(this.#last.bytes, this.#last.view, this.#last.start)
    this.#last = undefined
  }

  finish(digest: Digest): EncodedPart {
    this.settle()
    const body = this.#encoder.finish()
    const part: EncodedPart = {
      format: this.#format,
      body,
      documents: this.documents,
      sha256: createHash('sha256').update(body).digest('hex'),
      digest,
      firstId: this.#firstId,
      lastId: this.#lastId,
    }
    this.documents = 0
    this.#firstId = null
    this.#lastId = null
    return part
  }
}
