import type { ColumnType } from '../../../model/column.js'
import type { Words } from './words.js'

/** The name of a type that single values have. */
export function typeName(type: ColumnType, { types }: Words): string {
  switch (type.kind) {
    case 'int32':
      return types.int32
    case 'int64':
      return 'BIGINT'
    case 'double':
      return 'DOUBLE'
    case 'boolean':
      return 'BOOLEAN'
    case 'timestamp':
      return types.timestamp
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`
    case 'string':
    case 'objectId':
    case 'json':
      return types.text
    default:
      throw new RangeError(`${type.kind} is no single value`)
  }
}

/** The value in the type that it is compared in; as it is when it has it already. */
export function castTo(value: string, from: ColumnType, to: ColumnType, words: Words): string {
  const [is, wanted] = [typeName(from, words), typeName(to, words)]
  return is === wanted ? value : `CAST(${value} AS ${wanted})`
}
