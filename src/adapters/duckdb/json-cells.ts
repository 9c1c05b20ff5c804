import type { DuckDBDataChunk, DuckDBType, DuckDBValue } from '@duckdb/node-api'
import type { JsonRow } from '../../ports/lake-query.js'

type ToJson = (value: DuckDBValue) => string

/** JSON texts of one column's values; a NULL is null. */
export type JsonColumn = (values: readonly DuckDBValue[]) => readonly (string | null)[]

/** What writes the values of a type as JSON, in the mapping of docs/lake-format.md. */
export function jsonColumn(type: DuckDBType): JsonColumn {
  const write = jsonWriter(type)
  return values => values.map(value => (value === null ? null : write(value)))
}

export function jsonRows(chunk: DuckDBDataChunk, columns: readonly JsonColumn[]): readonly JsonRow[] {
  const texts = columns.map((column, index) => column(chunk.getColumnValues(index)))
  return Array.from({ length: chunk.rowCount }, (_, row) => texts.map(column => column[row] ?? null))
}

/** By shape and not by class: the package is loaded only when an engine is opened. */
function jsonWriter(type: DuckDBType): ToJson {
  if ('keyType' in type && 'valueType' in type) {
    const [key, value] = [nullable(type.keyType as DuckDBType), nullable(type.valueType as DuckDBType)]
    return map => {
      const { entries } = map as unknown as { entries: readonly { key: DuckDBValue; value: DuckDBValue }[] }
      return `[${entries.map(entry => `{"key":${key(entry.key)},"value":${value(entry.value)}}`).join(',')}]`
    }
  }
  if ('valueType' in type) {
    const item = nullable(type.valueType as DuckDBType)
    return list => `[${(list as unknown as { items: readonly DuckDBValue[] }).items.map(item).join(',')}]`
  }
  if ('entryNames' in type) {
    const names = (type.entryNames as readonly string[]).map(name => [name, JSON.stringify(name)] as const)
    const fields = (type.entryTypes as readonly DuckDBType[]).map(nullable)
    return struct => {
      const { entries } = struct as unknown as { entries: Readonly<Record<string, DuckDBValue>> }
      return `{${names.map(([name, text], index) => `${text}:${fields[index]!(entries[name] ?? null)}`).join(',')}}`
    }
  }
  if (type.alias === 'JSON') return value => jsonItself(value as string)
  switch (type.toString()) {
    case 'BOOLEAN':
    case 'TINYINT':
    case 'SMALLINT':
    case 'INTEGER':
    case 'BIGINT':
    case 'HUGEINT':
    case 'UTINYINT':
    case 'USMALLINT':
    case 'UINTEGER':
    case 'UBIGINT':
    case 'UHUGEINT':
    case 'BIGNUM':
      return String
    case 'FLOAT':
    case 'DOUBLE':
      return value => doubleText(value as number)
    case 'TIMESTAMP WITH TIME ZONE':
      return value => instantText(value, 'Z')
    case 'TIMESTAMP':
      return value => instantText(value, '')
    case 'BLOB':
      return value => JSON.stringify(Buffer.from((value as unknown as { bytes: Uint8Array }).bytes).toString('base64'))
    case 'VARCHAR':
      return value => JSON.stringify(value)
    // Decimals, so that none of their digits is lost, dates, times, intervals, UUIDs, enumerations.
    default:
      return value => JSON.stringify(String(value))
  }
}

function nullable(type: DuckDBType): ToJson {
  const write = jsonWriter(type)
  return value => (value === null ? 'null' : write(value))
}

/** DuckDB's JSON takes more than JSON is, such as NaN and trailing commas: that stays text. */
function jsonItself(text: string): string {
  try {
    JSON.parse(text)
    return text
  } catch {
    return JSON.stringify(text)
  }
}

/** Shortest text that reads back to the same double, always with `.` or `e`; docs/lake-format.md, "Plain JSON". */
function doubleText(value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`
  const text = Object.is(value, -0) ? '-0' : String(value)
  return /[.e]/.test(text) ? text : `${text}.0`
}

/** Of the years that Date has. */
const MAX_MICROS = 8_640_000_000_000_000_000n

/** RFC 3339 with milliseconds, or microseconds where there are any. */
function instantText(value: DuckDBValue, zone: string): string {
  const { micros } = value as unknown as { micros: bigint }
  if (micros > MAX_MICROS || micros < -MAX_MICROS) return JSON.stringify(String(value))
  const below = ((micros % 1000n) + 1000n) % 1000n
  const text = new Date(Number((micros - below) / 1000n)).toISOString().slice(0, -1)
  return `"${text}${below === 0n ? '' : String(below).padStart(3, '0')}${zone}"`
}

/** Whether people expect a column of that type flush right. */
export function isNumeric(type: DuckDBType): boolean {
  return (
    ('width' in type && 'scale' in type) ||
    /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|BIGNUM|FLOAT|DOUBLE)$/.test(type.toString())
  )
}
