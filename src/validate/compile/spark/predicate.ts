import type { Column, ColumnType } from '../../../model/column.js'
import { commonType } from '../../../model/common-type.js'
import type { Rule } from '../../../model/rule.js'
import { ownSql } from '../own-sql.js'
import { type ElementRule, isElementRule, type Plan, type RowRule, typeOf } from '../plan.js'
import { type Place, somewhere, valuesWhere } from './elements.js'
import { type OwnName, valueAt } from './identifier.js'
import { literalOf } from './literal.js'
import { absent, empty, hasValue, within, wrongType } from './state.js'
import { sqlType } from './type-name.js'
import { valueCondition } from './value-condition.js'
import { whereHolds } from './where.js'

/** SQL conditions that are TRUE or FALSE for every document, never NULL. */
export interface Predicate {
  /** The rule applies to the document. */
  readonly checked: string
  /** It applies and is not satisfied. */
  readonly violated: string
}

export function predicateOf(rule: RowRule, plan: Plan, own: OwnName): Predicate {
  return narrowed(rule, plan.columns, own, bodyOf(rule, plan.columns, own))
}

/** What of a rule's elements does not satisfy it, in one list; `where` is left to the caller. */
export function failingElements(rule: ElementRule, plan: Plan, own: OwnName): string {
  const type = typeOf(plan.columns, rule.column)
  return valuesWhere(rule.column, own, place => ofPlace(rule, place, type, own).violated)
}

/** The same, of the documents that the rule's `where` leaves. */
export function narrowed(
  { where }: Pick<Rule, 'where'>,
  columns: readonly Column[],
  own: OwnName,
  { checked, violated }: Predicate,
): Predicate {
  if (where === undefined) return { checked, violated }
  const holds = whereHolds(where, columns, own)
  return { checked: checked === 'TRUE' ? holds : `(${holds} AND ${checked})`, violated: `(${holds} AND ${violated})` }
}

function bodyOf(rule: RowRule, columns: readonly Column[], own: OwnName): Predicate {
  switch (rule.kind) {
    case 'type':
      return { checked: 'TRUE', violated: `(${wrongType(rule.column, own)})` }
    case 'anyOf': {
      const nothing = rule.columns.map(path => empty(valueAt(path), typeOf(columns, path)))
      return { checked: 'TRUE', violated: `(${nothing.join(' AND ')})` }
    }
    case 'compare':
      return comparison(rule, columns)
    case 'condition':
      return { checked: 'TRUE', violated: `(NOT coalesce(${ownSql(rule.sql.spark!)}, FALSE))` }
    default: {
      const type = typeOf(columns, rule.column)
      if (isElementRule(rule)) {
        const asked = (part: keyof Predicate): string =>
          somewhere(rule.column, own, place => ofPlace(rule, place, type, own)[part])
        return { checked: asked('checked'), violated: asked('violated') }
      }
      return ofValue(rule, valueAt(rule.column), type, own, absent(rule.column, own), within(rule.column))
    }
  }
}

function ofPlace(rule: ElementRule, { value, around }: Place, type: ColumnType, own: OwnName): Predicate {
  return ofValue(rule, value, type, own, `(${value} IS NULL)`, around && `${around} IS NOT NULL`)
}

function ofValue(
  rule: ElementRule,
  value: string,
  type: ColumnType,
  own: OwnName,
  isAbsent: string,
  isWithin: string | undefined,
): Predicate {
  switch (rule.kind) {
    case 'required':
      return ofField(isWithin, isAbsent)
    case 'notEmpty':
      return ofField(isWithin, empty(value, type))
    case 'notMissing': {
      const listed = rule.values.map(item => literalOf(item, type)).join(', ')
      return ofField(isWithin, `(${isAbsent} OR coalesce(${value} IN (${listed}), FALSE))`)
    }
    default: {
      const checked = `${value} IS NOT NULL`
      return { checked, violated: `(${checked} AND NOT coalesce(${valueCondition(rule, value, type, own)}, FALSE))` }
    }
  }
}

function ofField(isWithin: string | undefined, violated: string): Predicate {
  return isWithin === undefined
    ? { checked: 'TRUE', violated }
    : { checked: isWithin, violated: `(${isWithin} AND ${violated})` }
}

function comparison(rule: Extract<RowRule, { kind: 'compare' }>, columns: readonly Column[]): Predicate {
  const [one, other] = rule.columns.map(path => ({ value: valueAt(path), type: typeOf(columns, path) }))
  const type = one && other && commonType(one.type, other.type)
  if (!type) throw new RangeError(`${rule.id} compares what does not compare`)
  const [left, right] = [one, other].map(({ value, type: from }) =>
    // Instants as whole microseconds: comparing timestamps would depend on the session.
    type.kind === 'timestamp' ? `unix_micros(${value})` : castTo(value, from, type),
  )
  const compared = `${left} ${rule.operator} ${right}`
  const satisfied = type.kind === 'double' ? `(NOT isnan(${left}) AND NOT isnan(${right}) AND ${compared})` : compared
  const checked = `(${rule.columns.map(hasValue).join(' AND ')})`
  return { checked, violated: `(${checked} AND NOT coalesce(${satisfied}, FALSE))` }
}

/** The value in the type that it is compared in; as it is when it has it already. */
export function castTo(value: string, from: ColumnType, to: ColumnType): string {
  return sqlType(from) === sqlType(to) ? value : `CAST(${value} AS ${sqlType(to)})`
}
