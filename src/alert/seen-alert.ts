import { type Check, checkId } from '../model/check.js'
import { shortId } from './alert-id.js'
import {
  type AlertSettings,
  CHANNEL_PATIENCE_SECONDS,
  NONE_IS_TOLD,
  UNKNOWN_PATIENCE_SECONDS,
} from './alert-settings.js'
import type { Alert } from './alert-state.js'
import { elapsedSeconds } from './elapsed.js'

/** A check that was looked at and is not fine. */
export type FoundCheck = Check & { readonly state: Alert['state'] }

/** The record of a check that was fine, or not known, until now. @param taken - ids of other alerts */
export function newAlert(check: FoundCheck, at: string, taken: ReadonlySet<string>): Alert {
  const { kind, subject } = check
  return {
    id: shortId(checkId(check), at, taken),
    kind,
    subject,
    phase: 'waiting',
    ...lookOf(check),
    since: sinceOf(check, at, at),
    firstSeenAt: at,
    seenAt: at,
    unknownSince: check.state === 'unknown' ? at : null,
    causedBy: null,
    affected: [],
    openedAt: null,
    told: null,
    messages: 0,
    reopened: 0,
    fineSince: null,
    ack: null,
  }
}

/** As it is seen in this pass. Once it is open it keeps the time since when it has been so. */
export function seenAgain(alert: Alert, check: FoundCheck, at: string): Alert {
  return {
    ...alert,
    ...lookOf(check),
    since: alert.phase === 'open' ? alert.since : sinceOf(check, alert.firstSeenAt, at),
    seenAt: at,
    unknownSince: check.state === 'unknown' ? (alert.unknownSince ?? at) : null,
    fineSince: null,
  }
}

function lookOf({
  state,
  severity,
  promised,
  seen,
  look,
  runId,
}: FoundCheck): Pick<Alert, 'state' | 'severity' | 'promised' | 'seen' | 'look' | 'runId'> {
  return { state, severity, promised, seen, look, runId: runId ?? null }
}

/** What the check says itself, unless that is yet to come. */
function sinceOf({ since }: Check, firstSeenAt: string, at: string): string {
  return since !== undefined && Date.parse(since) <= Date.parse(at) ? since : firstSeenAt
}

/** Whether it has lasted long enough to be told. */
export function isDue({ kind, state, firstSeenAt, unknownSince }: Alert, at: string, settings: AlertSettings): boolean {
  switch (state) {
    case 'unknown':
      return elapsedSeconds(unknownSince ?? firstSeenAt, at) >= UNKNOWN_PATIENCE_SECONDS
    case 'none':
      return NONE_IS_TOLD.has(kind) && elapsedSeconds(firstSeenAt, at) >= settings.graceSeconds
    case 'wrong':
      return kind !== 'channel' || elapsedSeconds(firstSeenAt, at) >= CHANNEL_PATIENCE_SECONDS
  }
}
