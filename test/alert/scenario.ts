import { readdirSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { acknowledge } from '../../src/alert/acknowledge.js'
import type { AlertSettings } from '../../src/alert/alert-settings.js'
import { type AlertState, NO_ALERTS } from '../../src/alert/alert-state.js'
import { nextAlerts } from '../../src/alert/next-alerts.js'
import { addSilence } from '../../src/alert/silence.js'
import type { AlertMessage } from '../../src/model/alert.js'
import { type Check, type CheckKind, checkId, type Observation } from '../../src/model/check.js'
import { parseDuration, spanText } from '../../src/model/duration.js'

type WrittenCheck = Check['state'] | Partial<Pick<Check, 'state' | 'severity' | 'since' | 'cause'>>

/** A file in `test/golden/alerts/`: what happens, and the log of messages as somebody worked it out by hand. */
export interface Scenario {
  readonly title: string
  readonly settings: {
    readonly reminder: string
    readonly grace: string
    readonly datasets: string[]
    readonly channels: string[]
  }
  readonly passes: {
    readonly at: string
    /** What people do before the pass. */
    readonly before?: ({ ack: string } | { silence: { datasets: string[]; until: string } })[]
    /** By their ids. */
    readonly checks: Record<string, WrittenCheck>
  }[]
  readonly log: string[]
  /** How many alerts they were. */
  readonly ids?: number
}

const folder = new URL('../golden/alerts/', import.meta.url)

export function scenarios(): [string, Scenario][] {
  return readdirSync(folder)
    .sort()
    .map(file => [file, parse(readFileSync(new URL(file, folder), 'utf8'), { schema: 'core' })])
}

export interface Played {
  readonly messages: readonly AlertMessage[]
  readonly state: AlertState
}

/** @param twice - each pass is made again at once, as by another monitor that saw the same */
export function play({ settings, passes }: Scenario, twice = false): Played {
  const messages: AlertMessage[] = []
  let state = NO_ALERTS
  for (const { at, before = [], checks } of passes) {
    for (const act of before) state = done(state, act, at)
    const observation = observationOf(at, checks)
    for (let times = 0; times < (twice ? 2 : 1); times++) {
      const next = nextAlerts(state, observation, settingsOf(settings))
      state = next.state
      messages.push(...next.messages)
    }
  }
  return { messages, state }
}

function done(
  state: AlertState,
  act: NonNullable<Scenario['passes'][number]['before']>[number],
  at: string,
): AlertState {
  if ('silence' in act) {
    const silence = { kind: null, from: at, reason: 'planned', by: 'somebody@here', ...act.silence }
    return addSilence(state, silence, at).state
  }
  const alert = state.alerts.find(known => checkId(known) === act.ack)
  return acknowledge(state, alert?.id ?? '', { by: 'somebody@here', at, note: null }).state
}

export function settingsOf({ reminder, grace, datasets, channels }: Scenario['settings']): AlertSettings {
  return {
    lake: 'file:/lake',
    reminderSeconds: parseDuration(reminder) ?? Number.NaN,
    graceSeconds: parseDuration(grace) ?? Number.NaN,
    known: { datasets, sets: [], channels },
  }
}

export function observationOf(at: string, checks: Record<string, WrittenCheck>): Observation {
  return { at, checks: Object.entries(checks).map(([id, written]) => checkOf(id, written)) }
}

function checkOf(id: string, written: WrittenCheck): Check {
  const [kind = '', subject = ''] = id.split(/ (.*)/)
  const base = { state: 'fine', severity: 'critical', promised: 'all is well', seen: 'it is', look: 'lakeferry status' }
  const given = typeof written === 'string' ? { state: written } : written
  return { ...base, kind: kind as CheckKind, subject, ...given } as Check
}

/** `2026-11-22T02:00:00Z resolved critical, papers is stale, after 1h, affects run papers`. */
export function lineOf(message: AlertMessage): string {
  const { at, event, severity, title, lastedSeconds, affected, seen } = message
  const parts = [
    `${at} ${event} ${severity}`,
    title,
    ...(lastedSeconds === undefined ? [] : [`after ${spanText(lastedSeconds)}`]),
    ...(affected.length === 0 ? [] : [`affects ${affected.join(' + ')}`]),
    ...(seen === 'it is' ? [] : [seen]),
  ]
  return parts.join(', ')
}
