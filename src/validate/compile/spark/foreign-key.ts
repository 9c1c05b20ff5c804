import { type ForeignKeyRule, type Plan, referenceOf } from '../plan.js'
import { dataRelation } from './data-relation.js'
import { type OwnName, ownNames } from './identifier.js'
import { isKeyed, keyPairs } from './keys.js'

export function foreignKeyStatement(plan: Plan, rule: ForeignKeyRule): string {
  const own = ownNames(plan)
  return [
    `SELECT count(*), count(CASE WHEN ${own('u0_0')} IS NULL THEN 1 END)`,
    `FROM ${dataRelation(plan, own)}\n${knownKeysJoin(rule, plan, 0, own)}`,
    `WHERE ${isKeyed(rule, plan, own)}`,
  ].join('\n')
}

/** Joins `data` with the keys of the other run, each once, so that no document is doubled. */
export function knownKeysJoin(rule: ForeignKeyRule, plan: Plan, index: number, own: OwnName): string {
  const keys = keyPairs(rule, plan).map((pair, at) => ({ ...pair, name: own(`u${index}_${at}`) }))
  return [
    `LEFT JOIN (SELECT ${keys.map(key => `${key.there} AS ${key.name}`).join(', ')} FROM ${referenceOf(plan, rule).name}`,
    `  WHERE ${keys.map(key => `${key.there} IS NOT NULL`).join(' AND ')} GROUP BY ${keys.map(key => key.there).join(', ')}) AS ${own(`u${index}`)}`,
    `  ON ${keys.map(key => `${key.here} = ${key.name}`).join(' AND ')}`,
  ].join('\n')
}

/** Whether the document is one that the rule is about, and has none of those keys. */
export function isDangling(rule: ForeignKeyRule, plan: Plan, index: number, own: OwnName): string {
  return `(${isKeyed(rule, plan, own)} AND ${own(`u${index}_0`)} IS NULL)`
}
