import type { Column, ColumnType } from '../../../model/column.js'
import type { ColumnPath } from '../../../model/rule.js'
import type { SqlDialect } from '../../../ports/query-engine.js'

/** The relation of the documents, as every statement has it. */
export const DATA = 'data'

/** Names that a statement gives to its own columns and relations, none of them a column of the data. */
export type OwnName = (suffix: string) => string

/**
 * How one engine says what the statements of this folder are made of. Pure: each takes expressions of that engine's SQL and
 * gives one; none knows a rule. What is the same on all engines is written out in the statements and is no word.
 */
export interface Words {
  /** Which of the texts of a rule with SQL of its own is meant. */
  readonly dialect: SqlDialect
  /** Types whose names differ. `text` is that of ids and JSON, too. */
  readonly types: { readonly int32: string; readonly timestamp: string; readonly text: string }

  /** A name as the engine's lookup sees it: equal for names that it takes for one. */
  sameName(name: string): string
  /** The value at a path, which has no elements of lists in it, in a relation. A field of no object is NULL. */
  column(relation: string, path: ColumnPath): string
  /** The value at a path within an object; the object itself when the path is empty. */
  field(object: string, path: ColumnPath): string

  /** A literal. NULs cannot be in a statement's text; contracts with one are refused. */
  text(text: string): string
  /** 0 to compare a whole number or a decimal of the type with. */
  zero(type: ColumnType): string

  /** {@link DATA} with what {@link misfit} needs of it. For FROM. */
  documents(columns: readonly Column[], own: OwnName): string
  /** The text of a top-level field's value that its column cannot hold; NULL when there is none, or null. In {@link documents}. */
  misfit(name: string, own: OwnName): string
  /** A column, for a SELECT list over {@link documents} that has to have one and may have no other. */
  someColumn(own: OwnName): string
  /** See `Dialect.given`. */
  given(rule: number): string | undefined
  /** A statement without rows, which fails where the condition is none over one document. */
  tried(condition: string, own: OwnName): string

  /** Whether a text matches a pattern, which is a portable one. */
  matches(value: string, pattern: string): string
  /** An instant as whole microseconds since 1970. */
  micros(instant: string): string

  /** How many items a list has. */
  size(list: string): string
  /** Of a list without nulls, each item once. */
  distinct(list: string): string
  /** The first items. */
  first(list: string, count: number): string
  /** Whether the condition, which is never NULL, holds of an item, which it knows by that name. NULL of no list. */
  some(list: string, item: string, condition: string): string
  /** The items that the condition holds of. */
  filter(list: string, item: string, condition: string): string
  /** The list of what each item gives. */
  each(list: string, item: string, value: string): string
  /** The lists that the items give, in one; NULLs among them are left out. */
  flat(list: string, item: string, lists: string): string
}
