import { valueAt } from '../../validate/compile/duckdb/identifier.js'
import type { MeasuredColumn } from '../measured-columns.js'
import { DOUBLE_DIGITS, DOUBLE_SCALE, LONG_TEXT, ownNames, type ProfileDialect, sumScale } from './dialect.js'

/** DuckDB SQL, 1.5 and later. */
export const duckdbProfileDialect: ProfileDialect = {
  sums: (columns, numeric) => {
    const own = ownNames(columns)
    const names = numeric.map((_, index) => own(`n${index}`))
    const inner = ['1', ...numeric.map((column, index) => `${summed(column)} AS ${names[index]}`)]
    const outer = numeric.flatMap((column, index) => [
      `count(${names[index]})`,
      // A sum of whole numbers is a HUGEINT, which cannot overflow.
      `CAST(coalesce(sum(${names[index]}), 0) AS DECIMAL(38,${sumScale(column)}))`,
      `stddev_pop(CAST(${names[index]} AS DOUBLE))`,
    ])
    return `SELECT ${['count(*)', ...outer].join(',\n  ')}\nFROM (SELECT ${inner.join(',\n  ')}\n  FROM data) AS ${own('d')}`
  },

  distinct: (columns, column) => {
    const own = ownNames(columns)
    const value = valueAt(column.path)
    const key = isText(column)
      ? `CASE WHEN length(${value}) > ${LONG_TEXT} THEN sha256(${value}) ELSE ${value} END`
      : value
    return `SELECT count(*) FROM (SELECT DISTINCT ${key} AS ${own('k')} FROM data WHERE ${value} IS NOT NULL) AS ${own('d')}`
  },
}

function summed({ path, type }: MeasuredColumn): string {
  const value = valueAt(path)
  return type.kind === 'double' ? `TRY_CAST(${value} AS DECIMAL(${DOUBLE_DIGITS},${DOUBLE_SCALE}))` : value
}

function isText({ type }: MeasuredColumn): boolean {
  return type.kind === 'string' || type.kind === 'objectId'
}
