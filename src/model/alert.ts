import type { CheckKind, CheckSeverity } from './check.js'

/** In its life an alert is opened once, reminded of for as long as it lasts, and resolved once. */
export type AlertEvent = 'opened' | 'reminded' | 'resolved'

/** What is told through every channel. Nothing in it is a secret. */
export interface AlertMessage {
  /** Of this message; the same when it is sent again, so that a receiver can tell a repetition. */
  readonly id: string
  readonly event: AlertEvent
  /** Of the alert, the same from its opening to its resolution; for `lakeferry alerts ack`. */
  readonly alertId: string
  readonly kind: CheckKind
  readonly severity: CheckSeverity
  /** One line: `papers is stale`. */
  readonly title: string
  /** What was promised and what was seen, as phrases. */
  readonly promised: string
  readonly seen: string
  /** RFC 3339, UTC. */
  readonly since: string
  readonly at: string
  /** With `reminded` and `resolved`: how long it has lasted, or lasted. Whole seconds. */
  readonly lastedSeconds?: number
  /** What else has the same cause: ids of checks, `freshness papers`. */
  readonly affected: readonly string[]
  /** The command or address to look at. */
  readonly look: string
  readonly runId?: string
  /** The lake that it is about, without secrets. */
  readonly lake: string
}
