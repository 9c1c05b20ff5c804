import type { ColumnPath } from '../../../model/rule.js'
import { sparkName } from '../../../model/spark-text.js'
import type { Plan } from '../plan.js'

export const quote: (name: string) => string = sparkName

/** The relation as every statement has it. */
export const DATA = 'data'

/**
 * The value at a path without elements of lists. A field of no object is NULL. With the relation's name, which Spark takes
 * before the column of the same name that there may be.
 */
export function valueAt(path: ColumnPath): string {
  return fieldOf(DATA, path)
}

/** The value at a path within an object, or in a relation. */
export function fieldOf(object: string, path: ColumnPath): string {
  return [object, ...path.map(quote)].join('.')
}

/** Names that a statement gives to its own columns and relations, none of them a column of the data. */
export type OwnName = (suffix: string) => string

export function ownNames({ columns, references }: Plan): OwnName {
  const names = [columns, ...references.map(reference => reference.columns)].flat().map(({ name }) => name)
  let prefix = 'lf_'
  while (names.some(name => name.startsWith(prefix))) prefix += '_'
  return suffix => `${prefix}${suffix}`
}
