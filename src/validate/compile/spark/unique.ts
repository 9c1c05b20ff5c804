import type { Plan, UniqueRule } from '../plan.js'
import { dataRelation } from './data-relation.js'
import { type OwnName, ownNames, valueAt } from './identifier.js'
import { isKeyed } from './keys.js'

/**
 * One aggregation of the keys. Documents without a value in one of the columns are left out, by name: what engines do
 * with NULL in a key differs.
 */
export function uniqueStatement(plan: Plan, rule: UniqueRule): string {
  const own = ownNames(plan)
  const n = own('n')
  return [
    `SELECT CAST(coalesce(sum(${n}), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN ${n} > 1 THEN ${n} END), 0) AS BIGINT)`,
    `FROM (SELECT count(*) AS ${n} FROM ${dataRelation(plan, own)} WHERE ${isKeyed(rule, plan, own)} GROUP BY ${rule.columns.map(valueAt).join(', ')}) AS ${own('k')}`,
  ].join('\n')
}

/** Joins `data` with the keys that occur more than once, each once, so that no document is doubled. */
export function duplicatesJoin(rule: UniqueRule, plan: Plan, index: number, own: OwnName): string {
  const keys = rule.columns.map((path, at) => ({ value: valueAt(path), name: own(`u${index}_${at}`) }))
  return [
    `LEFT JOIN (SELECT ${keys.map(key => `${key.value} AS ${key.name}`).join(', ')} FROM ${dataRelation(plan, own)} WHERE ${isKeyed(rule, plan, own)}`,
    `  GROUP BY ${keys.map(key => key.value).join(', ')} HAVING count(*) > 1) AS ${own(`u${index}`)}`,
    `  ON ${keys.map(key => `${key.value} = ${key.name}`).join(' AND ')}`,
  ].join('\n')
}

/** Whether the document is one that the rule is about, and has one of those keys. */
export function isDuplicate(rule: UniqueRule, plan: Plan, index: number, own: OwnName): string {
  return `(${isKeyed(rule, plan, own)} AND ${own(`u${index}_0`)} IS NOT NULL)`
}
