import { portablePattern } from '../../../contract/pattern/portable.js'
import type { ColumnType } from '../../../model/column.js'
import type { Bound } from '../../../model/rule.js'
import { divisorText } from '../divisor.js'
import { decimalBound, integerBound } from '../round-bound.js'
import type { ValueTest } from '../value-test.js'
import { decimalLiteral, literalOf } from './literal.js'
import type { Scope } from './scope.js'
import type { Words } from './words.js'

/** TRUE when the value satisfies the test; what it is of NULL means nothing. */
export function valueCondition(test: ValueTest, value: string, type: ColumnType, { words, own }: Scope): string {
  switch (test.kind) {
    case 'pattern':
      return words.matches(value, portablePattern(test.pattern))
    case 'minimum':
    case 'maximum':
      return within(test.kind, value, type, test.bound, test.exclusive, words)
    case 'multipleOf':
      return isMultiple(value, type, divisorText(test.bound, type), words)
    case 'minLength':
      return `length(${value}) >= ${test.bound}`
    case 'maxLength':
      return `length(${value}) <= ${test.bound}`
    case 'minItems':
      return `${words.size(value)} >= ${test.bound}`
    case 'maxItems':
      return `${words.size(value)} <= ${test.bound}`
    case 'uniqueItems': {
      const item = own('i')
      // Spark would keep a null among the distinct ones.
      const items = words.filter(value, item, `${item} IS NOT NULL`)
      return `${words.size(words.distinct(items))} = ${words.size(items)}`
    }
    case 'enum':
      return `${value} IN (${test.values.map(item => literalOf(item, type, words)).join(', ')})`
  }
}

/** Both sides are whole numbers or decimals of one type, so that the remainder is exact. */
function isMultiple(value: string, type: ColumnType, divisor: string | undefined, words: Words): string {
  if (divisor === undefined) return `${value} = ${words.zero(type)}`
  const literal = type.kind === 'decimal' ? decimalLiteral(divisor, type.precision, type.scale, words) : divisor
  return `${value} % ${literal} = ${words.zero(type)}`
}

function within(
  kind: 'minimum' | 'maximum',
  value: string,
  type: ColumnType,
  bound: Bound,
  exclusive: boolean,
  words: Words,
): string {
  const operator = `${kind === 'minimum' ? '>' : '<'}${exclusive ? '' : '='}`
  switch (type.kind) {
    case 'timestamp':
      // Instants as whole microseconds: comparing timestamps would depend on the session.
      return `${words.micros(value)} ${operator} ${BigInt(Date.parse(String(bound))) * 1000n}`
    case 'double':
      // NaN is greater than everything to both engines, and no number to anybody.
      return `(NOT isnan(${value}) AND ${value} ${operator} ${literalOf(bound, type, words)})`
    case 'decimal': {
      const rounded = decimalBound(kind, Number(bound), exclusive, type.scale)
      return `${value} ${rounded.operator} ${decimalLiteral(rounded.text, 38, type.scale, words)}`
    }
    default: {
      const rounded = integerBound(kind, Number(bound), exclusive)
      return `${value} ${rounded.operator} ${rounded.text}`
    }
  }
}
