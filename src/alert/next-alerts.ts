import type { AlertMessage } from '../model/alert.js'
import { type Check, checkId, type Observation } from '../model/check.js'
import {
  type AlertSettings,
  CLOCK_TOLERANCE_SECONDS,
  GONE_AFTER_SECONDS,
  REOPENED_WITHIN_SECONDS,
  REOPENINGS_TOLD,
  SUBJECTS,
} from './alert-settings.js'
import { type Alert, type AlertState, HISTORY_KEPT, type ResolvedAlert } from './alert-state.js'
import { rootCauses } from './cause.js'
import { elapsedSeconds } from './elapsed.js'
import { type FoundCheck, isDue, newAlert, seenAgain } from './seen-alert.js'
import { dropExpired, isSilenced } from './silence.js'
import { isSameAgain, open, resolved, tellOpen, tellResolved } from './telling.js'

/**
 * What becomes of the alerts by what a pass of the monitor saw, and what is to be told: pure, so that a log of messages can be
 * worked out by hand (docs/alerts.md has the life of an alert). The same pass a second time changes nothing and tells nothing,
 * and one that is a little older than the newest that counted does not count: two monitors may look at once.
 *
 * A check that was not looked at in this pass stays as it was. Only one that was found to be fine is over.
 *
 * @returns messages in the order in which they are to be sent: what is over first, then what is open, in the order of the checks
 */
export function nextAlerts(
  state: AlertState,
  observation: Observation,
  settings: AlertSettings,
): { readonly state: AlertState; readonly messages: readonly AlertMessage[] } {
  const { at } = observation
  if (isLate(observation, state)) return { state, messages: [] }
  const pass = new Pass({ ...state, silences: dropExpired(state.silences, at) }, at, settings)
  const checks = new Map(observation.checks.map(check => [checkId(check), check]))
  pass.endFine(checks)
  pass.closeGone(checks)
  pass.look(checks)
  pass.tellOpen(checks)
  return { state: pass.state(), messages: pass.messages }
}

/** Whether another pass has counted since; but a clock that is far behind must not be shut out, nor one far ahead shut out others. */
function isLate({ at }: Observation, state: AlertState): boolean {
  const behind = state.at === null ? 0 : (Date.parse(state.at) - Date.parse(at)) / 1000
  return behind > 0 && behind <= CLOCK_TOLERANCE_SECONDS
}

class Pass {
  readonly messages: AlertMessage[] = []
  readonly #before: AlertState
  readonly #at: string
  readonly #settings: AlertSettings
  readonly #alerts: Map<string, Alert>
  #history: readonly ResolvedAlert[]

  constructor(state: AlertState, at: string, settings: AlertSettings) {
    this.#before = state
    this.#at = at
    this.#settings = settings
    this.#alerts = new Map(state.alerts.map(alert => [checkId(alert), alert]))
    this.#history = state.history
  }

  state(): AlertState {
    const alerts = [...this.#alerts.values()]
    return { ...this.#before, at: this.#at, alerts, history: this.#history.slice(-HISTORY_KEPT) }
  }

  endFine(checks: ReadonlyMap<string, Check>): void {
    for (const [id, check] of checks) if (check.state === 'fine') this.#fine(id, check)
  }

  /** Takes note of what is not fine, and of whose alert tells it. */
  look(checks: ReadonlyMap<string, Check>): void {
    const isOpen = (id: string): boolean => {
      const alert = this.#alerts.get(id)
      return alert?.phase === 'open' && alert.fineSince === null
    }
    const roots = rootCauses(checks, isOpen)
    for (const [id, root] of roots) {
      const check = checks.get(id) as FoundCheck
      const known = this.#alerts.get(id)
      const alert = known === undefined ? newAlert(check, this.#at, this.#ids()) : seenAgain(known, check, this.#at)
      this.#alerts.set(id, { ...alert, causedBy: root === id ? null : root, affected: [] })
    }
    for (const [id, root] of roots) {
      const [cause, effect] = [this.#alerts.get(root), this.#alerts.get(id)]
      if (root === id || cause === undefined || effect === undefined) continue
      const severity = effect.severity === 'critical' ? 'critical' : cause.severity
      const affected = this.#isSilenced(effect) ? cause.affected : [...cause.affected.filter(other => other !== id), id]
      this.#alerts.set(root, { ...cause, severity, affected })
    }
  }

  /** What nobody has looked at for a while, and nobody will: see {@link GONE_AFTER_SECONDS}. */
  closeGone(checks: ReadonlyMap<string, Check>): void {
    const subjects = new Set(
      [...checks.values()].filter(({ state }) => state !== 'unknown').map(({ subject }) => subject),
    )
    for (const [id, alert] of this.#alerts) {
      if (checks.has(id) || elapsedSeconds(alert.seenAt, this.#at) < GONE_AFTER_SECONDS) continue
      if (this.#waitsForSilence(alert)) continue
      const { subject } = alert
      if (!this.#isKnown(alert)) this.#end(id, alert, 'gone', `${subject} is no longer in the configuration`)
      else if (subjects.has(subject)) this.#end(id, alert, 'gone', 'there is nothing to look at any more')
    }
  }

  /** Of what was looked at in this pass: of the rest nobody knows whether it still is so. */
  tellOpen(checks: ReadonlyMap<string, Check>): void {
    for (const [id, check] of checks) {
      const known = this.#alerts.get(id)
      if (known === undefined || check.state === 'fine' || known.causedBy !== null) continue
      if (known.phase === 'waiting' && !isDue(known, this.#at, this.#settings)) continue
      const alert = known.phase === 'waiting' ? this.#open(id, known) : known
      const telling = this.#isSilenced(alert) ? { alert } : tellOpen(alert, this.#at, this.#settings)
      this.#alerts.set(id, telling.alert)
      if (telling.message !== undefined) this.messages.push(telling.message)
    }
  }

  #fine(id: string, check: Check): void {
    const known = this.#alerts.get(id)
    if (known === undefined) return
    if (known.phase === 'waiting') {
      this.#alerts.delete(id)
      return
    }
    const fineSince = known.fineSince ?? this.#at
    const alert = { ...known, seenAt: this.#at, fineSince, unknownSince: null, causedBy: null }
    const flaps = known.reopened >= REOPENINGS_TOLD && elapsedSeconds(fineSince, this.#at) < REOPENED_WITHIN_SECONDS
    if (flaps || this.#waitsForSilence(known)) this.#alerts.set(id, alert)
    else this.#end(id, alert, 'fine', check.seen)
  }

  #end(id: string, alert: Alert, end: ResolvedAlert['end'], seen: string): void {
    this.#alerts.delete(id)
    if (alert.phase === 'waiting') return
    this.#history = [...this.#history, resolved(alert, end, this.#at)]
    // What nobody was told of begins and ends without a word.
    if (alert.told !== null) this.messages.push(tellResolved(alert, seen, this.#at, this.#settings))
  }

  #open(id: string, alert: Alert): Alert {
    const earlier = this.#history.findLast(past => checkId(past) === id)
    if (earlier === undefined || !isSameAgain(earlier, this.#at)) return open(alert, undefined, this.#at)
    this.#history = this.#history.filter(past => past !== earlier)
    return open(alert, earlier, this.#at)
  }

  #isKnown({ kind, subject }: Alert): boolean {
    const { datasets, sets, channels } = this.#settings.known
    const names = { dataset: datasets, set: sets, channel: channels, fixed: [subject] }[SUBJECTS[kind]]
    return subject === '' || names.includes(subject)
  }

  /** What was told to be open is told to be over, and not while it is silenced. */
  #waitsForSilence(alert: Alert): boolean {
    return alert.told !== null && this.#isSilenced(alert)
  }

  #isSilenced(alert: Alert): boolean {
    return isSilenced(this.#before.silences, alert, this.#at)
  }

  #ids(): ReadonlySet<string> {
    return new Set([...this.#alerts.values(), ...this.#history].map(({ id }) => id))
  }
}
