import { CensusTaker } from '../bson/census-taker.js'
import { checkDocument } from '../bson/check-document.js'
import { DigestSum } from '../bson/digest-sum.js'
import { viewOf } from '../bson/walk.js'
import { addDigests, EMPTY_DIGEST } from '../model/digest.js'
import { JSON_CHUNK_DOCUMENTS } from '../model/format.js'
import { encoderFor } from './encode/encoder-for.js'
import { PartState } from './part-state.js'
import { RejectLines } from './reject-lines.js'
import type { EncodedPart, SegmentTotals, WorkerSettings } from './segment-message.js'

/**
 * Transcodes one contiguous segment of a collection into one part of each format (JSON: one for each thousand
 * documents), with its census, digest and rejects. Used for many segments in turn.
 */
export class SegmentEncoder {
  readonly #emit: (part: EncodedPart) => void
  /** Formats with one part a segment. */
  readonly #whole: PartState[] = []
  /** The `json` format, with many. */
  readonly #chunk: PartState | undefined
  #census = new CensusTaker()
  /** Of the documents since the last chunk border; `#digest` has those before it. */
  #recent = new DigestSum()
  #digest = EMPTY_DIGEST
  #rejects = new RejectLines()
  #read = 0

  constructor({ formats, columns, tool }: WorkerSettings, emit: (part: EncodedPart) => void) {
    this.#emit = emit
    for (const format of formats) {
      const state = new PartState(format, encoderFor(format, columns, tool))
      if (format === 'json') this.#chunk = state
      else this.#whole.push(state)
    }
  }

  add(bytes: Uint8Array, starts: Uint32Array): void {
    const view = viewOf(bytes)
    for (let index = 0; index < starts.length; index++) {
      const start = starts[index]!
      const end = start + view.getInt32(start, true)
      this.#read++
      const reason = checkDocument(bytes, start, end, view)
      if (reason === undefined) this.#carry(bytes, view, start, end)
      else this.#rejects.add(bytes, view, start, end, reason)
      // By documents read, not carried, so that a reject does not move every later chunk's border.
      if (this.#read % JSON_CHUNK_DOCUMENTS === 0) this.#passChunkBorder()
    }
    for (const state of this.#whole) state.settle()
    this.#chunk?.settle()
  }

  /** Ends the segment and begins a new one. @param empty - write parts even without documents, for their schema */
  close(empty = false): SegmentTotals {
    this.#passChunkBorder(empty)
    for (const state of this.#whole) if (state.documents > 0 || empty) this.#emit(state.finish(this.#digest))
    const totals: SegmentTotals = {
      documents: this.#read,
      rejected: this.#rejects.count,
      digest: this.#digest,
      census: this.#census.census(),
      rejects: this.#rejects.lines(),
    }
    this.#census = new CensusTaker()
    this.#digest = EMPTY_DIGEST
    this.#rejects = new RejectLines()
    this.#read = 0
    return totals
  }

  #carry(bytes: Uint8Array, view: DataView, start: number, end: number): void {
    this.#census.add(bytes, view, start)
    this.#recent.add(bytes, start, end)
    for (const state of this.#whole) state.add(bytes, view, start, end)
    this.#chunk?.add(bytes, view, start, end)
  }

  #passChunkBorder(empty = false): void {
    const digest = this.#recent.digest()
    this.#recent = new DigestSum()
    this.#digest = addDigests(this.#digest, digest)
    if (this.#chunk && (this.#chunk.documents > 0 || empty)) this.#emit(this.#chunk.finish(digest))
  }
}
