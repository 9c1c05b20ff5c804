import { acknowledge } from '../alert/acknowledge.js'
import { changeAlerts, storeLedger } from '../alert/alert-ledger.js'
import type { Acknowledgement, Alert, AlertState, ResolvedAlert, Silence } from '../alert/alert-state.js'
import { alertTitle } from '../alert/alert-title.js'
import { addSilence, dropExpired, removeSilence } from '../alert/silence.js'
import type { AlertList, AlertView, SilenceView } from '../http/pipeline-alert.js'
import { CHECK_KINDS, type CheckKind } from '../model/check.js'
import { parseDuration } from '../model/duration.js'
import type { ObjectStore } from '../ports/object-store.js'
import { HttpProblem } from './problems.js'

/** Who it was where nobody says. */
const SOMEBODY = 'dashboard'

/** Open alerts, the newest first; with `all`, then the last ones that are over. */
export async function listAlerts(lake: ObjectStore, now: Date, all: boolean): Promise<AlertList> {
  const { state } = await storeLedger(lake).read()
  const open = state.alerts.filter(({ phase }) => phase === 'open')
  return {
    at: state.at,
    alerts: [
      ...open.toSorted((a, b) => (a.since < b.since ? 1 : -1)).map(openView),
      ...(all ? state.history.toReversed().map(resolvedView) : []),
    ],
    silences: dropExpired(state.silences, now.toISOString()).map(silenceView),
  }
}

function openView(alert: Alert): AlertView {
  const { id, kind, severity, promised, seen, since, fineSince, ack, affected, look } = alert
  const title = alertTitle(alert)
  const acknowledged = ackView(ack)
  return {
    id,
    kind,
    severity,
    title,
    promised,
    seen,
    since,
    resolvedAt: fineSince,
    acknowledged,
    affected: [...affected],
    look,
  }
}

function resolvedView({ id, kind, subject, severity, promised, seen, since, endedAt, ack }: ResolvedAlert): AlertView {
  const title = alertTitle({ kind, subject, state: 'wrong' })
  const acknowledged = ackView(ack)
  return { id, kind, severity, title, promised, seen, since, resolvedAt: endedAt, acknowledged, affected: [], look: '' }
}

function ackView(ack: Acknowledgement | null): AlertView['acknowledged'] {
  return ack === null ? null : { by: ack.by, at: ack.at, note: ack.note }
}

function silenceView({ id, datasets, kind, from, until, reason, by }: Silence): SilenceView {
  return { id, datasets: [...datasets], kind, from, until, reason, by }
}

/** @throws {@link LakeferryError} `ALERT_UNKNOWN` */
export async function acknowledgeAlert(
  lake: ObjectStore,
  now: Date,
  { id, note, by }: { readonly id: string; readonly note?: string; readonly by?: string },
): Promise<AlertView> {
  const ack = { by: by ?? SOMEBODY, at: now.toISOString(), note: note ?? null }
  const { alert } = await changeAlerts(storeLedger(lake), state => acknowledge(state, id, ack))
  return openView(alert)
}

export interface WantedSilence {
  readonly datasets?: readonly string[]
  readonly kind?: string
  readonly from?: string
  readonly until?: string
  /** A duration, in the place of `until`. */
  readonly for?: string
  readonly reason: string
  readonly by?: string
}

/** @throws HttpProblem 422 for one that says what cannot be */
export async function silenceAlerts(lake: ObjectStore, now: Date, wanted: WantedSilence): Promise<SilenceView> {
  const at = now.toISOString()
  const made = silenceOf(wanted, at)
  const { silence } = await changeAlerts(storeLedger(lake), (state): { state: AlertState; silence: Silence } =>
    addSilence(state, made, at),
  )
  return silenceView(silence)
}

function silenceOf(wanted: WantedSilence, at: string): Omit<Silence, 'id'> {
  const { datasets = [], kind, from = at, until, for: duration, reason, by = SOMEBODY } = wanted
  if (kind !== undefined && !isKind(kind)) throw refusal('/kind', `One of ${CHECK_KINDS.join(', ')}.`)
  if ((until === undefined) === (duration === undefined)) throw refusal('', 'Either until or for, and not both.')
  const begin = instant('/from', from)
  const seconds = duration === undefined ? undefined : parseDuration(duration)
  const end = until === undefined ? dateOf('/for', begin.getTime() + (seconds ?? 0) * 1000) : instant('/until', until)
  if (end <= begin || end <= new Date(at))
    throw refusal(until === undefined ? '/for' : '/until', 'It would be over already.')
  return { datasets, kind: kind ?? null, from: begin.toISOString(), until: end.toISOString(), reason, by }
}

function isKind(text: string): text is CheckKind {
  return (CHECK_KINDS as readonly string[]).includes(text)
}

function instant(pointer: string, text: string): Date {
  return dateOf(pointer, Date.parse(text))
}

/** @throws HttpProblem for what no calendar has, and what RFC 3339 cannot say */
function dateOf(pointer: string, milliseconds: number): Date {
  const date = new Date(milliseconds)
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999 || date.getUTCFullYear() < 0)
    throw refusal(pointer, 'No such instant.')
  return date
}

function refusal(pointer: string, detail: string): HttpProblem {
  return new HttpProblem(422, 'No such silence can be.', undefined, [{ pointer, detail }])
}

/** @throws {@link LakeferryError} `ALERT_UNKNOWN` */
export async function endSilence(lake: ObjectStore, now: Date, id: string): Promise<void> {
  await changeAlerts(storeLedger(lake), state => removeSilence(state, id, now.toISOString()))
}
