import type { ColumnType } from '../../../model/column.js'
import { plainNumber } from '../plain-number.js'
import type { Words } from './words.js'

/** A literal of exactly the column's type, so that comparing never casts the column. */
export function literalOf(value: string | number | boolean, type: ColumnType, words: Words): string {
  switch (type.kind) {
    case 'int32':
    case 'int64':
      return String(value)
    case 'double':
      // Through text: a bare 0.1 is a DECIMAL, whose way to DOUBLE may round twice.
      return `CAST(${words.text(String(value))} AS DOUBLE)`
    case 'decimal':
      return decimalLiteral(plainNumber(value as number), 38, type.scale, words)
    case 'boolean':
      return value === true ? 'TRUE' : 'FALSE'
    default:
      return words.text(String(value))
  }
}

/** @param digits - a decimal text without exponent, that has no more digits than the type */
export function decimalLiteral(
  digits: string,
  precision: number,
  scale: number,
  { text }: Pick<Words, 'text'>,
): string {
  return `CAST(${text(digits)} AS DECIMAL(${precision},${scale}))`
}
