import { ByteSink } from '../../bson/byte-sink.js'
import { writeJsonDocument } from '../../bson/json-text.js'
import type { PartEncoder } from './part-encoder.js'

const OPEN = 0x5b
const CLOSE = 0x5d
const COMMA = 0x2c
const NEWLINE = 0x0a

/**
 * One JSON array, on one line: `spark.read.json` in its default mode takes each line as a value, and an array as rows,
 * so a chunk is read without `multiLine`.
 */
export class JsonChunkEncoder implements PartEncoder {
  readonly #sink = new ByteSink(1 << 20)

  add(bytes: Uint8Array, view: DataView, start: number): void {
    this.#sink.byte(this.#sink.length === 0 ? OPEN : COMMA)
    writeJsonDocument(this.#sink, bytes, view, start)
  }

  finish(): Uint8Array {
    if (this.#sink.length === 0) this.#sink.byte(OPEN)
    this.#sink.byte(CLOSE)
    this.#sink.byte(NEWLINE)
    return this.#sink.take()
  }
}
