import { type Column, EXTRA_COLUMN, ID_COLUMN, MISFIT_COLUMN } from '../model/column.js'
import type { LeafBuffer } from '../parquet/leaf-buffer.js'
import type { ParquetSchema } from '../parquet/schema.js'
import { FieldTable } from './shred-fields.js'
import { JsonMembers } from './shred-members.js'
import { ID_KIND, ShredNode } from './shred-node.js'
import { FITS, MISFIT, ValueShredder } from './shred-value.js'
import { cstringEnd, valueEnd } from './walk.js'

const TEXT = { kind: 'string' } as const

/**
 * The columns of a Parquet part: the declared ones with Lakeferry's own around them.
 *
 * @throws RangeError for a declared column with a name of ours, or two with one name, which is a caller's bug
 */
export function partColumns(columns: readonly Column[]): Column[] {
  const ours = [ID_COLUMN, EXTRA_COLUMN, MISFIT_COLUMN]
  const taken = columns.find(column => ours.includes(column.name))
  if (taken) throw new RangeError(`no declared column may be called ${taken.name}`)
  return [
    { name: ID_COLUMN, type: TEXT },
    ...columns,
    { name: EXTRA_COLUMN, type: TEXT },
    { name: MISFIT_COLUMN, type: TEXT },
  ]
}

/**
 * Takes documents apart into the leaves of a Parquet schema: one row each, nothing dropped and nothing bent.
 *
 * - A declared field that the column can hold is in its column.
 * - One that is null, or that the column (or any part of it) can't hold, is in `_misfit`, whole, and its column is null.
 * - One whose structs hold fields that the schema doesn't name, or nulls, is in its column as far as that goes and, whole,
 *   in `_extra`.
 * - A field that the schema doesn't name is in `_extra`.
 */
export class Shredder {
  readonly #columns: readonly ShredNode[]
  readonly #id: ShredNode
  readonly #extraColumn: ShredNode
  readonly #misfitColumn: ShredNode
  readonly #fields: FieldTable
  readonly #values = new ValueShredder()
  readonly #extra = new JsonMembers()
  readonly #misfit = new JsonMembers()
  /** Counts rows of all files. */
  #stamp = 0
  /** Rows in the leaves, or taken from them into pages. */
  rows = 0

  /** @param target - a schema of {@link partColumns} and the leaves to write to */
  constructor({ schema, leaves }: { readonly schema: ParquetSchema; readonly leaves: readonly LeafBuffer[] }) {
    const [id, ...rest] = schema.nodes
    this.#id = new ShredNode(id!, leaves, ID_KIND)
    const columns = rest.map(node => new ShredNode(node, leaves))
    this.#misfitColumn = columns.pop()!
    this.#extraColumn = columns.pop()!
    this.#columns = [this.#id, ...columns]
    this.#fields = new FieldTable(this.#columns)
  }

  /**
   * Adds the document in `bytes[start, end)` as a row.
   *
   * @throws what a document that `checkDocument` refuses deserves; the file that was begun is then of no use
   */
  add(bytes: Uint8Array, view: DataView, start: number, end: number): void {
    const stamp = ++this.#stamp
    const fields = this.#fields
    const last = end - 1
    let at = start + 4
    let written = 0
    this.#extra.clear()
    this.#misfit.clear()
    fields.restart()
    this.#values.restart()
    while (at < last) {
      const type = bytes[at]!
      const name = at + 1
      const field = fields.find(bytes, view, name)
      const value = field === undefined ? cstringEnd(bytes, name, last) + 1 : name + field.size
      at = valueEnd(type, bytes, view, value, last)
      const column = field?.node
      if (column === undefined) {
        this.#extra.add(type, bytes, view, name, value, at)
        continue
      }
      if (column.stamp === stamp) throw new RangeError(`the field ${column.name} is there twice`)
      column.stamp = stamp
      // A scalar misfit is told before anything of it is written.
      if (column.isNested) column.mark()
      written++
      const isNull = type === 0x0a && column !== this.#id
      const fit = isNull ? MISFIT : this.#values.write(column, type, bytes, view, value, at, 0)
      if (fit === FITS) continue
      if (fit === MISFIT) {
        if (column.isNested) column.rollback()
        column.absent(0, 0)
        this.#misfit.add(type, bytes, view, name, value, at)
      } else {
        this.#extra.add(type, bytes, view, name, value, at)
      }
    }
    if (written < this.#columns.length) this.#fillMissing()
    this.#extra.writeTo(this.#extraColumn)
    this.#misfit.writeTo(this.#misfitColumn)
    this.rows++
  }

  /** Counts rows from 0 again: another file begins. */
  restart(): void {
    this.rows = 0
  }

  #fillMissing(): void {
    for (const column of this.#columns) {
      if (column.stamp !== this.#stamp) column.absent(0, 0)
    }
  }
}
