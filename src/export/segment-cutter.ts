import { viewOf } from '../bson/walk.js'
import type { RawBlock } from '../ports/document-source.js'

export interface SegmentCutterOptions {
  /**
   * A segment ends with the document that brings it to this many bytes, or past it; but before one that is itself more
   * than half of that and would bring it past `bytesMost`, too: with documents of 16 MB a segment is one and not two.
   */
  readonly bytes: number
  /** And only at a multiple of this many documents, … @defaultValue 1 */
  readonly multiple?: number
  /** … unless it has come to this many bytes. @defaultValue no limit */
  readonly bytesMost?: number
}

/** A block, or the part of one, that lies within one segment. */
export interface CutPiece extends RawBlock {
  /** Whether the segment ends with this piece. */
  readonly last: boolean
}

/**
 * Cuts the blocks of one range into segments by the documents alone, never by how the server happened to batch them: the
 * same documents give the same segments, and so the same parts to the byte.
 */
export class SegmentCutter {
  readonly #bytes: number
  readonly #multiple: number
  readonly #bytesMost: number
  /** What a large document must not bring a segment beyond. */
  readonly #large: number
  #segmentBytes = 0
  #segmentDocuments = 0

  constructor({ bytes, multiple = 1, bytesMost = Number.POSITIVE_INFINITY }: SegmentCutterOptions) {
    this.#bytes = bytes
    this.#multiple = multiple
    this.#bytesMost = bytesMost
    this.#large = Number.isFinite(bytesMost) ? Math.max(bytes, bytesMost) : bytes
  }

  *cut({ bytes, starts }: RawBlock): Generator<CutPiece> {
    const view = viewOf(bytes)
    let first = 0
    for (let index = 0; index < starts.length; index++) {
      const size = view.getInt32(starts[index]!, true)
      if (size > this.#bytes / 2 && this.#segmentBytes > 0 && this.#segmentBytes + size > this.#large) {
        // Nothing of this block, when it begins with the document: then the segment ended with the block before.
        yield piece(bytes, starts, first, index, true)
        first = index
        this.#begin()
      }
      this.#segmentBytes += size
      this.#segmentDocuments++
      if (!this.#full()) continue
      this.#begin()
      yield piece(bytes, starts, first, index + 1, true)
      first = index + 1
    }
    if (first < starts.length) yield piece(bytes, starts, first, starts.length, false)
  }

  #begin(): void {
    this.#segmentBytes = 0
    this.#segmentDocuments = 0
  }

  #full(): boolean {
    if (this.#segmentBytes < this.#bytes) return false
    return this.#segmentDocuments % this.#multiple === 0 || this.#segmentBytes >= this.#bytesMost
  }
}

function piece(bytes: Uint8Array, starts: Uint32Array, from: number, until: number, last: boolean): CutPiece {
  if (from === 0 && until === starts.length) return { bytes, starts, last }
  if (from === until) return { bytes: bytes.subarray(0, 0), starts: starts.slice(0, 0), last }
  const offset = starts[from]!
  const end = until === starts.length ? bytes.length : starts[until]!
  return { bytes: bytes.subarray(offset, end), starts: starts.slice(from, until).map(start => start - offset), last }
}
