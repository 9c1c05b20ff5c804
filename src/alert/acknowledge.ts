import { LakeferryError } from '../errors.js'
import type { Acknowledgement, Alert, AlertState } from './alert-state.js'

/**
 * Somebody has seen it: no reminders until it is over or gets worse. Said again, the newer word holds.
 *
 * @param id - of an open alert, or the beginning of one that no other has
 * @throws {@link LakeferryError} `ALERT_UNKNOWN`
 */
export function acknowledge(
  state: AlertState,
  id: string,
  ack: Acknowledgement,
): { readonly state: AlertState; readonly alert: Alert } {
  const open = state.alerts.filter(({ phase }) => phase === 'open')
  const meant = open.filter(alert => id !== '' && alert.id.startsWith(id))
  const found = meant.find(alert => alert.id === id) ?? (meant.length === 1 ? meant[0] : undefined)
  if (found === undefined)
    throw new LakeferryError('ALERT_UNKNOWN', { what: 'alert', id, known: open.map(alert => alert.id) })
  const alert = { ...found, ack }
  return { state: { ...state, alerts: state.alerts.map(known => (known === found ? alert : known)) }, alert }
}
