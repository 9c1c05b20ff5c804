import { type ColumnType, ID_COLUMN } from '../../../model/column.js'
import type { ColumnPath } from '../../../model/rule.js'
import { type Scope, valueAt } from './scope.js'
import type { Words } from './words.js'

/**
 * What is known of a field in a document. A column is NULL for three reasons, and `_misfit` tells them apart: no such
 * key there, missing; the key with null, null; the key with a value, of a wrong type. Taking the key's value as text is
 * NULL in the first two on every engine, which is all that the rules need. None of these conditions is ever NULL.
 */
export function hasValue(path: ColumnPath, scope: Scope): string {
  return `${valueAt(path, scope)} IS NOT NULL`
}

export function noValue(path: ColumnPath, scope: Scope): string {
  return `${valueAt(path, scope)} IS NULL`
}

/**
 * There, and not what the column holds. The column is NULL then and need not be read: that spares the long texts which
 * no other rule looks at. What is wrong within an object makes the whole top-level field a misfit.
 */
export function wrongType(path: ColumnPath, { words, own }: Scope): string {
  return path[0] === ID_COLUMN ? 'FALSE' : `${words.misfit(path[0]!, own)} IS NOT NULL`
}

/** Not there, or there and null; a value of a wrong type is neither. */
export function absent(path: ColumnPath, scope: Scope): string {
  const [top = '', ...rest] = path
  if (top === ID_COLUMN) return 'FALSE'
  const none = noValue(path, scope)
  return rest.length > 0 ? none : `(${none} AND ${scope.words.misfit(top, scope.own)} IS NULL)`
}

/** No text, no list or an empty one. JSON columns hold the text of `""` and `[]`. An object is never empty. */
export function empty(value: string, type: ColumnType, words: Words): string {
  switch (type.kind) {
    case 'string':
    case 'objectId':
      return `(${value} IS NULL OR ${value} = '')`
    case 'json':
      return `(${value} IS NULL OR ${value} IN ('""', '[]'))`
    case 'list':
      return `(${value} IS NULL OR ${words.size(value)} = 0)`
    default:
      return `(${value} IS NULL)`
  }
}

/** The object around a nested field has a value; nothing to ask of a top-level field. */
export function within(path: ColumnPath, scope: Scope): string | undefined {
  return path.length > 1 ? hasValue(path.slice(0, -1), scope) : undefined
}
