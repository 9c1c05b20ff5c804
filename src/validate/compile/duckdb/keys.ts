import type { ColumnType } from '../../../model/column.js'
import { commonType } from '../../../model/common-type.js'
import { type ForeignKeyRule, type Plan, referenceOf, typeOf, type UniqueRule } from '../plan.js'
import { type OwnName, valueAt } from './identifier.js'
import { castTo } from './predicate.js'
import { hasValue } from './state.js'
import { whereHolds } from './where.js'

/** The documents that the rule is about: those with a value in every column that `where` leaves. */
export function isKeyed(rule: UniqueRule | ForeignKeyRule, plan: Plan, own: OwnName): string {
  const where = rule.where === undefined ? [] : [whereHolds(rule.where, plan.columns, own)]
  return [...where, ...rule.columns.map(hasValue)].join(' AND ')
}

/** One column of a key: here, and where it points to, of one type. */
export interface KeyPair {
  readonly here: string
  readonly there: string
}

/** @throws RangeError for columns that do not compare, which is the caller's bug */
export function keyPairs(rule: ForeignKeyRule, plan: Plan): readonly KeyPair[] {
  const { columns } = referenceOf(plan, rule)
  return rule.columns.map((path, index) => {
    const to = rule.to[index]!
    const [from, target] = [typeOf(plan.columns, path), typeOf(columns, to)]
    const type: ColumnType | undefined = commonType(from, target)
    if (!type) throw new RangeError(`${rule.id} compares what does not compare`)
    return { here: castTo(valueAt(path), from, type), there: castTo(valueAt(to), target, type) }
  })
}
