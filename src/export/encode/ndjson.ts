import { DocumentText } from '../../bson/document-text.js'
import type { HotMemory } from '../../hot/hot-memory.js'
import type { WorkerSettings } from '../segment-message.js'
import { GzipSink } from './gzip-sink.js'
import type { PartEncoder } from './part-encoder.js'

const NEWLINE = 0x0a

/** One document a line, gzipped as one member: every reader of gzip takes it. */
export class NdjsonEncoder implements PartEncoder {
  readonly #gzip: GzipSink
  readonly #text: DocumentText

  constructor({ compression }: WorkerSettings, memory?: HotMemory) {
    this.#text = new DocumentText(memory)
    this.#gzip = new GzipSink(compression.gzipLevel)
  }

  add(bytes: Uint8Array, view: DataView, start: number, end: number): void {
    const { sink } = this.#gzip
    this.#text.add(sink, bytes, view, start, end)
    this.#text.byte(sink, NEWLINE)
    this.#gzip.settle()
  }

  finish(): Uint8Array {
    this.#text.flush(this.#gzip.sink)
    return this.#gzip.finish()
  }
}
