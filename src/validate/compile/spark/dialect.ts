import type { Dialect } from '../dialect.js'
import { factsStatement } from './facts.js'
import { foreignKeyStatement } from './foreign-key.js'
import { conditionStatement, sqlStatement } from './own-statements.js'
import { rowsStatement } from './rows.js'
import { uniqueStatement } from './unique.js'
import { violationsStatement } from './violations.js'

/** Spark SQL, 3.5 and later, for the session that `src/spark-job/job-spec.ts` describes. */
export const sparkDialect: Dialect = {
  facts: factsStatement,
  unique: uniqueStatement,
  foreignKey: foreignKeyStatement,
  condition: conditionStatement,
  sql: sqlStatement,
  violations: violationsStatement,
  rows: rowsStatement,
}
