import { LakeferryError } from '../errors.js'
import type { CheckKind } from '../model/check.js'
import { shortId } from './alert-id.js'
import type { AlertState, Silence } from './alert-state.js'

/** Whether what is found of a check is not to be told now. */
export function isSilenced(
  silences: readonly Silence[],
  check: { readonly kind: CheckKind; readonly subject: string },
  at: string,
): boolean {
  const now = Date.parse(at)
  return silences.some(
    ({ datasets, kind, from, until }) =>
      Date.parse(from) <= now &&
      now < Date.parse(until) &&
      (kind === null || kind === check.kind) &&
      (datasets.length === 0 || datasets.includes(check.subject)),
  )
}

/** Without those that are over. */
export function dropExpired(silences: readonly Silence[], at: string): readonly Silence[] {
  const now = Date.parse(at)
  const kept = silences.filter(({ until }) => now < Date.parse(until))
  return kept.length === silences.length ? silences : kept
}

/** @returns the state, and the silence with its id */
export function addSilence(
  state: AlertState,
  silence: Omit<Silence, 'id'>,
  at: string,
): { readonly state: AlertState; readonly silence: Silence } {
  const silences = dropExpired(state.silences, at)
  const id = shortId(`silence ${silence.by} ${silence.reason}`, at, new Set(silences.map(known => known.id)))
  const added = { id, ...silence }
  return { state: { ...state, silences: [...silences, added] }, silence: added }
}

/** @throws {@link LakeferryError} `ALERT_UNKNOWN` */
export function removeSilence(
  state: AlertState,
  id: string,
  at: string,
): { readonly state: AlertState; readonly silence: Silence } {
  const silences = dropExpired(state.silences, at)
  const silence = silences.find(known => known.id === id)
  if (silence === undefined)
    throw new LakeferryError('ALERT_UNKNOWN', { what: 'silence', id, known: silences.map(known => known.id) })
  return { state: { ...state, silences: silences.filter(known => known !== silence) }, silence }
}
