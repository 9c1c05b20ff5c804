import type { HotMemory } from '../hot/hot-memory.js'
import { OUTSIDE_KIND } from '../hot/layout.js'
import type { Column } from '../model/column.js'
import { HotLeaf } from '../parquet/hot-leaf.js'
import { parquetSchema, type SchemaNode } from '../parquet/schema.js'
import { ID_KIND, KINDS } from './shred-node.js'

const encoder = new TextEncoder()

/**
 * Whether linear memory has the column: not where JavaScript writes any of its values, decimals and JSON text, and not the
 * last two, which are JSON text that is put together from fields of all kinds.
 */
function isInside({ type, children }: SchemaNode): boolean {
  return type.kind !== 'decimal' && type.kind !== 'json' && children.every(isInside)
}

/** The columns of a part as the walk knows them, and the leaves that their values go to. */
export class HotColumns {
  /** By leaf of the schema: those that are in linear memory. */
  readonly leaves: readonly (HotLeaf | undefined)[]
  /** By column: those that are not, `_extra` and `_misfit` left out. */
  readonly outside: readonly (SchemaNode | undefined)[]
  readonly #memory: HotMemory

  /** @param columns - with `_id` first, and `_extra` and `_misfit` last */
  constructor(columns: readonly Column[], memory: HotMemory) {
    this.#memory = memory
    memory.columns = this
    const { exports } = memory
    const schema = parquetSchema(columns)
    const nodes = schema.nodes.slice(0, -2)
    const leaves = schema.leaves.map((): HotLeaf | undefined => undefined)
    for (const { firstLeaf, endLeaf } of nodes.filter(isInside)) {
      for (let index = firstLeaf; index < endLeaf; index++) leaves[index] = new HotLeaf(schema.leaves[index]!, memory)
    }
    this.leaves = leaves
    exports.setUpColumns(nodes.length)
    this.outside = nodes.map((node, index) => {
      const isIn = isInside(node)
      const column = isIn
        ? this.#column(node, index === 0 ? ID_KIND : KINDS[node.type.kind])
        : exports.newColumn(OUTSIDE_KIND, 0, 0, 0, 0)
      this.#withName(node.name, (name, size) => exports.addColumn(column, name, size))
      return isIn ? undefined : node
    })
  }

  /** That of `_id`. */
  get id(): HotLeaf {
    return this.leaves[0]!
  }

  #column(node: SchemaNode, kind: number): number {
    const { exports } = this.#memory
    const { firstLeaf, endLeaf, definition, repetition } = node
    const column = exports.newColumn(kind, endLeaf - firstLeaf, node.children.length, definition, repetition)
    for (let index = firstLeaf; index < endLeaf; index++) {
      exports.setLeaf(column, index - firstLeaf, this.leaves[index]!.pointer)
    }
    const children = node.children.map(child => this.#column(child, KINDS[child.type.kind]))
    for (const [index, child] of children.entries()) exports.setChild(column, index, child)
    if (node.type.kind === 'struct') {
      const table = exports.newFieldTable(children.length)
      for (const [index, { name }] of node.children.entries()) {
        this.#withName(name, (at, size) => exports.addField(table, at, size, children[index]!))
      }
      exports.setFields(column, table)
    }
    return column
  }

  /** Puts the name with its NUL into linear memory for the time of the call, which copies it. */
  #withName(text: string, use: (name: number, size: number) => void): void {
    const name = encoder.encode(`${text}\0`)
    this.#memory.lend(name, at => use(at, name.length))
  }
}
