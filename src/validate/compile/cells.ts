import type { ColumnType } from '../../model/column.js'
import { type Plan, typeOf } from './plan.js'

const TEXT: ColumnType = { kind: 'string' }
const COUNT: ColumnType = { kind: 'int64' }
const INDEX: ColumnType = { kind: 'int32' }

/** The types of the cells of each statement's rows, for engines whose answers travel as text. See `Dialect`. */
export const cellsOf = {
  facts: (plan: Plan): readonly ColumnType[] => [
    COUNT,
    ...plan.rowRules.flatMap(() => [COUNT, COUNT]),
    ...plan.countRules.map(() => COUNT),
    // Microseconds, already a number.
    ...plan.freshnessRules.map(() => COUNT),
  ],
  /** Of `unique` and `foreignKey`. */
  key: (): readonly ColumnType[] => [COUNT, COUNT],
  condition: (): readonly ColumnType[] => [{ kind: 'boolean' }],
  sql: (): readonly ColumnType[] => [TEXT, TEXT],
  violations: (plan: Plan): readonly ColumnType[] => [
    TEXT,
    TEXT,
    TEXT,
    ...plan.valuePaths.map(path => typeOf(plan.columns, path)),
    ...plan.elementRules.map(({ column }): ColumnType => ({ kind: 'list', element: typeOf(plan.columns, column) })),
  ],
  rows: (plan: Plan): readonly ColumnType[] => [
    TEXT,
    ...plan.keyColumns.map(path => typeOf(plan.columns, path)),
    ...plan.statusColumns.map(() => INDEX),
  ],
}
