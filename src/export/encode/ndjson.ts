import { ByteSink } from '../../bson/byte-sink.js'
import { writeJsonDocument } from '../../bson/json-text.js'
import { GzipStream } from './gzip-stream.js'
import type { PartEncoder } from './part-encoder.js'

const NEWLINE = 0x0a

/**
 * Level 1 takes a third of the time of zlib's default 6 for a file a sixth larger, and compression is the largest single
 * cost of this format.
 */
const GZIP_LEVEL = 1

/** Text that is compressed at a time. */
const PIECE_BYTES = 1024 * 1024

/** One document a line, gzipped as one member: every reader of gzip takes it. */
export class NdjsonEncoder implements PartEncoder {
  readonly #sink = new ByteSink(PIECE_BYTES + PIECE_BYTES / 4)
  readonly #gzip = new GzipStream(GZIP_LEVEL)

  add(bytes: Uint8Array, view: DataView, start: number): void {
    writeJsonDocument(this.#sink, bytes, view, start)
    this.#sink.byte(NEWLINE)
    if (this.#sink.length >= PIECE_BYTES) this.#compress()
  }

  finish(): Uint8Array {
    this.#compress()
    return this.#gzip.finish()
  }

  #compress(): void {
    this.#gzip.add(this.#sink.view())
    this.#sink.clear()
  }
}
