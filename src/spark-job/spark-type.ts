import { type Column, type ColumnType, EXTRA_COLUMN, ID_COLUMN, MISFIT_COLUMN } from '../model/column.js'

/** A data type in the JSON form that Spark's `DataType.fromJson` reads. */
export type SparkType = string | SparkArray | SparkStruct

export interface SparkArray {
  readonly type: 'array'
  readonly elementType: SparkType
  readonly containsNull: true
}

export interface SparkStruct {
  readonly type: 'struct'
  readonly fields: readonly SparkField[]
}

export interface SparkField {
  readonly name: string
  readonly type: SparkType
  readonly nullable: true
  readonly metadata: Readonly<Record<string, never>>
}

const TEXT: ColumnType = { kind: 'string' }

/** The schema of a run's parts: `_id`, the run's own columns, `_extra`, `_misfit`; all of them may be null. */
export function sparkSchema(columns: readonly Column[]): SparkStruct {
  return struct([
    { name: ID_COLUMN, type: TEXT },
    ...columns,
    { name: EXTRA_COLUMN, type: TEXT },
    { name: MISFIT_COLUMN, type: TEXT },
  ])
}

export function sparkType(type: ColumnType): SparkType {
  switch (type.kind) {
    case 'string':
    case 'objectId':
    case 'json':
      return 'string'
    case 'int32':
      return 'integer'
    case 'int64':
      return 'long'
    case 'double':
    case 'boolean':
    case 'timestamp':
      return type.kind
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`
    case 'list':
      return { type: 'array', elementType: sparkType(type.element), containsNull: true }
    case 'struct':
      return struct(type.fields)
  }
}

function struct(fields: readonly Column[]): SparkStruct {
  return {
    type: 'struct',
    fields: fields.map(({ name, type }) => ({ name, type: sparkType(type), nullable: true, metadata: {} })),
  }
}
