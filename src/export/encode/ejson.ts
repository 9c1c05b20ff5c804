import { writeExtendedJsonDocument } from '../../bson/extended-json.js'
import type { WorkerSettings } from '../segment-message.js'
import { GzipSink } from './gzip-sink.js'
import type { PartEncoder } from './part-encoder.js'

const NEWLINE = 0x0a

/**
 * Canonical Extended JSON v2, one document a line, gzipped as one member: what `mongoimport` and every driver read. Its
 * documents have passed `checkExtendedJson` too, so that they read back byte for byte.
 */
export class EjsonEncoder implements PartEncoder {
  readonly #gzip: GzipSink

  constructor({ compression }: WorkerSettings) {
    this.#gzip = new GzipSink(compression.gzipLevel)
  }

  add(bytes: Uint8Array, view: DataView, start: number): void {
    const { sink } = this.#gzip
    writeExtendedJsonDocument(sink, bytes, view, start)
    sink.byte(NEWLINE)
    this.#gzip.settle()
  }

  finish(): Uint8Array {
    return this.#gzip.finish()
  }
}
