import { DATA, type Words } from '../../validate/compile/sql/words.js'
import type { MeasuredColumn } from '../measured-columns.js'
import { LONG_TEXT, ownNames, type ProfileDialect, sumScale } from './dialect.js'

/** How one engine says what its profiles need beside the words of rules. */
export interface ProfileWords {
  /** A text's SHA-256 in hex. */
  sha256(text: string): string
  /** The number as what is summed: exact, with room for the sum. NULL when it is none. */
  summed(value: string, type: MeasuredColumn['type']): string
}

/** The statements of a profile in the words of one engine. */
export function profileDialectOf(words: Pick<Words, 'column'>, { sha256, summed }: ProfileWords): ProfileDialect {
  return {
    sums: (columns, numeric) => {
      const own = ownNames(columns)
      const names = numeric.map((_, index) => own(`n${index}`))
      const values = numeric.map(({ path, type }) => summed(words.column(DATA, path), type))
      const inner = ['1', ...values.map((value, index) => `${value} AS ${names[index]}`)]
      const outer = numeric.flatMap((column, index) => [
        `count(${names[index]})`,
        `CAST(coalesce(sum(${names[index]}), 0) AS DECIMAL(38,${sumScale(column)}))`,
        `stddev_pop(CAST(${names[index]} AS DOUBLE))`,
      ])
      return `SELECT ${['count(*)', ...outer].join(',\n  ')}\nFROM (SELECT ${inner.join(',\n  ')}\n  FROM ${DATA}) AS ${own('d')}`
    },

    distinct: (columns, column) => {
      const own = ownNames(columns)
      const value = words.column(DATA, column.path)
      const key = isText(column)
        ? `CASE WHEN length(${value}) > ${LONG_TEXT} THEN ${sha256(value)} ELSE ${value} END`
        : value
      return `SELECT count(*) FROM (SELECT DISTINCT ${key} AS ${own('k')} FROM ${DATA} WHERE ${value} IS NOT NULL) AS ${own('d')}`
    },
  }
}

function isText({ type }: MeasuredColumn): boolean {
  return type.kind === 'string' || type.kind === 'objectId'
}
