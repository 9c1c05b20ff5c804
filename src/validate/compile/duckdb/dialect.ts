import type { Dialect } from '../dialect.js'
import { factsStatement } from './facts.js'
import { foreignKeyStatement } from './foreign-key.js'
import { conditionStatement, sqlStatement } from './own-statements.js'
import { rowsStatement } from './rows.js'
import { uniqueStatement } from './unique.js'
import { violationsStatement } from './violations.js'

/** DuckDB SQL, 1.5 and later, of the constructs that Spark SQL has too. */
export const duckdbDialect: Dialect = {
  facts: factsStatement,
  unique: uniqueStatement,
  foreignKey: foreignKeyStatement,
  condition: conditionStatement,
  sql: sqlStatement,
  violations: violationsStatement,
  rows: rowsStatement,
}
