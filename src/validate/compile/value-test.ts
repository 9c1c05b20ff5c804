import type { Bound } from '../../model/rule.js'

/** What rules and conditions ask of one value that is there: their bodies without the column. */
export type ValueTest =
  | { readonly kind: 'pattern'; readonly pattern: string }
  | { readonly kind: 'minimum' | 'maximum'; readonly bound: Bound; readonly exclusive: boolean }
  | { readonly kind: 'multipleOf' | 'minLength' | 'maxLength' | 'minItems' | 'maxItems'; readonly bound: number }
  | { readonly kind: 'enum'; readonly values: readonly (string | number | boolean)[] }
  | { readonly kind: 'uniqueItems' }
