import type { Place } from '../contract/suggest/place.js'
import { type Column, type ColumnType, EXTRA_COLUMN, MISFIT_COLUMN, typeText } from '../model/column.js'
import { duckdbName, duckdbText } from '../model/duckdb-text.js'
import { jsonPointer } from '../model/json-pointer.js'

/**
 * Where the values of a place are: a SELECT of one column `v` of the relation `data`, in DuckDB's SQL, without a row for
 * what is missing or null.
 */
export interface ValueRelation {
  readonly sql: string
  /** `v` is JSON by the mapping of `ndjson.gz`, since the run's column is of another type than the place. */
  readonly json: boolean
}

/**
 * The values of a field at the top. Those that the run's column could not hold are in `_misfit`, those that it did not
 * have in `_extra`; both are read only where the column is not of the place's type.
 */
export function fieldRelation({ path, type }: Place, columns: readonly Column[]): ValueRelation {
  const [name = ''] = path
  const current = columns.find(column => column.name === name)?.type
  const column = duckdbName(name)
  if (current && typeText(current) === typeText(type))
    return { sql: `SELECT ${column} AS v FROM data WHERE ${column} IS NOT NULL`, json: false }
  const own = current === undefined ? [] : [current.kind === 'json' ? `CAST(${column} AS JSON)` : `to_json(${column})`]
  const pointer = duckdbText(jsonPointer([name]))
  // A whole value in _extra comes before what the column had place for of it.
  const kept = [EXTRA_COLUMN, MISFIT_COLUMN].map(other => `json_extract(${duckdbName(other)}, ${pointer})`)
  return { sql: notNull(`SELECT coalesce(${[...kept, ...own].join(', ')}) AS v FROM data`), json: true }
}

/** The values of a field within the objects of another place. */
export function withinRelation({ path }: Place, { sql, json }: ValueRelation): ValueRelation {
  const name = path.at(-1)!
  if (json)
    return { sql: notNull(`SELECT json_extract(v, ${duckdbText(jsonPointer([name]))}) AS v FROM (${sql}) AS o`), json }
  const value = `struct_extract(v, ${duckdbText(name)})`
  return { sql: `SELECT ${value} AS v FROM (${sql}) AS o WHERE ${value} IS NOT NULL`, json }
}

/** The elements of the lists of another place. */
export function elementRelation({ sql, json }: ValueRelation): ValueRelation {
  if (json) return { sql: notNull(`SELECT unnest(json_extract(v, '$[*]')) AS v FROM (${sql}) AS l`), json }
  return { sql: `SELECT v FROM (SELECT unnest(v) AS v FROM (${sql}) AS l) AS e WHERE v IS NOT NULL`, json }
}

function notNull(select: string): string {
  return `SELECT v FROM (${select}) AS j WHERE v IS NOT NULL AND json_type(v) <> 'NULL'`
}

/** DuckDB's names of whole numbers in JSON. */
const WHOLE = "'BIGINT', 'UBIGINT', 'HUGEINT', 'UHUGEINT'"

/** `v` as a value of the type; NULL where JSON says something else. Objects and lists stay as they are. */
export function typedValue(type: ColumnType, { json }: ValueRelation): string {
  if (!json) return 'v'
  const text = `(v ->> '$')`
  switch (type.kind) {
    case 'string':
    case 'objectId':
      return `CASE WHEN json_type(v) = 'VARCHAR' THEN ${text} END`
    case 'int32':
    case 'int64':
      // A text of digits is a text.
      return `CASE WHEN json_type(v) IN (${WHOLE}) THEN TRY_CAST(${text} AS BIGINT) END`
    case 'double':
      return `CASE WHEN json_type(v) IN (${WHOLE}, 'DOUBLE') OR ${text} IN ('NaN', 'Infinity', '-Infinity') THEN TRY_CAST(${text} AS DOUBLE) END`
    case 'boolean':
      return `CASE WHEN json_type(v) = 'BOOLEAN' THEN TRY_CAST(${text} AS BOOLEAN) END`
    case 'timestamp':
      return `TRY_CAST(${text} AS TIMESTAMPTZ)`
    case 'decimal':
      return `TRY_CAST(${text} AS DECIMAL(${type.precision},${type.scale}))`
    case 'struct':
      return `CASE WHEN json_type(v) = 'OBJECT' THEN v END`
    case 'list':
      return `CASE WHEN json_type(v) = 'ARRAY' THEN v END`
    case 'json':
      return 'v'
  }
}
