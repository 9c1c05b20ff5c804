import type { SqlByDialect } from '../../src/model/rule.js'

/** A field's value that its column holds, or null. */
type Field = (name: string) => unknown

const both = (sql: string): SqlByDialect => ({ duckdb: sql, spark: sql })

/** Conditions of a contract's own over `arbitrary-documents.ts`, and what they mean; NULL is false. */
export const OWN_CONDITIONS: readonly { readonly sql: SqlByDialect; readonly holds: (field: Field) => boolean }[] = [
  { sql: both('i > 0'), holds: field => field('i') !== null && (field('i') as number) > 0 },
  { sql: both('NOT (i > 0)'), holds: field => field('i') !== null && (field('i') as number) <= 0 },
  { sql: both("i = 1 OR s = 'a' -- either"), holds: field => field('i') === 1 || field('s') === 'a' },
  {
    sql: both(' coalesce(length(s), 9) < 2 ;'),
    holds: field => [...((field('s') ?? '123456789') as string)].length < 2,
  },
  { sql: both('s IS NULL'), holds: field => field('s') === null },
  {
    sql: { duckdb: "s LIKE 'a%' /* not e */", spark: "startswith(s, 'a')" },
    holds: field => field('s') !== null && (field('s') as string).startsWith('a'),
  },
]

const whole = (rows: readonly Field[], name: string): number[] =>
  rows.flatMap(field => (field(name) === null ? [] : [Number(field(name))]))

/** Queries of a contract's own, and what they give as the result tells it; null for NULL or no row. */
export const OWN_QUERIES: readonly {
  readonly sql: SqlByDialect
  readonly answer: (rows: readonly Field[]) => string | null
}[] = [
  { sql: both('SELECT count(*) FROM data'), answer: rows => String(rows.length) },
  {
    sql: both('SELECT count(*) FROM data WHERE i > 0;'),
    answer: rows => String(whole(rows, 'i').filter(i => i > 0).length),
  },
  {
    sql: both('SELECT sum(i) FROM data -- NULL of none'),
    answer: rows => {
      const all = whole(rows, 'i')
      return all.length === 0 ? null : String(all.reduce((sum, i) => sum + i) || 0)
    },
  },
  {
    sql: both('WITH few AS (SELECT i FROM data WHERE i > 100) SELECT i FROM few'),
    answer: () => null,
  },
  {
    sql: both('SELECT max(d) FROM data'),
    answer: rows => {
      const all = whole(rows, 'd')
      if (all.length === 0) return null
      // To the engines, nothing is greater than NaN.
      return String(all.some(Number.isNaN) ? Number.NaN : Math.max(...all) || 0)
    },
  },
  {
    sql: both('SELECT max(m) FROM data'),
    answer: rows => {
      const all = rows.flatMap(field => (field('m') === null ? [] : [Number(String(field('m')))]))
      return all.length === 0 ? null : String(Math.max(...all))
    },
  },
]
