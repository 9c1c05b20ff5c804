import type { AlertMessage } from '../model/alert.js'
import type { CheckKind, CheckSeverity, CheckState } from '../model/check.js'

/**
 * `_lakeferry/alerts.json`: everything that is remembered of alerts, in one object, so that a pass reads and changes it by
 * one request each and every change is a compare-and-set of the whole. docs/lake-format.md describes it. Times are RFC 3339,
 * UTC; null is what there is not.
 */
export interface AlertState {
  readonly version: 1
  /** The newest pass that counted here. */
  readonly at: string | null
  /** One for each check that was not fine when it was last looked at, and for those whose end is still to be told. */
  readonly alerts: readonly Alert[]
  /** The newest last, at most {@link HISTORY_KEPT}. */
  readonly history: readonly ResolvedAlert[]
  readonly silences: readonly Silence[]
  /** Messages that a channel has not taken yet, the oldest first, at most {@link PENDING_KEPT}. */
  readonly pending: readonly PendingMessage[]
  /** Those that ever took or refused a message. */
  readonly channels: readonly ChannelRecord[]
  /** Earlier states that could not be read, and where they were put; the newest last. */
  readonly aside: readonly { readonly at: string; readonly key: string }[]
}

/** One check that is not fine, from when it was first seen so until its end was told. */
export interface Alert {
  /** Eight hex digits. */
  readonly id: string
  readonly kind: CheckKind
  readonly subject: string
  /** `waiting`: it has not lasted long enough to be told, or it is told within the alert about its cause. */
  readonly phase: 'waiting' | 'open'
  /** As it was last looked at and not fine. */
  readonly state: Exclude<CheckState, 'fine'>
  /** The worst of it and of what it is the cause of. */
  readonly severity: CheckSeverity
  readonly promised: string
  readonly seen: string
  readonly look: string
  readonly runId: string | null
  readonly since: string
  /** The first pass that did not find it fine. */
  readonly firstSeenAt: string
  /** The newest pass that looked at it. */
  readonly seenAt: string
  /** The first of the passes in a row that could not tell. */
  readonly unknownSince: string | null
  /** Id of the check whose alert it is told within. */
  readonly causedBy: string | null
  /** Ids of the checks that are told within it. */
  readonly affected: readonly string[]
  readonly openedAt: string | null
  /** Null as long as nobody was told that it is open. */
  readonly told: Told | null
  /** Messages so far. */
  readonly messages: number
  /** How often it came back soon after it was resolved. */
  readonly reopened: number
  /** When it was found to be fine, and that is not told yet: it may come back, or it is silenced. */
  readonly fineSince: string | null
  readonly ack: Acknowledgement | null
}

export interface Told {
  /** The last time. */
  readonly at: string
  /** The worst that was told since it was opened. */
  readonly severity: CheckSeverity
  /** Whether it was told to be wrong, not only that nobody could tell. */
  readonly wrong: boolean
}

export interface Acknowledgement {
  /** `user@machine`. */
  readonly by: string
  readonly at: string
  readonly note: string | null
}

export interface ResolvedAlert {
  readonly id: string
  readonly kind: CheckKind
  readonly subject: string
  readonly severity: CheckSeverity
  readonly promised: string
  /** As it was last seen before its end. */
  readonly seen: string
  readonly since: string
  readonly endedAt: string
  /** `fine`: it was looked at and found so. `gone`: nobody looks at it any more. */
  readonly end: 'fine' | 'gone'
  readonly lastedSeconds: number
  /** Whether anybody was told; not when it came and went while it was silenced. */
  readonly told: boolean
  readonly messages: number
  readonly reopened: number
  readonly ack: Acknowledgement | null
}

/** Planned work: what it covers is not told. */
export interface Silence {
  /** Eight hex digits. */
  readonly id: string
  /** Empty: all of them, and what is no dataset's. */
  readonly datasets: readonly string[]
  /** Null: every kind. */
  readonly kind: CheckKind | null
  /** Inclusive. */
  readonly from: string
  /** Exclusive. */
  readonly until: string
  readonly reason: string
  /** `user@machine`. */
  readonly by: string
}

/** One message on its way to one channel. */
export interface PendingMessage {
  readonly message: AlertMessage
  /** Name of the channel. */
  readonly channel: string
  /** Who is sending it, and until when nobody else does. Null: nobody. */
  readonly claim: { readonly by: string; readonly until: string } | null
}

export interface ChannelRecord {
  readonly name: string
  /** When it last took a message. */
  readonly sentAt: string | null
  /** Passes in a row in which it did not take one. */
  readonly failures: number
  readonly failingSince: string | null
  /** Code and message of the last failure, without secrets. */
  readonly error: { readonly code: string; readonly message: string } | null
  /** Not tried before. */
  readonly nextAt: string | null
  /** Messages that were given up since it last took one. */
  readonly givenUp: number
}

export const HISTORY_KEPT = 100
export const PENDING_KEPT = 500
/** Of states that could not be read. */
export const ASIDE_KEPT = 5

export const NO_ALERTS: AlertState = {
  version: 1,
  at: null,
  alerts: [],
  history: [],
  silences: [],
  pending: [],
  channels: [],
  aside: [],
}
