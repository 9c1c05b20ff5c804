import type { ColumnType } from '../model/column.js'
import { sparkName, sparkText } from '../model/spark-text.js'

/**
 * A Spark SQL expression of type string for a column of an answer: NULL, or the cell's text. Numbers and booleans are
 * their CAST, an instant is its microseconds since 1970. A list or struct is the JSON text of an array or object of such
 * texts; members of an object that are NULL are left out, elements of an array are `null`.
 */
export function wireText(column: string, type: ColumnType): string {
  const text = leaves(column, type, 0)
  return type.kind === 'list' || type.kind === 'struct' ? `to_json(${text}, map('ignoreNullFields', 'true'))` : text
}

/** The value with each number, boolean and instant in it as text. */
function leaves(value: string, type: ColumnType, depth: number): string {
  switch (type.kind) {
    case 'string':
    case 'objectId':
    case 'json':
      return value
    case 'timestamp':
      return `CAST(unix_micros(${value}) AS STRING)`
    case 'list': {
      const element = `e${depth}`
      return `transform(${value}, ${element} -> ${leaves(element, type.element, depth + 1)})`
    }
    case 'struct': {
      const fields = type.fields.map(
        field => `${sparkText(field.name)}, ${leaves(`${value}.${sparkName(field.name)}`, field.type, depth)}`,
      )
      return `CASE WHEN ${value} IS NOT NULL THEN named_struct(${fields.join(', ')}) END`
    }
    default:
      return `CAST(${value} AS STRING)`
  }
}
