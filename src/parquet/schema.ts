import type { Column, ColumnType } from '../model/column.js'
import type { Logical, Physical, Repetition } from './format-codes.js'

/** One line of the flattened schema in a file's footer, depth first. */
export interface SchemaElement {
  readonly name: string
  /** Absent for the root only. */
  readonly repetition?: Repetition
  /** Absent for groups. */
  readonly physical?: Physical
  /** Bytes of a fixed-length value. */
  readonly typeLength?: number
  /** Number of elements right below; for groups. */
  readonly children?: number
  readonly logical?: Logical
  readonly precision?: number
  readonly scale?: number
}

/** A column chunk's worth of schema: where values are. */
export interface LeafSchema {
  readonly path: readonly string[]
  readonly physical: Physical
  /** Bytes of each value of a fixed-length leaf, else 0. */
  readonly typeLength: number
  /** Definition level of a value that is there. */
  readonly definition: number
  readonly repetition: number
}

/** The same schema as a tree, for whoever takes values apart into leaves. */
export interface SchemaNode {
  readonly name: string
  readonly type: ColumnType
  /**
   * Definition level of this value when it is there. A list's elements are there from two above it; one above it means
   * an element that is null, and the level itself a list without elements.
   */
  readonly definition: number
  /** How many lists this value is within. */
  readonly repetition: number
  /** The fields of a struct, the one element of a list. */
  readonly children: readonly SchemaNode[]
  /** Leaves below this node are `leaves[firstLeaf, endLeaf)`. */
  readonly firstLeaf: number
  readonly endLeaf: number
}

export interface ParquetSchema {
  readonly elements: readonly SchemaElement[]
  readonly leaves: readonly LeafSchema[]
  readonly nodes: readonly SchemaNode[]
}

/** Digits that always fit in each integer; wider decimals get 16 bytes. Every reader takes all three. */
const INT32_DIGITS = 9
const INT64_DIGITS = 18
const DECIMAL_BYTES = 16
const MAX_PRECISION = 38

/** Levels are kept in a byte each. */
const MAX_LEVEL = 255

/**
 * The Parquet schema of columns: everything optional, since any document may lack any field; lists in the three-level
 * form `list.element` that Spark, Hive, Arrow and DuckDB agree on; instants in UTC milliseconds, as BSON has them.
 *
 * Source: https://github.com/apache/parquet-format/blob/master/LogicalTypes.md
 *
 * @throws RangeError for what no Parquet schema can say: a struct without fields, two fields of one name, a decimal
 * beyond 38 digits
 */
export function parquetSchema(columns: readonly Column[]): ParquetSchema {
  const elements: SchemaElement[] = [{ name: 'schema', children: columns.length }]
  const leaves: LeafSchema[] = []

  const fields = (list: readonly Column[], path: readonly string[], definition: number, repetition: number) => {
    const names = new Set(list.map(column => column.name))
    if (names.size < list.length) throw new RangeError(`two columns of one name in ${path.join('.') || 'the schema'}`)
    return list.map(({ name, type }) => node(name, type, [...path, name], definition, repetition))
  }

  const node = (
    name: string,
    type: ColumnType,
    path: readonly string[],
    outer: number,
    repetition: number,
  ): SchemaNode => {
    const definition = outer + 1
    if (definition > MAX_LEVEL) throw new RangeError(`${path.join('.')} is nested too deep`)
    const firstLeaf = leaves.length
    const here = { name, repetition: 'optional' } as const
    let children: readonly SchemaNode[] = []
    switch (type.kind) {
      case 'struct':
        if (type.fields.length === 0) throw new RangeError(`the struct ${path.join('.')} has no fields`)
        elements.push({ ...here, children: type.fields.length })
        children = fields(type.fields, path, definition, repetition)
        break
      case 'list':
        elements.push({ ...here, children: 1, logical: 'list' }, { name: 'list', repetition: 'repeated', children: 1 })
        children = [node('element', type.element, [...path, 'list', 'element'], definition + 1, repetition + 1)]
        break
      default: {
        const value = valueElement(type, path)
        elements.push({ ...here, ...value })
        leaves.push({ path, physical: value.physical, typeLength: value.typeLength ?? 0, definition, repetition })
      }
    }
    return { name, type, definition, repetition, children, firstLeaf, endLeaf: leaves.length }
  }

  const nodes = fields(columns, [], 0, 0)
  return { elements, leaves, nodes }
}

type ValueElement = Omit<SchemaElement, 'name' | 'physical'> & { readonly physical: Physical }

function valueElement(type: Exclude<ColumnType, { kind: 'list' | 'struct' }>, path: readonly string[]): ValueElement {
  switch (type.kind) {
    case 'int32':
    case 'int64':
    case 'double':
    case 'boolean':
      return { physical: type.kind }
    case 'timestamp':
      return { physical: 'int64', logical: 'timestamp' }
    case 'decimal': {
      const { precision, scale } = type
      if (!(precision >= 1 && precision <= MAX_PRECISION && scale >= 0 && scale <= precision)) {
        throw new RangeError(`${path.join('.')}: decimal(${precision},${scale}) does not exist`)
      }
      const kind = { logical: 'decimal', precision, scale } as const
      if (precision <= INT32_DIGITS) return { physical: 'int32', ...kind }
      if (precision <= INT64_DIGITS) return { physical: 'int64', ...kind }
      return { physical: 'fixedLengthByteArray', typeLength: DECIMAL_BYTES, ...kind }
    }
    case 'string':
    case 'objectId':
    // Not Parquet's JSON annotation: readers make different types of it, or none without an extension.
    case 'json':
      return { physical: 'byteArray', logical: 'string' }
  }
}
