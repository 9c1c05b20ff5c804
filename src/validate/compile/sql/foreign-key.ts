import { type ForeignKeyRule, referenceOf } from '../plan.js'
import { isKeyed, keyPairs } from './keys.js'
import { documents, type Scope } from './scope.js'

export function foreignKeyStatement(rule: ForeignKeyRule, scope: Scope): string {
  return [
    `SELECT count(*), count(CASE WHEN ${scope.own('u0_0')} IS NULL THEN 1 END)`,
    `FROM ${documents(scope)}\n${knownKeysJoin(rule, 0, scope)}`,
    `WHERE ${isKeyed(rule, scope)}`,
  ].join('\n')
}

/**
 * Joins the documents with the keys of the other run, each once, so that no document is doubled.
 *
 * @param given - what has to hold beside, for any document to be joined
 */
export function knownKeysJoin(
  rule: ForeignKeyRule,
  index: number,
  scope: Scope,
  given: readonly string[] = [],
): string {
  const { plan, own } = scope
  const keys = keyPairs(rule, scope).map((pair, at) => ({ ...pair, name: own(`u${index}_${at}`) }))
  return [
    `LEFT JOIN (SELECT ${keys.map(key => `${key.there} AS ${key.name}`).join(', ')} FROM ${referenceOf(plan, rule).name}`,
    `  WHERE ${keys.map(key => `${key.there} IS NOT NULL`).join(' AND ')} GROUP BY ${keys.map(key => key.there).join(', ')}) AS ${own(`u${index}`)}`,
    `  ON ${[...given, ...keys.map(key => `${key.here} = ${key.name}`)].join(' AND ')}`,
  ].join('\n')
}

/** Whether the document is one that the rule is about, and has none of those keys. */
export function isDangling(rule: ForeignKeyRule, index: number, scope: Scope): string {
  return `(${isKeyed(rule, scope)} AND ${scope.own(`u${index}_0`)} IS NULL)`
}
