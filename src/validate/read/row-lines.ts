import { ID_COLUMN } from '../../model/column.js'
import { columnName } from '../../model/rule.js'
import type { Row } from '../../ports/query-engine.js'
import { type Plan, typeOf } from '../compile/plan.js'
import { cellJson } from './cell-json.js'

/**
 * Writes the lines of `rows/`: `_id`, the key's columns and `<column>_status`, which is `OK` or the message of the first
 * rule violated; members sorted as in RFC 8785. Row: see `Dialect.rows`.
 */
export function rowLines(plan: Plan): (row: Row) => string {
  const keys = plan.keyColumns.map(path => ({ name: columnName(path), type: typeOf(plan.columns, path) }))
  const messages = plan.documentRules.map(rule => JSON.stringify(rule.message))
  const members = [
    { name: ID_COLUMN, text: (row: Row) => JSON.stringify(row[0]) },
    ...keys.map(({ name, type }, index) => ({ name, text: (row: Row) => cellJson(row[1 + index] ?? null, type) })),
    ...plan.statusColumns.map(({ name }, index) => ({
      name: `${name}_status`,
      text: (row: Row) => messages[Number(row[1 + keys.length + index] ?? -1)] ?? '"OK"',
    })),
  ]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, text }) => ({ start: `${JSON.stringify(name)}:`, text }))
  return row => `{${members.map(({ start, text }) => `${start}${text(row)}`).join(',')}}`
}
