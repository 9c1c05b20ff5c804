import type { ColumnType } from '../model/column.js'
import type { LeafBuffer } from '../parquet/leaf-buffer.js'
import type { SchemaNode } from '../parquet/schema.js'
import { FieldTable } from './shred-fields.js'

/** Kinds as small numbers: the inner loop's `switch` writes them out, because V8 makes a jump table of literals only. */
export const KINDS: Readonly<Record<ColumnType['kind'], number>> = {
  string: 0,
  int32: 1,
  int64: 2,
  double: 3,
  boolean: 4,
  timestamp: 5,
  decimal: 6,
  objectId: 7,
  json: 8,
  list: 9,
  struct: 10,
}

/** What the `_id` column takes: anything, as the text of an id. */
export const ID_KIND = 11

/** For all that are no struct. */
const NO_FIELDS = new FieldTable([])

/** A column, or a part of one, with the leaves that its values go to. All of one shape, so that V8 has one to learn. */
export class ShredNode {
  readonly name: string
  readonly kind: number
  readonly precision: number
  readonly scale: number
  /** The leaves below, at least one. */
  readonly leaves: readonly LeafBuffer[]
  /** The first of them; the only one of a scalar. */
  readonly leaf: LeafBuffer
  /** As in {@link SchemaNode}. */
  readonly definition: number
  readonly repetition: number
  readonly children: readonly ShredNode[]
  /** A list or a struct: one of them may turn out not to fit when some of it is in its leaves. */
  readonly isNested: boolean
  /** Of a struct; empty otherwise. */
  readonly fields: FieldTable
  /** The row or struct that it was last written for, so that those which were not can be told. */
  stamp: number

  constructor(node: SchemaNode, leaves: readonly LeafBuffer[], kind: number = KINDS[node.type.kind]) {
    this.name = node.name
    this.kind = kind
    this.precision = node.type.kind === 'decimal' ? node.type.precision : 0
    this.scale = node.type.kind === 'decimal' ? node.type.scale : 0
    this.leaves = leaves.slice(node.firstLeaf, node.endLeaf)
    this.leaf = this.leaves[0]!
    this.definition = node.definition
    this.repetition = node.repetition
    this.children = node.children.map(child => new ShredNode(child, leaves))
    this.isNested = this.children.length > 0
    this.fields = node.type.kind === 'struct' ? new FieldTable(this.children) : NO_FIELDS
    this.stamp = 0
  }

  absent(definition: number, repetition: number): void {
    const leaves = this.leaves
    for (let index = 0; index < leaves.length; index++) leaves[index]!.absent(definition, repetition)
  }

  mark(): void {
    const leaves = this.leaves
    for (let index = 0; index < leaves.length; index++) leaves[index]!.mark()
  }

  rollback(): void {
    for (const leaf of this.leaves) leaf.rollback()
  }
}
