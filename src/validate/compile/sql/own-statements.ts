import { ownSql } from '../own-sql.js'
import type { ConditionRule, SqlRule } from '../plan.js'
import type { Scope } from './scope.js'
import type { Words } from './words.js'

/** A rule's own condition. NULL does not satisfy it. */
export function ownCondition(rule: ConditionRule, { dialect }: Words): string {
  return `coalesce(${ownSql(rule.sql[dialect]!)}, FALSE)`
}

/** The engine says what is wrong with the text when it reads it; nothing needs to be looked at for that. */
export function conditionStatement(rule: ConditionRule, { words, own }: Scope): string {
  return words.tried(ownCondition(rule, words), own)
}

/** As a subquery, which has to have one column, and one row at most. */
export function sqlStatement(rule: SqlRule, { words, own }: Scope): string {
  const [value, text] = [own('n'), ownSql(rule.sql[words.dialect]!)]
  return `SELECT typeof(${value}), CAST(${value} AS ${words.types.text}) FROM (SELECT ${text} AS ${value}) AS ${own('d')}`
}
