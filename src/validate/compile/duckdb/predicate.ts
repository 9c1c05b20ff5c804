import { portablePattern } from '../../../contract/pattern/portable.js'
import type { Column, ColumnType } from '../../../model/column.js'
import type { Bound } from '../../../model/rule.js'
import { type RowRule, typeOf } from '../plan.js'
import { decimalBound, integerBound } from '../round-bound.js'
import { valueAt } from './identifier.js'
import { literalOf, textLiteral } from './literal.js'
import { absent, empty, hasValue, within, wrongType } from './state.js'

/** SQL conditions that are TRUE or FALSE for every document, never NULL. */
export interface Predicate {
  /** The rule applies to the document. */
  readonly checked: string
  /** It applies and is not satisfied. */
  readonly violated: string
}

export function predicateOf(rule: RowRule, columns: readonly Column[]): Predicate {
  switch (rule.kind) {
    case 'type':
      return { checked: 'TRUE', violated: `(${wrongType(rule.column)})` }
    case 'required':
      return ofField(rule.column, absent(rule.column))
    case 'notEmpty':
      return ofField(rule.column, empty(rule.column, columns))
    case 'notMissing': {
      const type = typeOf(columns, rule.column)
      const listed = rule.values.map(value => literalOf(value, type)).join(', ')
      return ofField(rule.column, `(${absent(rule.column)} OR coalesce(${valueAt(rule.column)} IN (${listed}), FALSE))`)
    }
    case 'anyOf':
      return { checked: 'TRUE', violated: `(${rule.columns.map(path => empty(path, columns)).join(' AND ')})` }
    default: {
      const checked = hasValue(rule.column)
      const satisfied = valueCondition(rule, valueAt(rule.column), typeOf(columns, rule.column))
      return { checked, violated: `(${checked} AND NOT coalesce(${satisfied}, FALSE))` }
    }
  }
}

function ofField(path: readonly string[], violated: string): Predicate {
  const outer = within(path)
  return outer === undefined
    ? { checked: 'TRUE', violated }
    : { checked: outer, violated: `(${outer} AND ${violated})` }
}

type ValueRule = Exclude<RowRule, { kind: 'type' | 'required' | 'notEmpty' | 'notMissing' | 'anyOf' }>

function valueCondition(rule: ValueRule, value: string, type: ColumnType): string {
  switch (rule.kind) {
    case 'pattern':
      return `regexp_matches(${value}, ${textLiteral(portablePattern(rule.pattern))})`
    case 'minimum':
    case 'maximum':
      return compare(rule.kind, value, type, rule.bound, rule.exclusive)
    case 'minLength':
      return `length(${value}) >= ${rule.bound}`
    case 'maxLength':
      return `length(${value}) <= ${rule.bound}`
    case 'minItems':
      return `len(${value}) >= ${rule.bound}`
    case 'maxItems':
      return `len(${value}) <= ${rule.bound}`
    case 'enum':
      return `${value} IN (${rule.values.map(item => literalOf(item, type)).join(', ')})`
  }
}

function compare(
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
      return `epoch_us(${value}) ${operator} ${BigInt(Date.parse(String(bound))) * 1000n}`
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
