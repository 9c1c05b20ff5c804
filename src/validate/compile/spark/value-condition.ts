import { portablePattern } from '../../../contract/pattern/portable.js'
import type { ColumnType } from '../../../model/column.js'
import type { Bound } from '../../../model/rule.js'
import { divisorText } from '../divisor.js'
import { decimalBound, integerBound } from '../round-bound.js'
import type { ValueTest } from '../value-test.js'
import type { OwnName } from './identifier.js'
import { literalOf, textLiteral } from './literal.js'

/** TRUE when the value satisfies the test; what it is of NULL means nothing. */
export function valueCondition(test: ValueTest, value: string, type: ColumnType, own: OwnName): string {
  switch (test.kind) {
    case 'pattern':
      return `${value} RLIKE ${textLiteral(portablePattern(test.pattern))}`
    case 'minimum':
    case 'maximum':
      return within(test.kind, value, type, test.bound, test.exclusive)
    case 'multipleOf':
      return isMultiple(value, type, divisorText(test.bound, type))
    case 'minLength':
      return `length(${value}) >= ${test.bound}`
    case 'maxLength':
      return `length(${value}) <= ${test.bound}`
    case 'minItems':
      return `size(${value}) >= ${test.bound}`
    case 'maxItems':
      return `size(${value}) <= ${test.bound}`
    case 'uniqueItems': {
      const item = own('i')
      // A null would be one of the distinct ones.
      const items = `filter(${value}, ${item} -> ${item} IS NOT NULL)`
      return `size(array_distinct(${items})) = size(${items})`
    }
    case 'enum':
      return `${value} IN (${test.values.map(item => literalOf(item, type)).join(', ')})`
  }
}

/**
 * Both sides are whole numbers or decimals of one type, so that the remainder is exact. A bare 0 beside a decimal would take
 * a digit from its fraction.
 */
function isMultiple(value: string, type: ColumnType, divisor: string | undefined): string {
  const literal = (digits: string): string =>
    type.kind === 'decimal' ? `CAST(${textLiteral(digits)} AS DECIMAL(${type.precision},${type.scale}))` : digits
  const remainder = divisor === undefined ? value : `${value} % ${literal(divisor)}`
  return `${remainder} = ${literal('0')}`
}

function within(
  kind: 'minimum' | 'maximum',
  value: string,
  type: ColumnType,
  bound: Bound,
  exclusive: boolean,
): string {
  const operator = `${kind === 'minimum' ? '>' : '<'}${exclusive ? '' : '='}`
  switch (type.kind) {
    case 'timestamp':
      // Instants as whole microseconds: comparing timestamps would depend on the session.
      return `unix_micros(${value}) ${operator} ${BigInt(Date.parse(String(bound))) * 1000n}`
    case 'double':
      // NaN is greater than everything to both engines, and no number to anybody.
      return `(NOT isnan(${value}) AND ${value} ${operator} ${literalOf(bound, type)})`
    case 'decimal': {
      const rounded = decimalBound(kind, Number(bound), exclusive, type.scale)
      return `${value} ${rounded.operator} CAST(${textLiteral(rounded.text)} AS DECIMAL(38,${type.scale}))`
    }
    default: {
      const rounded = integerBound(kind, Number(bound), exclusive)
      return `${value} ${rounded.operator} ${rounded.text}`
    }
  }
}
