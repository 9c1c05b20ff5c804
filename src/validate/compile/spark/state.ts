import { type ColumnType, ID_COLUMN } from '../../../model/column.js'
import type { ColumnPath } from '../../../model/rule.js'
import { misfitText } from './data-relation.js'
import { type OwnName, valueAt } from './identifier.js'

/**
 * What is known of a field in a document, as in `../duckdb/state.ts`: missing, null, of a wrong type, or a value. None of
 * these conditions is ever NULL.
 */
export function hasValue(path: ColumnPath): string {
  return `${valueAt(path)} IS NOT NULL`
}

export function noValue(path: ColumnPath): string {
  return `${valueAt(path)} IS NULL`
}

/** There, and not what the column holds. What is wrong within an object makes the whole top-level field a misfit. */
export function wrongType(path: ColumnPath, own: OwnName): string {
  return path[0] === ID_COLUMN ? 'FALSE' : `${misfitText(path[0]!, own)} IS NOT NULL`
}

/** Not there, or there and null; a value of a wrong type is neither. */
export function absent(path: ColumnPath, own: OwnName): string {
  const [top = '', ...rest] = path
  if (top === ID_COLUMN) return 'FALSE'
  return rest.length > 0 ? noValue(path) : `(${noValue(path)} AND ${misfitText(top, own)} IS NULL)`
}

/** No text, no list or an empty one. JSON columns hold the text of `""` and `[]`. An object is never empty. */
export function empty(value: string, type: ColumnType): string {
  switch (type.kind) {
    case 'string':
    case 'objectId':
      return `(${value} IS NULL OR ${value} = '')`
    case 'json':
      return `(${value} IS NULL OR ${value} IN ('""', '[]'))`
    case 'list':
      return `(${value} IS NULL OR size(${value}) = 0)`
    default:
      return `(${value} IS NULL)`
  }
}

/** The object around a nested field has a value; nothing to ask of a top-level field. */
export function within(path: ColumnPath): string | undefined {
  return path.length > 1 ? hasValue(path.slice(0, -1)) : undefined
}
