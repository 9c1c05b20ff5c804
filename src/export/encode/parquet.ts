import { ParquetPart } from '../../bson/parquet-part.js'
import type { HotMemory } from '../../hot/hot-memory.js'
import type { WorkerSettings } from '../segment-message.js'
import type { PartEncoder } from './part-encoder.js'

/** Typed columns by the dataset's schema, with `_id`, `_extra` and `_misfit`: see docs/lake-format.md. */
export class ParquetEncoder implements PartEncoder {
  readonly #part: ParquetPart

  constructor({ columns, compression, tool }: WorkerSettings, memory?: HotMemory) {
    this.#part = new ParquetPart({ columns, compression, createdBy: tool, memory })
  }

  add(bytes: Uint8Array, view: DataView, start: number, end: number): void {
    this.#part.add(bytes, view, start, end)
  }

  finish(): Uint8Array {
    return this.#part.finish()
  }
}
