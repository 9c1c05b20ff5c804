import { ByteSink } from '../../bson/byte-sink.js'
import { DocumentText } from '../../bson/document-text.js'
import { writeJsonDocument } from '../../bson/json-text.js'
import { MEASURED_BYTES, measuredSize } from '../../bson/text-size.js'
import type { HotMemory } from '../../hot/hot-memory.js'
import { JSON_CHUNK_BYTES } from '../../model/format.js'
import type { PartEncoder } from './part-encoder.js'

const OPEN = 0x5b
const CLOSE = 0x5d
const COMMA = 0x2c
const NEWLINE = 0x0a

/** Memory to begin a chunk with, and the most that is kept for the next one. */
const FIRST_BYTES = 1024 * 1024
const KEPT_BYTES = 4 * FIRST_BYTES

/**
 * One JSON array, on one line: `spark.read.json` in its default mode takes each line as a value, and an array as rows,
 * so a chunk is read without `multiLine`.
 */
export class JsonChunkEncoder implements PartEncoder {
  #sink = new ByteSink(FIRST_BYTES)
  readonly #text: DocumentText

  constructor(memory?: HotMemory) {
    this.#text = new DocumentText(memory)
  }

  add(bytes: Uint8Array, view: DataView, start: number, end: number): void {
    if (end - start >= MEASURED_BYTES) {
      this.#text.flush(this.#sink)
      this.#sink.reserveExactly(measuredSize(sink => writeJsonDocument(sink, bytes, view, start)))
    }
    this.#text.byte(this.#sink, this.#length === 0 ? OPEN : COMMA)
    this.#text.add(this.#sink, bytes, view, start, end)
  }

  get isFull(): boolean {
    return this.#length >= JSON_CHUNK_BYTES
  }

  get #length(): number {
    return this.#sink.length + this.#text.gathered
  }

  finish(): Uint8Array {
    const sink = this.#sink
    this.#text.flush(sink)
    if (sink.length === 0) sink.byte(OPEN)
    sink.byte(CLOSE)
    sink.byte(NEWLINE)
    if (sink.bytes.length <= KEPT_BYTES) return sink.take()
    // No copy of what is large: the chunk goes in the sink's own memory, and the sink gets another.
    this.#sink = new ByteSink(FIRST_BYTES)
    return sink.view()
  }
}
