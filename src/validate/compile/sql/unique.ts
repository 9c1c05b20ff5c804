import type { UniqueRule } from '../plan.js'
import { isKeyed } from './keys.js'
import { documents, type Scope, valueAt } from './scope.js'

/**
 * One aggregation of the keys. Documents without a value in one of the columns are left out, by name: what engines do
 * with NULL in a key differs.
 */
export function uniqueStatement(rule: UniqueRule, scope: Scope): string {
  const { own } = scope
  const n = own('n')
  const key = rule.columns.map(path => valueAt(path, scope)).join(', ')
  return [
    `SELECT CAST(coalesce(sum(${n}), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN ${n} > 1 THEN ${n} END), 0) AS BIGINT)`,
    `FROM (SELECT count(*) AS ${n} FROM ${documents(scope)} WHERE ${isKeyed(rule, scope)} GROUP BY ${key}) AS ${own('k')}`,
  ].join('\n')
}

/**
 * Joins the documents with the keys that occur more than once, each once, so that no document is doubled.
 *
 * @param given - what has to hold beside, for any document to be joined
 */
export function duplicatesJoin(rule: UniqueRule, index: number, scope: Scope, given: readonly string[]): string {
  const { own } = scope
  const keys = rule.columns.map((path, at) => ({ value: valueAt(path, scope), name: own(`u${index}_${at}`) }))
  const list = keys.map(key => `${key.value} AS ${key.name}`).join(', ')
  return [
    `LEFT JOIN (SELECT ${list} FROM ${documents(scope)} WHERE ${isKeyed(rule, scope)}`,
    `  GROUP BY ${keys.map(key => key.value).join(', ')} HAVING count(*) > 1) AS ${own(`u${index}`)}`,
    `  ON ${[...given, ...keys.map(key => `${key.value} = ${key.name}`)].join(' AND ')}`,
  ].join('\n')
}

/** Whether the document is one that the rule is about, and has one of those keys. */
export function isDuplicate(rule: UniqueRule, index: number, scope: Scope): string {
  return `(${isKeyed(rule, scope)} AND ${scope.own(`u${index}_0`)} IS NOT NULL)`
}
