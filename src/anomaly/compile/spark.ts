import { valueAt } from '../../validate/compile/spark/identifier.js'
import type { MeasuredColumn } from '../measured-columns.js'
import { DOUBLE_DIGITS, DOUBLE_SCALE, LONG_TEXT, ownNames, type ProfileDialect, sumScale } from './dialect.js'

/** Spark SQL, 3.5 and later. */
export const sparkProfileDialect: ProfileDialect = {
  sums: (columns, numeric) => {
    const own = ownNames(columns)
    const names = numeric.map((_, index) => own(`n${index}`))
    const inner = ['1', ...numeric.map((column, index) => `${summed(column)} AS ${names[index]}`)]
    const outer = numeric.flatMap((column, index) => [
      `count(${names[index]})`,
      `CAST(coalesce(sum(${names[index]}), 0) AS DECIMAL(38,${sumScale(column)}))`,
      `stddev_pop(CAST(${names[index]} AS DOUBLE))`,
    ])
    return `SELECT ${['count(*)', ...outer].join(',\n  ')}\nFROM (SELECT ${inner.join(',\n  ')}\n  FROM data) AS ${own('d')}`
  },

  distinct: (columns, column) => {
    const own = ownNames(columns)
    const value = valueAt(column.path)
    const key = isText(column)
      ? `CASE WHEN length(${value}) > ${LONG_TEXT} THEN sha2(${value}, 256) ELSE ${value} END`
      : value
    return `SELECT count(*) FROM (SELECT DISTINCT ${key} AS ${own('k')} FROM data WHERE ${value} IS NOT NULL) AS ${own('d')}`
  },
}

function summed({ path, type }: MeasuredColumn): string {
  const value = valueAt(path)
  switch (type.kind) {
    case 'double':
      return `try_cast(${value} AS DECIMAL(${DOUBLE_DIGITS},${DOUBLE_SCALE}))`
    case 'int32':
    case 'int64':
      // A sum of BIGINT wraps, or is an error.
      return `CAST(${value} AS DECIMAL(19,0))`
    default:
      return value
  }
}

function isText({ type }: MeasuredColumn): boolean {
  return type.kind === 'string' || type.kind === 'objectId'
}
