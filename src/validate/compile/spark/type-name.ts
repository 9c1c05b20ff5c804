import type { ColumnType } from '../../../model/column.js'

/** The name of a type that single values have. */
export function sqlType(type: ColumnType): string {
  switch (type.kind) {
    case 'int32':
      return 'INT'
    case 'int64':
      return 'BIGINT'
    case 'double':
      return 'DOUBLE'
    case 'boolean':
      return 'BOOLEAN'
    case 'timestamp':
      return 'TIMESTAMP'
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`
    case 'string':
    case 'objectId':
    case 'json':
      return 'STRING'
    default:
      throw new RangeError(`${type.kind} is no single value`)
  }
}
