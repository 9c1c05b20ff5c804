import type { AlertEvent, AlertMessage } from '../model/alert.js'
import { type AlertSettings, REOPENED_WITHIN_SECONDS } from './alert-settings.js'
import type { Alert, ResolvedAlert, Told } from './alert-state.js'
import { alertTitle } from './alert-title.js'
import { elapsedSeconds, lastedSeconds } from './elapsed.js'

/** An alert, and what is told of it now, if anything. */
export interface Telling {
  readonly alert: Alert
  readonly message?: AlertMessage
}

/** Opens it; with one of the same check that ended a moment ago, that one again. */
export function open(alert: Alert, earlier: ResolvedAlert | undefined, at: string): Alert {
  const opened: Alert = { ...alert, phase: 'open', openedAt: at }
  if (earlier === undefined) return opened
  const { id, messages, reopened } = earlier
  return { ...opened, id, messages, reopened: reopened + 1 }
}

/** Whether what ended so is the same alert when it comes back now. */
export function isSameAgain({ endedAt, end }: ResolvedAlert, at: string): boolean {
  return end === 'fine' && elapsedSeconds(endedAt, at) < REOPENED_WITHIN_SECONDS
}

/**
 * What there is to tell of an open alert that is not fine: that it is open; that it has become worse, which nobody has
 * acknowledged then; that it lasts.
 */
export function tellOpen(alert: Alert, at: string, settings: AlertSettings): Telling {
  const { told, ack } = alert
  if (told === null) return tell(alert, 'opened', at, settings)
  if (isWorse(alert, told)) return tell({ ...alert, ack: null }, 'reminded', at, settings)
  const due = elapsedSeconds(told.at, at) >= settings.reminderSeconds
  return due && ack === null ? tell(alert, 'reminded', at, settings) : { alert }
}

/** Compared with the worst that was told, so that what goes up and down is told once. */
function isWorse({ severity, state }: Alert, told: Told): boolean {
  return (severity === 'critical' && told.severity === 'warning') || (state === 'wrong' && !told.wrong)
}

/** @param seen - as it is now, or why it is over */
export function tellResolved(alert: Alert, seen: string, at: string, settings: AlertSettings): AlertMessage {
  return messageOf({ ...alert, seen, messages: alert.messages + 1 }, 'resolved', at, settings)
}

export function resolved(alert: Alert, end: ResolvedAlert['end'], at: string): ResolvedAlert {
  const { id, kind, subject, severity, promised, seen, since, messages, reopened, told, fineSince, ack } = alert
  const endedAt = fineSince ?? at
  return {
    ...{ id, kind, subject, severity, promised, seen, since, endedAt, end },
    lastedSeconds: lastedSeconds(since, endedAt),
    told: told !== null,
    messages: told === null ? messages : messages + 1,
    ...{ reopened, ack },
  }
}

function tell(before: Alert, event: 'opened' | 'reminded', at: string, settings: AlertSettings): Telling {
  const { told, severity, state } = before
  const worst = told?.severity === 'critical' ? 'critical' : severity
  const alert: Alert = {
    ...before,
    messages: before.messages + 1,
    told: { at, severity: worst, wrong: told?.wrong === true || state === 'wrong' },
  }
  return { alert, message: messageOf(alert, event, at, settings) }
}

/** Its id is made of the alert's and of the number of the message, so that whoever tells the same gives it the same. */
function messageOf(alert: Alert, event: AlertEvent, at: string, { lake }: AlertSettings): AlertMessage {
  const { id, kind, severity, promised, seen, since, affected, look, runId, messages, fineSince } = alert
  return {
    id: `${id}-${messages}`,
    event,
    alertId: id,
    ...{ kind, severity, title: alertTitle(alert), promised, seen, since, at },
    ...(event === 'opened' ? {} : { lastedSeconds: lastedSeconds(since, fineSince ?? at) }),
    ...{ affected, look },
    ...(runId === null ? {} : { runId }),
    lake,
  }
}
