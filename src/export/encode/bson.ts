import type { WorkerSettings } from '../segment-message.js'
import { GzipSink } from './gzip-sink.js'
import type { PartEncoder } from './part-encoder.js'

/**
 * The documents as they are stored, one after another, gzipped as one member: what `mongodump --gzip` writes for a
 * collection, and `mongorestore --gzip` reads.
 */
export class BsonEncoder implements PartEncoder {
  readonly #gzip: GzipSink

  constructor({ compression }: WorkerSettings) {
    this.#gzip = new GzipSink(compression.gzipLevel)
  }

  add(bytes: Uint8Array, _view: DataView, start: number, end: number): void {
    this.#gzip.sink.copy(bytes, start, end)
    this.#gzip.settle()
  }

  finish(): Uint8Array {
    return this.#gzip.finish()
  }
}
