import type { ColumnType } from '../../model/column.js'
import type { Cell } from '../../ports/query-engine.js'

/** The range of ECMAScript time values, either side of 1970. */
const MAX_DATE_MS = 8_640_000_000_000_000n

/**
 * A cell as JSON text, by the mapping of `ndjson.gz`: int64 digit for digit, doubles with a point or an exponent,
 * decimals in quotes, instants as RFC 3339. Done here and not in SQL, where engines write numbers differently. Fields
 * of an object without a value are left out.
 */
export function cellJson(cell: Cell, type: ColumnType): string {
  if (cell === null) return 'null'
  switch (type.kind) {
    case 'json':
      return String(cell)
    case 'int32':
    case 'int64':
    case 'boolean':
      return String(cell)
    case 'double':
      return doubleJson(cell as number)
    case 'timestamp':
      return instantJson(cell as bigint)
    case 'list':
      return `[${(cell as readonly Cell[]).map(item => cellJson(item, type.element)).join(',')}]`
    case 'struct': {
      const values = cell as { readonly [field: string]: Cell }
      const members = type.fields.flatMap(({ name, type: inner }) => {
        const value = values[name] ?? null
        return value === null ? [] : [`${JSON.stringify(name)}:${cellJson(value, inner)}`]
      })
      return `{${members.join(',')}}`
    }
    default:
      return JSON.stringify(cell)
  }
}

function doubleJson(value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`
  if (Object.is(value, -0)) return '-0.0'
  const text = String(value)
  // Whole numbers from 1e21 on have their `e` already.
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? `${text}.0` : text
}

function instantJson(microseconds: bigint): string {
  const text = instantText(microseconds)
  return text.startsWith('{') ? text : `"${text}"`
}

/** RFC 3339 to the millisecond, which is what BSON dates are whole of; JSON of Extended JSON beyond what has a date. */
export function instantText(microseconds: bigint): string {
  const ms = microseconds / 1000n
  if (ms < -MAX_DATE_MS || ms > MAX_DATE_MS) return `{"$date":{"$numberLong":"${ms}"}}`
  return new Date(Number(ms)).toISOString()
}
