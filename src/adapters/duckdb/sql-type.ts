import type { DuckDBType } from '@duckdb/node-api'
import { type Column, type ColumnType, EXTRA_COLUMN, ID_COLUMN, MISFIT_COLUMN } from '../../model/column.js'
import { duckdbName } from '../../model/duckdb-text.js'

const TEXT: ColumnType = { kind: 'string' }

/** The columns of every part, in order. */
export function partColumns(columns: readonly Column[]): readonly Column[] {
  return [
    { name: ID_COLUMN, type: TEXT },
    ...columns,
    { name: EXTRA_COLUMN, type: TEXT },
    { name: MISFIT_COLUMN, type: TEXT },
  ]
}

/** The type that DuckDB reads a Parquet column of ours as. */
export function sqlType(type: ColumnType): string {
  switch (type.kind) {
    case 'string':
    case 'objectId':
    case 'json':
      return 'VARCHAR'
    case 'int32':
      return 'INTEGER'
    case 'int64':
      return 'BIGINT'
    case 'double':
      return 'DOUBLE'
    case 'boolean':
      return 'BOOLEAN'
    case 'timestamp':
      return 'TIMESTAMP WITH TIME ZONE'
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`
    case 'list':
      return `${sqlType(type.element)}[]`
    case 'struct':
      return `STRUCT(${type.fields.map(field => `${duckdbName(field.name)} ${sqlType(field.type)}`).join(', ')})`
  }
}

/** DuckDB's own type in the same words. */
export function duckdbTypeText(type: DuckDBType): string {
  // By shape and not by class: the package is loaded only when an engine is opened.
  if ('valueType' in type && 'keyType' in type) return 'MAP'
  if ('valueType' in type) return `${duckdbTypeText(type.valueType as DuckDBType)}[]`
  if ('entryNames' in type) {
    const names = type.entryNames as readonly string[]
    const types = type.entryTypes as readonly DuckDBType[]
    return `STRUCT(${names.map((name, index) => `${duckdbName(name)} ${duckdbTypeText(types[index]!)}`).join(', ')})`
  }
  if ('width' in type && 'scale' in type) return `DECIMAL(${type.width},${type.scale})`
  return type.toString()
}
