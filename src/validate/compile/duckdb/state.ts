import { type ColumnType, ID_COLUMN, MISFIT_COLUMN } from '../../../model/column.js'
import type { ColumnPath } from '../../../model/rule.js'
import { quote, valueAt } from './identifier.js'
import { textLiteral } from './literal.js'

/**
 * What is known of a field in a document. A column is NULL for three reasons, and `_misfit` tells them apart: no such
 * key there, missing; the key with null, null; the key with a value, of a wrong type. Taking the key's value as text is
 * NULL in the first two, here and in Spark's `get_json_object`, which is all that the rules need. None of these
 * conditions is ever NULL.
 */
export function hasValue(path: ColumnPath): string {
  return `${valueAt(path)} IS NOT NULL`
}

export function noValue(path: ColumnPath): string {
  return `${valueAt(path)} IS NULL`
}

/**
 * There, and not what the column holds. The column is NULL then and need not be read: that spares the long texts which
 * no other rule looks at. What is wrong within an object makes the whole top-level field a misfit.
 */
export function wrongType(path: ColumnPath): string {
  return path[0] === ID_COLUMN ? 'FALSE' : `${misfitText(path[0]!)} IS NOT NULL`
}

/** Not there, or there and null; a value of a wrong type is neither. */
export function absent(path: ColumnPath): string {
  const [top = '', ...rest] = path
  if (top === ID_COLUMN) return 'FALSE'
  return rest.length > 0 ? noValue(path) : `(${noValue(path)} AND ${misfitText(top)} IS NULL)`
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
      return `(${value} IS NULL OR len(${value}) = 0)`
    default:
      return `(${value} IS NULL)`
  }
}

/** The object around a nested field has a value; nothing to ask of a top-level field. */
export function within(path: ColumnPath): string | undefined {
  return path.length > 1 ? hasValue(path.slice(0, -1)) : undefined
}

/** By JSON Pointer (RFC 6901), which takes any name; a path would take `a.b` apart. */
function misfitText(name: string): string {
  const pointer = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
  return `json_extract_string(${quote(MISFIT_COLUMN)}, ${textLiteral(pointer)})`
}
