import type { ColumnType } from '../../../model/column.js'
import { commonType } from '../../../model/common-type.js'
import { type ForeignKeyRule, type KeyRule, referenceOf, typeOf } from '../plan.js'
import { type Scope, valueAt } from './scope.js'
import { hasValue } from './state.js'
import { castTo } from './type-name.js'
import { whereHolds } from './where.js'

/** The documents that the rule is about: those with a value in every column that `where` leaves. */
export function isKeyed(rule: KeyRule, scope: Scope): string {
  const where = rule.where === undefined ? [] : [whereHolds(rule.where, scope)]
  return [...where, ...rule.columns.map(path => hasValue(path, scope))].join(' AND ')
}

/** One column of a key: here, and where it points to, of one type. */
export interface KeyPair {
  readonly here: string
  readonly there: string
}

/** @throws RangeError for columns that do not compare, which is the caller's bug */
export function keyPairs(rule: ForeignKeyRule, scope: Scope): readonly KeyPair[] {
  const { words, plan } = scope
  const { name, columns } = referenceOf(plan, rule)
  return rule.columns.map((path, index) => {
    const to = rule.to[index]!
    const [from, target] = [typeOf(plan.columns, path), typeOf(columns, to)]
    const type: ColumnType | undefined = commonType(from, target)
    if (!type) throw new RangeError(`${rule.id} compares what does not compare`)
    return {
      here: castTo(valueAt(path, scope), from, type, words),
      there: castTo(words.column(name, to), target, type, words),
    }
  })
}
