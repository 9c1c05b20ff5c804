import type { Plan, UniqueRule } from './plan.js'

/**
 * Writes the statements of a validation in one engine's SQL. All of them read the relation `data`; their SELECT lists
 * are the agreement with `../read/`, the same for every engine. No statement gives an undetermined order or a float sum.
 */
export interface Dialect {
  /** One row, from one scan: `documents`, then `checked` and `violated` of each of `plan.rowRules`. */
  facts(plan: Plan): string
  /** One row: `checked`, `violated`. */
  unique(plan: Plan, rule: UniqueRule): string
  /**
   * A row for each failing document, by `_id` in the order of its UTF-8 bytes: `_id`; `_misfit` where a rule that may
   * look into it is violated; a text with a `1` or `0` for each of `plan.documentRules`; the value of each of
   * `plan.valuePaths` where a rule about it is violated, long texts and lists cut.
   */
  violations(plan: Plan): string
  /**
   * A row for each document, by `_id`: `_id`, the key's columns, then for each of `plan.statusColumns` the index in
   * `plan.documentRules` of the first rule violated, or null.
   */
  rows(plan: Plan): string
}
