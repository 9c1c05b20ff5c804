import { createHash } from 'node:crypto'
import { shortIdExtendedJson } from '../bson/id-text.js'
import type { Digest } from '../model/digest.js'
import type { Format } from '../model/format.js'
import { garbageCollector } from './collect-garbage.js'
import type { PartEncoder } from './encode/part-encoder.js'
import type { EncodedPart } from './segment-message.js'

/**
 * What is made in this many bytes is collected at once: left to itself, the garbage of one format is still there when the
 * next one wants as much.
 */
const COLLECTED_BYTES = 4 * 1024 * 1024
const garbage = garbageCollector()

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

  get isFull(): boolean {
    return this.#encoder.isFull ?? false
  }

  add(bytes: Uint8Array, view: DataView, start: number, end: number): void {
    if (this.documents === 0) this.#firstId = shortIdExtendedJson(bytes, view, start)
    this.#encoder.add(bytes, view, start, end)
    if (end - start >= COLLECTED_BYTES) garbage.all()
    this.documents++
    if (this.#last?.bytes === bytes) this.#last.start = start
    else this.#last = { bytes, view, start }
  }

  /** Called when a block is done with, so that the text of the last `_id` is made once a block and not once a document. */
  settle(): void {
    if (!this.#last) return
    this.#lastId = shortIdExtendedJson(this.#last.bytes, this.#last.view, this.#last.start)
    this.#last = undefined
  }

  finish(digest: Digest, partition?: EncodedPart['partition']): EncodedPart {
    this.settle()
    const body = this.#encoder.finish()
    if (body.length >= COLLECTED_BYTES) garbage.young()
    const part: EncodedPart = {
      format: this.#format,
      body,
      documents: this.documents,
      sha256: createHash('sha256').update(body).digest('hex'),
      digest,
      firstId: this.#firstId,
      lastId: this.#lastId,
      ...(partition === undefined ? {} : { partition }),
    }
    this.documents = 0
    this.#firstId = null
    this.#lastId = null
    return part
  }
}
