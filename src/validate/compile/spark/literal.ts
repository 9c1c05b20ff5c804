import type { ColumnType } from '../../../model/column.js'
import { sparkText } from '../../../model/spark-text.js'
import { plainNumber } from '../plain-number.js'

/** NULs cannot be in a statement's text; contracts with one are refused. */
export const textLiteral: (text: string) => string = sparkText

/** A literal of exactly the column's type, so that comparing never casts the column. */
export function literalOf(value: string | number | boolean, type: ColumnType): string {
  switch (type.kind) {
    case 'int32':
    case 'int64':
      return String(value)
    case 'double':
      // Through text: a bare 0.1 is a DECIMAL, whose way to DOUBLE may round twice.
      return `CAST(${textLiteral(String(value))} AS DOUBLE)`
    case 'decimal':
      return `CAST(${textLiteral(plainNumber(value as number))} AS DECIMAL(38,${type.scale}))`
    case 'boolean':
      return value === true ? 'TRUE' : 'FALSE'
    default:
      return textLiteral(String(value))
  }
}
