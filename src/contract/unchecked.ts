import type { Column } from '../model/column.js'
import type { Contract } from '../model/contract.js'
import { type ColumnPath, columnName, type Rule } from '../model/rule.js'

/**
 * The columns that no rule says anything of beyond their type, in the contract's order: `title`, `venue.city`. A list is
 * checked as soon as something is asked of it or of its elements.
 */
export function uncheckedColumns({ columns, rules }: Pick<Contract, 'columns' | 'rules'>): readonly string[] {
  const asked = rules.filter(({ kind }) => kind !== 'type').flatMap(pathsOf)
  return leaves(columns, [])
    .filter(leaf => !asked.some(path => leaf.every((step, at) => path[at] === step)))
    .map(columnName)
}

function pathsOf(rule: Rule): readonly ColumnPath[] {
  if ('column' in rule) return [rule.column]
  return 'columns' in rule ? rule.columns : []
}

function leaves(columns: readonly Column[], around: ColumnPath): readonly ColumnPath[] {
  return columns.flatMap(({ name, type }) =>
    type.kind === 'struct' ? leaves(type.fields, [...around, name]) : [[...around, name]],
  )
}
