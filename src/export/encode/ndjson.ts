import { writeJsonDocument } from '../../bson/json-text.js'
import type { WorkerSettings } from '../segment-message.js'
import { GzipSink } from './gzip-sink.js'
import type { PartEncoder } from './part-encoder.js'

const NEWLINE = 0x0a

/** One document a line, gzipped as one member: every reader of gzip takes it. */
export class NdjsonEncoder implements PartEncoder {
  readonly #gzip: GzipSink

  constructor({ compression }: WorkerSettings) {
    this.#gzip = new GzipSink(compression.gzipLevel)
  }

  add(bytes: Uint8Array, view: DataView, start: number): void {
    const { sink } = this.#gzip
    writeJsonDocument(sink, bytes, view, start)
    sink.byte(NEWLINE)
    this.#gzip.settle()
  }

  finish(): Uint8Array {
    return this.#gzip.finish()
  }
}
