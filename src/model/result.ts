import type { RuleKind, Severity } from './rule.js'
import type { RunId } from './run-id.js'

/** `error` is no member: a validation that could not run writes no result. */
export type RuleStatus = 'pass' | 'fail'
/** `fail`: a rule of severity `error` failed. `warn`: only rules of severity `warning` did; `info` never changes it. */
export type ResultStatus = 'pass' | 'warn' | 'fail'

export interface RuleResult {
  readonly id: string
  readonly kind: RuleKind
  /** `title`, `address.city`; several joined by `, `; empty for a rule about the data set. */
  readonly column: string
  readonly severity: Severity
  readonly message: string
  /** What the contract says of the rule, when it does. */
  readonly description?: string
  /** As in the contract's rule: share that must satisfy it, whether at it is not enough, documents that may violate it. */
  readonly threshold: number
  readonly thresholdExclusive?: true
  readonly maxViolated?: number
  /** Which documents it is about, as text: `status is one of Oral, Poster`. Absent: all. */
  readonly where?: string
  /** Of a rule about the data set: what was found, as text. `"8623"`, `"-0.25"`, `"2026-11-22T02:00:00.000Z"`. */
  readonly observed?: string
  /** Documents that the rule applied to. */
  readonly checked: number
  readonly violated: number
  readonly status: RuleStatus
}

/**
 * `result.json`: canonical (RFC 8785), equal to the byte whichever engine made it. No engine, host, time or duration:
 * those are in `execution.json`. Schema: `schema/result.schema.json`.
 */
export interface ValidationResult {
  readonly version: 1
  readonly dataset: string
  readonly runId: RunId
  readonly contract: { readonly id: string; readonly version: string; readonly fingerprint: string }
  readonly status: ResultStatus
  /** Documents in the parts. */
  readonly documents: number
  /** Documents that violate a rule of severity `error`; and any rule. */
  readonly failingDocuments: { readonly error: number; readonly any: number }
  readonly rules: readonly RuleResult[]
  readonly violations: { readonly count: number; readonly keys: readonly string[] }
  /** The other runs that the rules looked at: those that foreign keys point into, and the one before. */
  readonly references?: readonly { readonly dataset: string; readonly runId: RunId }[]
}

/** One line of `violations/`: sorted by `_id`, then by the rule's place in the contract; binary order of UTF-8. */
export interface Violation {
  /** As in the `_id` column. */
  readonly _id: string
  readonly rule: string
  readonly column: string
  /** The value as JSON text, cut at {@link MAX_VIOLATION_VALUE} characters with `…`; null when there is none. */
  readonly value: string | null
  readonly reason: string
}

/** Keeps a 16 MB abstract out of the violations. In code points. */
export const MAX_VIOLATION_VALUE = 200

/** `execution.json`: what is true of this one time the result was made. */
export interface Execution {
  readonly version: 1
  readonly engine: string
  readonly engineVersion: string
  readonly tool: string
  readonly startedAt: string
  readonly seconds: number
  readonly host: string
  /** What the engine tells of its work: the job's id, the cluster, what it cost; `reason`, where `engine.kind: auto` chose it. */
  readonly facts?: Readonly<Record<string, string | number>>
  /** The objects of `rows/`, where rows were asked for. */
  readonly rows?: readonly string[]
}

export function resultStatus(rules: readonly RuleResult[]): ResultStatus {
  const failed = rules.filter(rule => rule.status === 'fail')
  if (failed.some(rule => rule.severity === 'error')) return 'fail'
  return failed.some(rule => rule.severity === 'warning') ? 'warn' : 'pass'
}
