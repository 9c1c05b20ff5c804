import type { Condition } from './condition.js'

/**
 * The IR that a contract compiles to and every engine's SQL is made from.
 *
 * A field is in one of these states in a document: *missing* (not there), *null* (there, null), *wrong type* (there, the
 * column can't hold it: it is in `_misfit`), or *a value*. `type` is violated by wrong type; `required` by missing and
 * null. Every other rule looks at values only and passes over the rest (it does not count them as checked), except
 * where its comment says otherwise: a missing title is `required`'s to tell, not the pattern's.
 *
 * Counts are of documents, for elements of arrays too: a rule about `reviews[].rating` is checked in a document when
 * one element or more is to be looked at, and violated when one or more of those do not satisfy it.
 */
export type Severity = 'error' | 'warning' | 'info'

/** Names from the top, `['address', 'city']`. {@link EACH} stands for every element of the list before it. */
export type ColumnPath = readonly string[]

/** `['reviews', EACH, 'rating']`, written `reviews[].rating`. No field of a contract may have this name. */
export const EACH = '[]'

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
  /** Only documents for which it holds are checked. Not on rules about the whole data set, but for `rowCount`. */
  readonly where?: Condition
}

interface ColumnRule extends RuleBase {
  readonly column: ColumnPath
}

/** Bounds are JSON numbers, or RFC 3339 text for timestamps. */
export type Bound = number | string

/** SQL of one's own, for each dialect that it was written in; a rule cannot run on an engine that is not among them. */
export type SqlByDialect = Readonly<Partial<Record<'duckdb' | 'spark', string>>>

/** `between` and `notBetween` have both ends included. */
export type NumberBound =
  | {
      readonly operator: 'equal' | 'notEqual' | 'above' | 'atLeast' | 'below' | 'atMost'
      readonly value: number
    }
  | { readonly operator: 'between' | 'notBetween'; readonly from: number; readonly to: number }

export type Rule =
  /** Checked: all documents; what is not there, or null, is of no wrong type. */
  | (ColumnRule & { readonly kind: 'type'; readonly expected: string })
  /**
   * Violated by missing and null. Checked: all documents; of a nested field, those whose object around it has a value:
   * whether that one must be there is its own rule's to say; of an element, those with an element. The same goes for
   * `notEmpty` and `notMissing`.
   */
  | (ColumnRule & { readonly kind: 'required' })
  /** Violated by missing, null, wrong type (no usable value), `''`, `[]`; `{}`-as-empty-struct is a value. */
  | (ColumnRule & { readonly kind: 'notEmpty' })
  /** Violated by missing, null and the values that stand for "nothing": `''`, `N/A`. */
  | (ColumnRule & { readonly kind: 'notMissing'; readonly values: readonly (string | number | boolean)[] })
  /** The whole text must match. As written in the contract, within the portable subset of `src/contract/pattern`. */
  | (ColumnRule & { readonly kind: 'pattern'; readonly pattern: string })
  | (ColumnRule & { readonly kind: 'minimum' | 'maximum'; readonly bound: Bound; readonly exclusive: boolean })
  /** Of int32, int64 and decimal columns; the bound is above 0, and whole but for decimals. */
  | (ColumnRule & { readonly kind: 'multipleOf'; readonly bound: number })
  /** In Unicode code points, inclusive. */
  | (ColumnRule & { readonly kind: 'minLength' | 'maxLength'; readonly bound: number })
  | (ColumnRule & { readonly kind: 'enum'; readonly values: readonly (string | number | boolean)[] })
  /** Number of elements, inclusive. */
  | (ColumnRule & { readonly kind: 'minItems' | 'maxItems'; readonly bound: number })
  /** No two elements of a list of texts, whole numbers, booleans, decimals or instants are equal; nulls are passed over. */
  | (ColumnRule & { readonly kind: 'uniqueItems' })
  /** Checked: documents with a value in every one of the columns (SQL's UNIQUE); each member of a group of equals is violated. */
  | (RuleBase & { readonly kind: 'unique'; readonly columns: readonly ColumnPath[] })
  /**
   * Checked: documents with a value in every one of the columns; violated when no document of the other dataset's run
   * of the same cycle has the same values. `to` is in the order of `columns`, and of types that compare.
   */
  | (RuleBase & {
      readonly kind: 'foreignKey'
      readonly columns: readonly ColumnPath[]
      readonly dataset: string
      readonly to: readonly ColumnPath[]
    })
  /** At least one of the columns has a value that is not empty. Checked: all documents. */
  | (RuleBase & { readonly kind: 'anyOf'; readonly columns: readonly ColumnPath[] })
  /** `columns[0] operator columns[1]`, of one type. Checked: documents with a value in both; NaN satisfies nothing. */
  | (RuleBase & {
      readonly kind: 'compare'
      readonly columns: readonly ColumnPath[]
      readonly operator: '<' | '<=' | '=' | '<>' | '>=' | '>'
    })
  /**
   * A condition in SQL of one's own over one document; NULL does not satisfy it. Checked: all documents (that `where` leaves).
   * `columns` are those it is told under, none or more.
   */
  | (RuleBase & { readonly kind: 'condition'; readonly columns: readonly ColumnPath[]; readonly sql: SqlByDialect })
  /** About the data set, not a document: gives no violations of documents. Checked is 1. Inclusive bounds. */
  | (RuleBase & { readonly kind: 'rowCount'; readonly min?: number; readonly max?: number })
  /**
   * About the data set: documents against the newest earlier run of the lake; shares of that run's count, inclusive.
   * Checked is 0 when there is no earlier run, or it had no documents; else 1.
   */
  | (RuleBase & { readonly kind: 'rowCountChange'; readonly maxDecrease?: number; readonly maxIncrease?: number })
  /**
   * About the data set: the newest instant in a timestamp column is at most so many seconds before the run began.
   * Violated when no document has one. Checked is 1.
   */
  | (ColumnRule & { readonly kind: 'freshness'; readonly seconds: number })
  /** About the data set: a query of one's own that gives one number; NULL or no row does not satisfy it. Checked is 1. */
  | (RuleBase & { readonly kind: 'sql'; readonly sql: SqlByDialect; readonly bounds: readonly NumberBound[] })

export type RuleKind = Rule['kind']

/** Rules about the whole data set: they give no violations of documents. */
export const DATASET_KINDS: readonly ['rowCount', 'rowCountChange', 'freshness', 'sql'] = [
  'rowCount',
  'rowCountChange',
  'freshness',
  'sql',
]

export function columnName(path: ColumnPath): string {
  return path.join('.').replaceAll(`.${EACH}`, EACH)
}

/** The columns a rule is about, as they are written in results; `''` for a rule about the whole data set. */
export function ruleColumn(rule: Rule): string {
  if ('column' in rule) return columnName(rule.column)
  return 'columns' in rule ? rule.columns.map(columnName).join(', ') : ''
}
