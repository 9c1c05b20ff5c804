import type { HotMemory } from '../hot/hot-memory.js'
import type { ByteSink } from './byte-sink.js'
import { writeJsonDocument } from './json-text.js'

/** Linear memory for text that is on its way to a sink. */
const AREA_BYTES = 512 * 1024
/** What is gathered there before it goes on: few copies, and none of what the processor no longer has at hand. */
const GATHERED_BYTES = 128 * 1024
/** Room that a document is given, by its size and beside it: few come to more, and those JavaScript writes once more. */
const GROWTH = 2
const SLACK_BYTES = 4096

/**
 * Plain JSON of documents one after another, with separators between: what `writeJsonDocument` writes, and written by
 * WebAssembly where the documents are in linear memory. What is large, grows a lot or has a value of a rare type is
 * JavaScript's there, too.
 */
export class DocumentText {
  readonly #memory: HotMemory | undefined
  #area: Uint8Array | undefined
  #areaAt = 0
  #gathered = 0

  /** @param memory - where all documents are that are added */
  constructor(memory: HotMemory | undefined) {
    this.#memory = memory
  }

  /** Bytes that are not in the sink yet. */
  get gathered(): number {
    return this.#gathered
  }

  /** Appends one character between documents; after each there may be two. */
  byte(sink: ByteSink, value: number): void {
    // There is room: the walk leaves some, for closing brackets, that it does not use up to its last byte.
    if (this.#area) this.#area[this.#gathered++] = value
    else sink.byte(value)
  }

  /** Appends the document in `bytes[start, end)`, which has passed `checkDocument`. */
  add(sink: ByteSink, bytes: Uint8Array, view: DataView, start: number, end: number): void {
    if (this.#memory && this.#write(this.#memory, sink, bytes, start, end)) return
    this.flush(sink)
    writeJsonDocument(sink, bytes, view, start)
  }

  /** Everything to the sink, which has to be the one of all calls since the last time. */
  flush(sink: ByteSink): void {
    if (this.#gathered === 0) return
    sink.copy(this.#area!, 0, this.#gathered)
    this.#gathered = 0
  }

  #write(memory: HotMemory, sink: ByteSink, bytes: Uint8Array, start: number, end: number): boolean {
    const room = GROWTH * (end - start) + SLACK_BYTES
    if (room > AREA_BYTES) return false
    if (this.#gathered >= GATHERED_BYTES || this.#gathered + room > AREA_BYTES) this.flush(sink)
    this.#area ??= this.#newArea(memory)
    const { exports } = memory
    const block = memory.offsetOf(bytes)
    const at = this.#areaAt
    const size = exports.writeJson(block + start, block + end, at + this.#gathered, at + AREA_BYTES)
    this.#gathered += size
    return size > 0
  }

  #newArea(memory: HotMemory): Uint8Array {
    this.#areaAt = memory.exports.allocate(AREA_BYTES)
    return memory.slice(this.#areaAt, AREA_BYTES)
  }
}
