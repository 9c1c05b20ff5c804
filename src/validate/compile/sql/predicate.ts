import type { ColumnType } from '../../../model/column.js'
import { commonType } from '../../../model/common-type.js'
import type { Rule } from '../../../model/rule.js'
import { type ElementRule, isElementRule, type RowRule, typeOf } from '../plan.js'
import { type Place, somewhere, valuesWhere } from './elements.js'
import { literalOf } from './literal.js'
import { ownCondition } from './own-statements.js'
import { type Scope, valueAt } from './scope.js'
import { absent, empty, hasValue, within, wrongType } from './state.js'
import { castTo } from './type-name.js'
import { valueCondition } from './value-condition.js'
import { whereHolds } from './where.js'

/** SQL conditions that are TRUE or FALSE for every document, never NULL. */
export interface Predicate {
  /** The rule applies to the document. */
  readonly checked: string
  /** It applies and is not satisfied. */
  readonly violated: string
}

export function predicateOf(rule: RowRule, scope: Scope): Predicate {
  return narrowed(rule, scope, bodyOf(rule, scope))
}

/** What of a rule's elements does not satisfy it, in one list; `where` is left to the caller. */
export function failingElements(rule: ElementRule, scope: Scope): string {
  const type = typeOf(scope.plan.columns, rule.column)
  return valuesWhere(rule.column, scope, place => ofPlace(rule, place, type, scope).violated)
}

/** The same, of the documents that the rule's `where` leaves. */
function narrowed({ where }: Pick<Rule, 'where'>, scope: Scope, { checked, violated }: Predicate): Predicate {
  if (where === undefined) return { checked, violated }
  const holds = whereHolds(where, scope)
  return { checked: checked === 'TRUE' ? holds : `(${holds} AND ${checked})`, violated: `(${holds} AND ${violated})` }
}

function bodyOf(rule: RowRule, scope: Scope): Predicate {
  const { columns } = scope.plan
  switch (rule.kind) {
    case 'type':
      return { checked: 'TRUE', violated: `(${wrongType(rule.column, scope)})` }
    case 'anyOf': {
      const nothing = rule.columns.map(path => empty(valueAt(path, scope), typeOf(columns, path), scope.words))
      return { checked: 'TRUE', violated: `(${nothing.join(' AND ')})` }
    }
    case 'compare':
      return comparison(rule, scope)
    case 'condition':
      return { checked: 'TRUE', violated: `(NOT ${ownCondition(rule, scope.words)})` }
    default: {
      const type = typeOf(columns, rule.column)
      if (isElementRule(rule)) {
        const asked = (part: keyof Predicate): string =>
          somewhere(rule.column, scope, place => ofPlace(rule, place, type, scope)[part])
        return { checked: asked('checked'), violated: asked('violated') }
      }
      const [isAbsent, isWithin] = [absent(rule.column, scope), within(rule.column, scope)]
      return ofValue(rule, valueAt(rule.column, scope), type, scope, isAbsent, isWithin)
    }
  }
}

function ofPlace(rule: ElementRule, { value, around }: Place, type: ColumnType, scope: Scope): Predicate {
  return ofValue(rule, value, type, scope, `(${value} IS NULL)`, around && `${around} IS NOT NULL`)
}

function ofValue(
  rule: ElementRule,
  value: string,
  type: ColumnType,
  scope: Scope,
  isAbsent: string,
  isWithin: string | undefined,
): Predicate {
  switch (rule.kind) {
    case 'required':
      return ofField(isWithin, isAbsent)
    case 'notEmpty':
      return ofField(isWithin, empty(value, type, scope.words))
    case 'notMissing': {
      const listed = rule.values.map(item => literalOf(item, type, scope.words)).join(', ')
      return ofField(isWithin, `(${isAbsent} OR coalesce(${value} IN (${listed}), FALSE))`)
    }
    default: {
      const checked = `${value} IS NOT NULL`
      return { checked, violated: `(${checked} AND NOT coalesce(${valueCondition(rule, value, type, scope)}, FALSE))` }
    }
  }
}

function ofField(isWithin: string | undefined, violated: string): Predicate {
  return isWithin === undefined
    ? { checked: 'TRUE', violated }
    : { checked: isWithin, violated: `(${isWithin} AND ${violated})` }
}

function comparison(rule: Extract<RowRule, { kind: 'compare' }>, scope: Scope): Predicate {
  const { words, plan } = scope
  const [one, other] = rule.columns.map(path => ({ value: valueAt(path, scope), type: typeOf(plan.columns, path) }))
  const type = one && other && commonType(one.type, other.type)
  if (!type) throw new RangeError(`${rule.id} compares what does not compare`)
  const [left, right] = [one, other].map(({ value, type: from }) =>
    // Instants as whole microseconds: comparing timestamps would depend on the session.
    type.kind === 'timestamp' ? words.micros(value) : castTo(value, from, type, words),
  )
  const compared = `${left} ${rule.operator} ${right}`
  const satisfied = type.kind === 'double' ? `(NOT isnan(${left}) AND NOT isnan(${right}) AND ${compared})` : compared
  const checked = `(${rule.columns.map(path => hasValue(path, scope)).join(' AND ')})`
  return { checked, violated: `(${checked} AND NOT coalesce(${satisfied}, FALSE))` }
}
