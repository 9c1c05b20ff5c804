import {
  type Alert,
  type AlertState,
  HISTORY_KEPT,
  NO_ALERTS,
  PENDING_KEPT,
  type ResolvedAlert,
} from './alert-state.js'

/**
 * Takes into the lake's state what was kept elsewhere while the lake was away: alerts of checks that it has none of, with
 * what was told of them, their end where they had one, and their messages that wait. Where both have one the lake's stays. Done
 * twice it does no more than once.
 */
export function adopt(state: AlertState, kept: AlertState): AlertState {
  const known = new Set([...state.alerts, ...state.history].map(({ id }) => id))
  const checks = new Map(state.alerts.map(alert => [checkOf(alert), alert]))
  const alerts = kept.alerts.filter(alert => {
    const ours = checks.get(checkOf(alert))
    // One that only waits here is open there, and was told.
    return !known.has(alert.id) && (ours === undefined || (ours.phase === 'waiting' && alert.phase === 'open'))
  })
  const history = kept.history.filter(({ id }) => !known.has(id))
  const taken = new Set([...alerts, ...history].map(({ id }) => id))
  const pending = kept.pending.filter(({ message }) => taken.has(message.alertId))
  if (taken.size === 0) return state
  const replaced = new Set(alerts.map(checkOf))
  return {
    ...state,
    alerts: [...state.alerts.filter(alert => !replaced.has(checkOf(alert))), ...alerts],
    history: [...state.history, ...history].sort(byEnd).slice(-HISTORY_KEPT),
    pending: [...state.pending, ...pending].slice(-PENDING_KEPT),
  }
}

/** Whether there is nothing in it that anybody would miss. */
export function isEmptyState({ alerts, history, pending }: AlertState): boolean {
  return alerts.length === 0 && history.length === 0 && pending.length === 0
}

/** What is left when the lake has taken it: how the channels are, so that one that fails is left alone as long here, too. */
export function emptied({ channels }: AlertState): AlertState {
  return { ...NO_ALERTS, channels }
}

function checkOf({ kind, subject }: Pick<Alert, 'kind' | 'subject'>): string {
  return `${kind} ${subject}`
}

function byEnd(a: ResolvedAlert, b: ResolvedAlert): number {
  return a.endedAt < b.endedAt ? -1 : a.endedAt > b.endedAt ? 1 : 0
}
