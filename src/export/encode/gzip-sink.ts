import { ByteSink } from '../../bson/byte-sink.js'
import { GzipStream } from './gzip-stream.js'

/** What is compressed at a time. */
const PIECE_BYTES = 1024 * 1024
/** Memory that is kept from document to document. */
const KEPT_BYTES = 4 * PIECE_BYTES

/**
 * A sink whose bytes become one gzip member, compressed piece by piece while they are written: of a document of 16 MB no
 * more is in memory than its longest string. Pieces are of one size wherever documents end, so that equal documents give
 * equal bytes whatever came before.
 */
export class GzipSink {
  readonly sink: ByteSink = new ByteSink(PIECE_BYTES + PIECE_BYTES / 4, () => this.#compressWhole())
  readonly #gzip: GzipStream

  constructor(level: number) {
    this.#gzip = new GzipStream(level)
  }

  /** To be called after each document. */
  settle(): void {
    if (this.sink.length < PIECE_BYTES) return
    this.#compressWhole()
    this.sink.shrink(KEPT_BYTES)
  }

  /** The member, in a buffer of its own. The sink is empty again. */
  finish(): Uint8Array {
    this.#compressWhole()
    this.#gzip.add(this.sink.view())
    this.sink.clear()
    this.sink.shrink(KEPT_BYTES)
    return this.#gzip.finish()
  }

  #compressWhole(): void {
    const { sink } = this
    let from = 0
    for (; sink.length - from >= PIECE_BYTES; from += PIECE_BYTES) {
      this.#gzip.add(sink.bytes.subarray(from, from + PIECE_BYTES))
    }
    sink.bytes.copyWithin(0, from, sink.length)
    sink.truncate(sink.length - from)
  }
}
