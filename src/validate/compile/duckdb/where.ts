import type { Column } from '../../../model/column.js'
import type { Condition, ConditionTest } from '../../../model/condition.js'
import { typeOf } from '../plan.js'
import { type OwnName, valueAt } from './identifier.js'
import { absent, empty } from './state.js'
import { valueCondition } from './value-condition.js'

/** A condition of a contract, TRUE or FALSE for every document, never NULL. */
export function whereHolds(condition: Condition, columns: readonly Column[], own: OwnName): string {
  const inner = (each: Condition): string => whereHolds(each, columns, own)
  if ('all' in condition) return condition.all.length === 0 ? 'TRUE' : `(${condition.all.map(inner).join(' AND ')})`
  if ('any' in condition) return condition.any.length === 0 ? 'FALSE' : `(${condition.any.map(inner).join(' OR ')})`
  if ('not' in condition) return `(NOT ${inner(condition.not)})`
  return testHolds(condition.test, columns, own)
}

function testHolds(test: ConditionTest, columns: readonly Column[], own: OwnName): string {
  const [value, type] = [valueAt(test.column), typeOf(columns, test.column)]
  switch (test.kind) {
    case 'present':
      return `(NOT ${absent(test.column)})`
    case 'notEmpty':
      return `(NOT ${empty(value, type)})`
    default:
      return `(${value} IS NOT NULL AND coalesce(${valueCondition(test, value, type, own)}, FALSE))`
  }
}
