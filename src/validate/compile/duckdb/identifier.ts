import type { Column } from '../../../model/column.js'
import type { ColumnPath } from '../../../model/rule.js'
import { textLiteral } from './literal.js'

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/**
 * The value at a path. Fields by `struct_extract` and not by `"a"."b"`, which DuckDB also reads as table and column.
 * A field of no object is NULL.
 */
export function valueAt(path: ColumnPath): string {
  const [first = '', ...rest] = path
  return rest.reduce((value, name) => `struct_extract(${value}, ${textLiteral(name)})`, quote(first))
}

/** Names that a statement gives to its own columns and relations, none of them a column of the data. */
export type OwnName = (suffix: string) => string

export function ownNames(columns: readonly Column[]): OwnName {
  // DuckDB's names are equal whatever their case, and an alias may hide a column of the same name.
  let prefix = 'lf_'
  while (columns.some(column => column.name.toLowerCase().startsWith(prefix))) prefix += '_'
  return suffix => `${prefix}${suffix}`
}
