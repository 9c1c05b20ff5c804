import { ID_COLUMN } from '../../../model/column.js'
import { ownSql } from '../own-sql.js'
import type { ConditionRule, Plan, SqlRule } from '../plan.js'
import { DATA, ownNames, valueAt } from './identifier.js'

/** The engine says what is wrong with the text when it reads it; nothing needs to be looked at for that. */
export function conditionStatement(plan: Plan, rule: ConditionRule): string {
  const own = ownNames(plan)
  const holds = `coalesce(${ownSql(rule.sql.spark!)}, FALSE) AS ${own('c')}`
  // With _id, since an aggregation is no condition over one document.
  return `SELECT ${own('c')} FROM (SELECT ${holds}, ${valueAt([ID_COLUMN])} FROM ${DATA} LIMIT 0) AS ${own('d')}`
}

/** As a subquery, which has to have one column, and one row at most. */
export function sqlStatement(plan: Plan, rule: SqlRule): string {
  const own = ownNames(plan)
  const value = own('n')
  return `SELECT typeof(${value}), CAST(${value} AS STRING) FROM (SELECT ${ownSql(rule.sql.spark!)} AS ${value}) AS ${own('d')}`
}
