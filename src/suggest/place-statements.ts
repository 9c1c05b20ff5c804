import {
  ENOUGH_VALUES,
  type Facts,
  type ListedValue,
  MAX_LISTED_LENGTH,
  MAX_LISTED_VALUES,
  MAX_UNIQUE_LENGTH,
} from '../contract/suggest/facts.js'
import type { Place } from '../contract/suggest/place.js'
import {
  MAX_PATTERN_LENGTH,
  portableText,
  possiblePatterns,
  type TextPattern,
} from '../contract/suggest/text-patterns.js'
import type { ColumnType } from '../model/column.js'
import { duckdbText } from '../model/duckdb-text.js'
import type { Cell, Row, Statement } from '../ports/query-engine.js'
import { typedValue, type ValueRelation } from './relation.js'

/** Statements about the values of one place, and the facts that their answers make. */
export interface PlaceQuestions {
  readonly statements: readonly Statement[]
  /** Whether the statement was one of these; then its rows were read. */
  take(statement: string, rows: readonly Row[]): boolean
  facts(): Facts
}

/** A sketch of so many different values is taken for "perhaps few": it is off by some percent. */
const PERHAPS_FEW = 2 * MAX_LISTED_VALUES
/** And of so large a share of the values for "perhaps all of them". */
const PERHAPS_ALL = 0.8

/**
 * Asks for what is cheap first, one scan of the column; and for exact counts of different values, lists of them and forms
 * only where the first answer says that something may come of it.
 *
 * @param prefix - of the names of the statements
 */
export function placeQuestions(place: Place, relation: ValueRelation, prefix: string): PlaceQuestions {
  const { kind } = place.type
  const typed = `SELECT ${typedValue(place.type, relation)} AS v FROM (${relation.sql}) AS r`
  const isText = kind === 'string' || kind === 'objectId'
  const isWhole = kind === 'int32' || kind === 'int64'
  let facts: Facts = { values: 0 }
  let sketched = 0
  let possible: readonly TextPattern[] = []

  const longest = (): number => facts.lengths?.max ?? 0
  const statement = (name: string, sql: () => string, onlyIf?: () => boolean): Statement => ({
    name: `${prefix}${name}`,
    sql,
    ...(onlyIf ? { onlyIf } : {}),
  })
  const statements = [
    statement('facts', () => `SELECT ${factList(place, relation).join(', ')} FROM (${typed}) AS t`),
    ...(isText || isWhole
      ? [
          statement(
            'listed',
            () =>
              `SELECT v, count(*) AS n FROM (${typed}) AS t WHERE v IS NOT NULL GROUP BY v ORDER BY n DESC, v LIMIT ${MAX_LISTED_VALUES + 1}`,
            () => sketched <= PERHAPS_FEW && facts.values >= ENOUGH_VALUES && longest() <= MAX_LISTED_LENGTH,
          ),
          statement(
            'distinct',
            () => `SELECT count(*) FROM (SELECT v FROM (${typed}) AS t WHERE v IS NOT NULL GROUP BY v) AS g`,
            () => sketched >= PERHAPS_ALL * facts.values && facts.values > 1 && longest() <= MAX_UNIQUE_LENGTH,
          ),
        ]
      : []),
    ...(isText
      ? [
          statement(
            'forms',
            () => `SELECT ${possible.map(matchCount).join(', ')} FROM (${typed}) AS t`,
            () => {
              const { filledLengths: lengths, values, empty = 0 } = facts
              const fits = lengths !== undefined && lengths.max <= MAX_PATTERN_LENGTH && values - empty >= ENOUGH_VALUES
              possible = fits ? possiblePatterns(lengths.min, lengths.max) : []
              return possible.length > 0
            },
          ),
        ]
      : []),
  ]

  const listed: ListedValue[] = []
  return {
    statements,
    take(name, rows) {
      switch (name) {
        case `${prefix}facts`:
          for (const row of rows) {
            facts = { ...facts, ...factsOf(place, row) }
            sketched = isText || isWhole ? count(row[1]) : 0
          }
          return true
        case `${prefix}listed`:
          listed.push(...rows.map(([value, n]) => ({ value: isText ? String(value) : Number(value), count: count(n) })))
          return true
        case `${prefix}distinct`:
          for (const [different] of rows) facts = { ...facts, distinct: count(different) }
          return true
        case `${prefix}forms`: {
          const form = possible.find((_, index) =>
            rows.some(row => count(row[index]) === facts.values - (facts.empty ?? 0)),
          )
          if (form) facts = { ...facts, form }
          return true
        }
        default:
          return false
      }
    },
    facts: () =>
      listed.length > 0 && listed.length <= MAX_LISTED_VALUES ? { ...facts, distinct: listed.length, listed } : facts,
  }
}

function matchCount(form: TextPattern): string {
  return `count(CASE WHEN v <> '' AND regexp_matches(v, ${duckdbText(portableText(form))}) THEN 1 END)`
}

/** The SELECT list; {@link factsOf} reads it. */
function factList({ type }: Place, { json }: ValueRelation): readonly string[] {
  switch (type.kind) {
    case 'string':
    case 'objectId':
      return [
        ...['count(v)', 'approx_count_distinct(v)', 'min(length(v))', 'max(length(v))'],
        'count(CASE WHEN contains(v, chr(0)) THEN 1 END)',
        "count(CASE WHEN v = '' THEN 1 END)",
        'min(nullif(length(v), 0))',
      ]
    case 'int32':
    case 'int64':
      return ['count(v)', 'approx_count_distinct(v)', 'CAST(min(v) AS BIGINT)', 'CAST(max(v) AS BIGINT)']
    case 'double':
      return ['count(v)', 'min(v)', 'max(v)', 'count(CASE WHEN isnan(v) OR isinf(v) THEN 1 END)']
    case 'decimal':
      return ['count(v)', 'CAST(min(v) AS DOUBLE)', 'CAST(max(v) AS DOUBLE)', 'CAST(0 AS BIGINT)']
    case 'timestamp':
      return ['count(v)', 'min(epoch_us(v))', 'max(epoch_us(v))', 'count(CASE WHEN isinf(v) THEN 1 END)']
    case 'list': {
      const size = json ? 'json_array_length(v)' : 'len(v)'
      const own = [
        ...['count(v)', `CAST(min(${size}) AS BIGINT)`, `CAST(max(${size}) AS BIGINT)`],
        `count(CASE WHEN ${size} > 1 THEN 1 END)`,
      ]
      if (!canBeSet(type)) return own
      // list_distinct leaves nulls out, and so do rules.
      const values = `list_filter(${json ? "v ->> '$[*]'" : 'v'}, x -> x IS NOT NULL)`
      return [...own, `count(CASE WHEN len(${values}) > len(list_distinct(${values})) THEN 1 END)`]
    }
    case 'boolean':
    case 'struct':
    case 'json':
      return ['count(v)']
  }
}

/** Whether elements can be told apart by every engine, and being different would mean something. */
function canBeSet({ element }: Extract<ColumnType, { kind: 'list' }>): boolean {
  return ['string', 'objectId', 'int32', 'int64'].includes(element.kind)
}

function factsOf({ type }: Place, row: Row): Facts {
  const values = count(row[0])
  if (values === 0) return { values }
  const ends = (at: number): { min: number; max: number } => ({ min: Number(row[at]), max: Number(row[at + 1]) })
  switch (type.kind) {
    case 'string':
    case 'objectId': {
      const lengths = ends(2)
      const filled = lengths.max > 0 ? { filledLengths: { min: count(row[6]), max: lengths.max } } : {}
      return { values, lengths, withNul: count(row[4]), empty: count(row[5]), ...filled }
    }
    case 'int32':
    case 'int64':
      return { values, range: ends(2) }
    case 'double':
    case 'decimal':
      return count(row[3]) > 0 ? { values } : { values, range: ends(1) }
    case 'timestamp': {
      const { min, max } = ends(1)
      return count(row[3]) > 0 ? { values } : { values, range: { min: min / 1000, max: max / 1000 } }
    }
    case 'list':
      return {
        ...{ values, items: ends(1), longer: count(row[3]) },
        ...(row.length > 4 ? { repeating: count(row[4]) } : {}),
      }
    default:
      return { values }
  }
}

function count(cell: Cell | undefined): number {
  return Number(cell ?? 0)
}
