import type { ColumnPath } from '../../../model/rule.js'
import type { Plan } from '../plan.js'
import { textLiteral } from './literal.js'

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** The value at a path without elements of lists. A field of no object is NULL. */
export function valueAt(path: ColumnPath): string {
  const [first = '', ...rest] = path
  return fieldOf(quote(first), rest)
}

/**
 * The value at a path within an object. Fields by `struct_extract` and not by `"a"."b"`, which DuckDB also reads as table
 * and column.
 */
export function fieldOf(object: string, path: ColumnPath): string {
  return path.reduce((value, name) => `struct_extract(${value}, ${textLiteral(name)})`, object)
}

/** Names that a statement gives to its own columns and relations, none of them a column of the data. */
export type OwnName = (suffix: string) => string

export function ownNames({ columns, references }: Plan): OwnName {
  const names = [columns, ...references.map(reference => reference.columns)]
    .flat()
    .map(({ name }) => name.toLowerCase())
  // DuckDB's names are equal whatever their case, and an alias may hide a column of the same name.
  let prefix = 'lf_'
  while (names.some(name => name.startsWith(prefix))) prefix += '_'
  return suffix => `${prefix}${suffix}`
}
