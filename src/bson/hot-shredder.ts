import type { HotMemory } from '../hot/hot-memory.js'
import { NOTE, NOTED } from '../hot/layout.js'
import type { LeafBuffer } from '../parquet/leaf-buffer.js'
import type { ParquetSchema } from '../parquet/schema.js'
import { ByteSink } from './byte-sink.js'
import { writeExtendedJsonValue } from './extended-json.js'
import type { HotColumns } from './hot-columns.js'
import { clearedSink, JsonMembers } from './shred-members.js'
import { ShredNode } from './shred-node.js'
import { FITS, MISFIT, ValueShredder } from './shred-value.js'

/**
 * A `Shredder` whose walk is WebAssembly, over documents that are in linear memory. What the walk has no words for, JSON
 * text, decimals and ids that are neither text nor ObjectId, it leaves in notes, and that is done here.
 */
export class HotShredder {
  readonly #memory: HotMemory
  readonly #columns: HotColumns
  readonly #outside: readonly (ShredNode | undefined)[]
  readonly #hasOutside: boolean
  readonly #extraColumn: ShredNode
  readonly #misfitColumn: ShredNode
  readonly #values = new ValueShredder()
  readonly #extra = new JsonMembers()
  readonly #misfit = new JsonMembers()
  #idText = new ByteSink(4096)
  /** Counts rows of all files. */
  #stamp = 0
  /** Rows in the leaves, or taken from them into pages. */
  rows = 0

  /** @param target - a schema of the columns; of its leaves, those are written to that are not in linear memory */
  constructor(
    { schema, leaves }: { readonly schema: ParquetSchema; readonly leaves: readonly LeafBuffer[] },
    columns: HotColumns,
    memory: HotMemory,
  ) {
    this.#memory = memory
    this.#columns = columns
    this.#extraColumn = new ShredNode(schema.nodes.at(-2)!, leaves)
    this.#misfitColumn = new ShredNode(schema.nodes.at(-1)!, leaves)
    this.#outside = columns.outside.map(node => node && new ShredNode(node, leaves))
    this.#hasOutside = this.#outside.some(node => node !== undefined)
  }

  /** Adds the document in `bytes[start, end)`, which is in the memory's block and has been checked, as a row. */
  add(bytes: Uint8Array, view: DataView, start: number, end: number): void {
    this.#memory.checkOwner('columns', this.#columns)
    const stamp = ++this.#stamp
    const block = this.#memory.offsetOf(bytes)
    const notes = this.#memory.exports.shredDocument(block + start, block + end)
    if (notes < 0) throw new RangeError('a field is there twice')
    if (notes > 0) this.#follow(notes, bytes, view, block)
    if (this.#hasOutside) {
      for (const column of this.#outside) if (column !== undefined && column.stamp !== stamp) column.absent(0, 0)
    }
    this.#extra.writeTo(this.#extraColumn)
    this.#misfit.writeTo(this.#misfitColumn)
    this.rows++
  }

  /** Counts rows from 0 again: another file begins. */
  restart(): void {
    this.rows = 0
  }

  /** @param block - where in linear memory `bytes` begin */
  #follow(notes: number, bytes: Uint8Array, view: DataView, block: number): void {
    const memory = this.#memory
    const first = memory.exports.notesAt()
    this.#values.restart()
    for (let index = 0; index < notes; index++) {
      const note = first + NOTE.size * index
      const type = memory.word(note + NOTE.type)
      const name = memory.word(note + NOTE.name) - block
      const value = memory.word(note + NOTE.value) - block
      const end = memory.word(note + NOTE.end) - block
      switch (memory.word(note + NOTE.what)) {
        case NOTED.toExtra:
          this.#extra.add(type, bytes, view, name, value, end)
          break
        case NOTED.toMisfit:
          this.#misfit.add(type, bytes, view, name, value, end)
          break
        case NOTED.toId:
          this.#writeId(type, bytes, view, value, end)
          break
        default:
          this.#write(this.#outside[memory.word(note + NOTE.column)]!, type, bytes, view, name, value, end)
      }
    }
  }

  /** As `Shredder` does. */
  #write(
    column: ShredNode,
    type: number,
    bytes: Uint8Array,
    view: DataView,
    name: number,
    value: number,
    end: number,
  ): void {
    column.stamp = this.#stamp
    // A scalar misfit is told before anything of it is written.
    if (column.isNested) column.mark()
    const fit = type === 0x0a ? MISFIT : this.#values.write(column, type, bytes, view, value, end, 0)
    if (fit === FITS) return
    if (fit === MISFIT) {
      if (column.isNested) column.rollback()
      column.absent(0, 0)
      this.#misfit.add(type, bytes, view, name, value, end)
    } else {
      this.#extra.add(type, bytes, view, name, value, end)
    }
  }

  #writeId(type: number, bytes: Uint8Array, view: DataView, value: number, end: number): void {
    const sink = this.#idText
    writeExtendedJsonValue(sink, type, bytes, view, value, end)
    const { exports } = this.#memory
    this.#memory.lend(sink.bytes.subarray(0, sink.length), (at, size) =>
      exports.putText(this.#columns.id.pointer, 0, at, size),
    )
    this.#idText = clearedSink(sink)
  }
}
