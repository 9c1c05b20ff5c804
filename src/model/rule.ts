/**
 * The IR that a contract compiles to and every engine's SQL is made from.
 *
 * A field is in one of these states in a document: *missing* (not there), *null* (there, null), *wrong type* (there, the
 * column can't hold it: it is in `_misfit`), or *a value*. `type` is violated by wrong type; `required` by missing and
 * null. Every other rule looks at values only and passes over the rest (it does not count them as checked), except
 * where its comment says otherwise: a missing title is `required`'s to tell, not the pattern's.
 */
export type Severity = 'error' | 'warning' | 'info'

/** Names from the top, `['address', 'city']`; the last may be `[]`-less: rules on elements are `items` rules of 3 of 5. */
export type ColumnPath = readonly string[]

interface RuleBase {
  /** Unique within the contract and stable, `title.required`; set in the contract or made of column and kind. */
  readonly id: string
  readonly severity: Severity
  /** The reason told for each failing document: `Missing title`. */
  readonly message: string
  /** What the contract says of it, for people. */
  readonly description?: string
  /** Share of the checked documents that must satisfy it, 0 to 1, inclusive. 1: all. */
  readonly threshold: number
  /** The share must be above the threshold, not at it: `mustBeLessThan: 5` percent. Absent: inclusive. */
  readonly thresholdExclusive?: true
  /** Documents that may violate it at most, where the contract counts documents in place of a share. */
  readonly maxViolated?: number
}

interface ColumnRule extends RuleBase {
  readonly column: ColumnPath
}

/** Bounds are JSON numbers, or RFC 3339 text for timestamps. */
export type Bound = number | string

export type Rule =
  /** Checked: all documents; what is not there, or null, is of no wrong type. */
  | (ColumnRule & { readonly kind: 'type'; readonly expected: string })
  /**
   * Violated by missing and null. Checked: all documents; of a nested field, those whose object around it has a value:
   * whether that one must be there is its own rule's to say. The same goes for `notEmpty` and `notMissing`.
   */
  | (ColumnRule & { readonly kind: 'required' })
  /** Violated by missing, null, wrong type (no usable value), `''`, `[]`; `{}`-as-empty-struct is a value. */
  | (ColumnRule & { readonly kind: 'notEmpty' })
  /** Violated by missing, null and the values that stand for "nothing": `''`, `N/A`. */
  | (ColumnRule & { readonly kind: 'notMissing'; readonly values: readonly (string | number | boolean)[] })
  /** The whole text must match. As written in the contract, within the portable subset of `src/contract/pattern`. */
  | (ColumnRule & { readonly kind: 'pattern'; readonly pattern: string })
  | (ColumnRule & { readonly kind: 'minimum' | 'maximum'; readonly bound: Bound; readonly exclusive: boolean })
  /** In Unicode code points, inclusive. */
  | (ColumnRule & { readonly kind: 'minLength' | 'maxLength'; readonly bound: number })
  | (ColumnRule & { readonly kind: 'enum'; readonly values: readonly (string | number | boolean)[] })
  /** Number of elements, inclusive. */
  | (ColumnRule & { readonly kind: 'minItems' | 'maxItems'; readonly bound: number })
  /** Checked: documents with a value in every one of the columns (SQL's UNIQUE); each member of a group of equals is violated. */
  | (RuleBase & { readonly kind: 'unique'; readonly columns: readonly ColumnPath[] })
  /** At least one of the columns has a value that is not empty. Checked: all documents. */
  | (RuleBase & { readonly kind: 'anyOf'; readonly columns: readonly ColumnPath[] })
  /** About the data set, not a document: gives no violations of documents. Checked is 1. Inclusive bounds. */
  | (RuleBase & { readonly kind: 'rowCount'; readonly min?: number; readonly max?: number })

export type RuleKind = Rule['kind']

export function columnName(path: ColumnPath): string {
  return path.join('.')
}

/** The columns a rule is about, as they are written in results; `''` for a rule about the whole data set. */
export function ruleColumn(rule: Rule): string {
  if ('column' in rule) return columnName(rule.column)
  return 'columns' in rule ? rule.columns.map(columnName).join(', ') : ''
}
