import { ByteSink } from './byte-sink.js'
import { writeJsonString } from './json-string.js'
import { writeJsonValue } from './json-text.js'
import type { ShredNode } from './shred-node.js'
import { MEASURED_BYTES, measuredSize } from './text-size.js'

/** Memory that a sink keeps from one document to the next. One large value must not be paid for until the end. */
const KEPT_BYTES = 1024 * 1024

/** The sink emptied, or a new one in place of one that has grown out of proportion. */
export function clearedSink(sink: ByteSink): ByteSink {
  if (sink.bytes.length > KEPT_BYTES) return new ByteSink(4096)
  sink.clear()
  return sink
}

/** The JSON object that a document's `_extra` or `_misfit` is: some of its fields, in their order, in the mapping of `ndjson.gz`. */
export class JsonMembers {
  #sink = new ByteSink(4096)

  clear(): void {
    this.#sink = clearedSink(this.#sink)
  }

  /** The field whose name begins at `name` and whose value is `bytes[value, end)`. */
  add(type: number, bytes: Uint8Array, view: DataView, name: number, value: number, end: number): void {
    const sink = this.#sink
    sink.byte(sink.length === 0 ? 0x7b : 0x2c)
    writeJsonString(sink, bytes, view, name, value - 1)
    sink.byte(0x3a)
    if (end - value >= MEASURED_BYTES) {
      sink.reserveExactly(measuredSize(into => writeJsonValue(into, type, bytes, view, value, end)))
    }
    writeJsonValue(sink, type, bytes, view, value, end)
  }

  /** As the column's value in the row that has been begun; without any, it is absent there. */
  writeTo(column: ShredNode): void {
    if (this.#sink.length === 0) {
      column.absent(0, 0)
      return
    }
    const { leaf } = column
    this.#sink.byte(0x7d)
    leaf.byteArray(0, this.#sink.bytes, this.#sink.words, 0, this.#sink.length)
    this.clear()
  }
}
