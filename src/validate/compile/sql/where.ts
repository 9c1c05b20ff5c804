import type { Condition, ConditionTest } from '../../../model/condition.js'
import { typeOf } from '../plan.js'
import { type Scope, valueAt } from './scope.js'
import { absent, empty } from './state.js'
import { valueCondition } from './value-condition.js'

/** A condition of a contract, TRUE or FALSE for every document, never NULL. */
export function whereHolds(condition: Condition, scope: Scope): string {
  const inner = (each: Condition): string => whereHolds(each, scope)
  if ('all' in condition) return condition.all.length === 0 ? 'TRUE' : `(${condition.all.map(inner).join(' AND ')})`
  if ('any' in condition) return condition.any.length === 0 ? 'FALSE' : `(${condition.any.map(inner).join(' OR ')})`
  if ('not' in condition) return `(NOT ${inner(condition.not)})`
  return testHolds(condition.test, scope)
}

function testHolds(test: ConditionTest, scope: Scope): string {
  const [value, type] = [valueAt(test.column, scope), typeOf(scope.plan.columns, test.column)]
  switch (test.kind) {
    case 'present':
      return `(NOT ${absent(test.column, scope)})`
    case 'notEmpty':
      return `(NOT ${empty(value, type, scope.words)})`
    default:
      return `(${value} IS NOT NULL AND coalesce(${valueCondition(test, value, type, scope)}, FALSE))`
  }
}
