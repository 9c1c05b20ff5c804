import type { ColumnPath } from '../../../model/rule.js'
import type { Plan } from '../plan.js'
import { DATA, type OwnName, type Words } from './words.js'

/** What a statement is written with: an engine's words, what it is about, and names of its own. */
export interface Scope {
  readonly words: Words
  readonly plan: Plan
  readonly own: OwnName
}

export function scopeOf(words: Words, plan: Plan): Scope {
  const columns = [plan.columns, ...plan.references.map(reference => reference.columns)].flat()
  const names = columns.map(({ name }) => words.sameName(name))
  let prefix = 'lf_'
  while (names.some(name => name.startsWith(prefix))) prefix += '_'
  return { words, plan, own: suffix => `${prefix}${suffix}` }
}

/** The documents of the run. For FROM. */
export function documents({ words, plan, own }: Scope): string {
  return words.documents(plan.columns, own)
}

/** The value at a path without elements of lists. A field of no object is NULL. */
export function valueAt(path: ColumnPath, { words }: Scope): string {
  return words.column(DATA, path)
}
