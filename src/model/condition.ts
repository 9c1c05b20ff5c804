import type { Bound, ColumnPath } from './rule.js'

/**
 * Which documents a rule is about. Every condition is true or false of every document, never unknown: a test holds of a
 * document that has a value there and satisfies it, so `not` of it holds where there is no value.
 */
export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | { readonly test: ConditionTest }

interface Test {
  /** Without elements of lists. */
  readonly column: ColumnPath
}

/** The bodies of rules of the same kinds; `present` holds of anything but missing and null. */
export type ConditionTest =
  | (Test & { readonly kind: 'present' })
  | (Test & { readonly kind: 'notEmpty' })
  | (Test & { readonly kind: 'pattern'; readonly pattern: string })
  | (Test & { readonly kind: 'minimum' | 'maximum'; readonly bound: Bound; readonly exclusive: boolean })
  | (Test & { readonly kind: 'minLength' | 'maxLength' | 'minItems' | 'maxItems'; readonly bound: number })
  | (Test & { readonly kind: 'enum'; readonly values: readonly (string | number | boolean)[] })
