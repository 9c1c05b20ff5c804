import type { Dialect } from '../dialect.js'
import { factsStatement } from './facts.js'
import { foreignKeyStatement } from './foreign-key.js'
import { conditionStatement, sqlStatement } from './own-statements.js'
import { rowsStatement } from './rows.js'
import { scopeOf } from './scope.js'
import { uniqueStatement } from './unique.js'
import { violationsStatement } from './violations.js'
import type { Words } from './words.js'

/** The statements of a validation in the words of one engine. */
export function dialectOf(words: Words): Dialect {
  return {
    given: words.given,
    facts: plan => factsStatement(scopeOf(words, plan)),
    unique: (plan, rule) => uniqueStatement(rule, scopeOf(words, plan)),
    foreignKey: (plan, rule) => foreignKeyStatement(rule, scopeOf(words, plan)),
    condition: (plan, rule) => conditionStatement(rule, scopeOf(words, plan)),
    sql: (plan, rule) => sqlStatement(rule, scopeOf(words, plan)),
    violations: plan => violationsStatement(scopeOf(words, plan)),
    rows: plan => rowsStatement(scopeOf(words, plan)),
  }
}
