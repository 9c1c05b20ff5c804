import { ID_COLUMN } from '../../../model/column.js'
import { ownSql } from '../own-sql.js'
import type { ConditionRule, Plan, SqlRule } from '../plan.js'
import { ownNames, quote } from './identifier.js'

/** The engine says what is wrong with the text when it reads it; nothing needs to be looked at for that. */
export function conditionStatement(_plan: Plan, rule: ConditionRule): string {
  // With _id, since an aggregation is no condition over one document.
  return `SELECT coalesce(${ownSql(rule.sql.duckdb!)}, FALSE), ${quote(ID_COLUMN)} FROM data LIMIT 0`
}

/** As a subquery, which has to have one column, and one row at most. */
export function sqlStatement(plan: Plan, rule: SqlRule): string {
  const own = ownNames(plan)
  const value = own('n')
  return `SELECT typeof(${value}), CAST(${value} AS VARCHAR) FROM (SELECT ${ownSql(rule.sql.duckdb!)} AS ${value}) AS ${own('d')}`
}
