import type { ConditionRule, ForeignKeyRule, Plan, SqlRule, UniqueRule } from './plan.js'

/**
 * Writes the statements of a validation in one engine's SQL. They read the relation `data`, and those of
 * `plan.references`; their SELECT lists are the agreement with `../read/`, the same for every engine, and their types are
 * in `cells.ts`. No statement gives an undetermined order or a float sum.
 *
 * `where` of a rule goes before everything: a document for which it does not hold is neither checked nor violated by the
 * rule, nor is its key among those that a unique rule compares.
 */
export interface Dialect {
  /**
   * Name of the parameter of `violations` and `rows` that has to be TRUE when a document violates the rule in that place of
   * `plan.documentRules`, and may be FALSE when none does. Undefined where they are written only once that is known.
   */
  given(rule: number): string | undefined
  /**
   * One row, from one scan: `documents`; `checked` and `violated` of each of `plan.rowRules`; the documents for which `where`
   * of each of `plan.countRules` holds; the newest instant of each of `plan.freshnessRules`, in microseconds since 1970,
   * or null.
   */
  facts(plan: Plan): string
  /** One row: `checked`, `violated`. */
  unique(plan: Plan, rule: UniqueRule): string
  /** One row: `checked`, `violated`. */
  foreignKey(plan: Plan, rule: ForeignKeyRule): string
  /** No row, whatever is in `data`: it fails where the rule's own SQL is no condition over `data`, so that the rule can be named. */
  condition(plan: Plan, rule: ConditionRule): string
  /**
   * One row with what the rule's own SQL gives: the engine's name of the type, and the value as the engine's text; both
   * or the value null when that is NULL or there is no row. Fails when there is more than one row or column.
   */
  sql(plan: Plan, rule: SqlRule): string
  /**
   * A row for each failing document, by `_id` in the order of its UTF-8 bytes: `_id`; `_misfit` where a rule that may
   * look into it is violated; a text with a `1` or `0` for each of `plan.documentRules`; the value of each of
   * `plan.valuePaths` where a rule about it is violated, long texts and lists cut; of each of `plan.elementRules`, where it is
   * violated, the list of what does not satisfy it, in order, cut likewise.
   */
  violations(plan: Plan): string
  /**
   * A row for each document, by `_id`: `_id`, the key's columns, then for each of `plan.statusColumns` the index in
   * `plan.documentRules` of the first rule violated, or null.
   */
  rows(plan: Plan): string
}
