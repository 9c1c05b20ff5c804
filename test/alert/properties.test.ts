import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AlertSettings } from '../../src/alert/alert-settings.js'
import { type AlertState, NO_ALERTS } from '../../src/alert/alert-state.js'
import { decodeState, encodeState } from '../../src/alert/alert-state-json.js'
import { nextAlerts } from '../../src/alert/next-alerts.js'
import { addSilence, isSilenced } from '../../src/alert/silence.js'
import type { AlertMessage } from '../../src/model/alert.js'
import { type Check, type CheckState, checkId, type Observation } from '../../src/model/check.js'

const settings: AlertSettings = {
  lake: 'file:/lake',
  reminderSeconds: 3 * 3600,
  graceSeconds: 2 * 3600,
  known: { datasets: ['papers'], sets: [], channels: [] },
}

/** A few checks that may be the cause of each other in any way, cycles among them; some passes leave one out. */
const subjects = [
  ['lake', ''],
  ['source', ''],
  ['run', 'papers'],
  ['freshness', 'papers'],
  ['volume', 'gone'],
] as const
const states: CheckState[] = ['fine', 'wrong', 'none', 'unknown']
const check = (kind: (typeof subjects)[number][0], subject: string): fc.Arbitrary<Check | undefined> =>
  fc.option(
    fc.record(
      {
        kind: fc.constant(kind),
        subject: fc.constant(subject),
        state: fc.constantFrom(...states),
        severity: fc.constantFrom('critical' as const, 'warning' as const),
        promised: fc.constant('p'),
        seen: fc.constant('s'),
        look: fc.constant('l'),
        cause: fc.constantFrom('lake', 'source', 'run papers', 'freshness papers', 'slots nobody'),
      },
      { requiredKeys: ['kind', 'subject', 'state', 'severity', 'promised', 'seen', 'look'] },
    ),
    { nil: undefined, freq: 5 },
  )
/** Minutes since the pass before: seconds to days. */
const gap = fc.constantFrom(1, 4, 6, 30, 61, 180, 1441)
const observation = fc.tuple(gap, ...subjects.map(([kind, subject]) => check(kind, subject)))
/** Begins at once, for so many minutes; or there is none. */
const silence = fc.option(fc.record({ minutes: gap, datasets: fc.constantFrom([], ['papers']) }), { freq: 8 })
const story = fc.array(fc.tuple(observation, silence), { maxLength: 40 })

interface Step {
  readonly before: AlertState
  readonly observation: Observation
  readonly after: AlertState
  readonly messages: readonly AlertMessage[]
}

function tell(passes: typeof story extends fc.Arbitrary<infer S> ? S : never): Step[] {
  let time = Date.UTC(2026, 0, 1)
  let state = NO_ALERTS
  return passes.map(([[minutes, ...checks], quiet]) => {
    time += minutes * 60_000
    const at = new Date(time).toISOString()
    if (quiet !== null) {
      const until = new Date(time + quiet.minutes * 60_000).toISOString()
      state = addSilence(
        state,
        { datasets: quiet.datasets, kind: null, from: at, until, reason: 'r', by: 'b' },
        at,
      ).state
    }
    const observation = { at, checks: checks.filter(found => found !== undefined) }
    const before = state
    const next = nextAlerts(before, observation, settings)
    state = next.state
    return { before, observation, after: state, messages: next.messages }
  })
}

const holds = (property: (steps: Step[]) => void): void =>
  fc.assert(
    fc.property(story, passes => property(tell(passes))),
    { numRuns: 400 },
  )

describe('whatever happens', () => {
  it('an alert is opened, perhaps reminded of, resolved, and only then opened again', () => {
    holds(steps => {
      const open = new Map<string, boolean>()
      for (const { alertId, event } of steps.flatMap(({ messages }) => messages)) {
        expect(open.get(alertId) ?? false).toBe(event !== 'opened')
        open.set(alertId, event !== 'resolved')
      }
    })
  })

  it('of one check there is one alert open at a time', () => {
    holds(steps => {
      for (const { after } of steps) expect(new Set(after.alerts.map(checkId)).size).toBe(after.alerts.length)
      const open = new Map<string, string>()
      for (const { messages, before, after } of steps) {
        for (const { alertId, event } of messages) {
          const known = [...after.alerts, ...after.history, ...before.alerts].find(({ id }) => id === alertId)
          const about = known === undefined ? 'lost' : checkId(known)
          if (event === 'opened') expect(open.get(about)).toBeUndefined()
          if (event === 'resolved') open.delete(about)
          else open.set(about, alertId)
        }
      }
    })
  })

  it('nothing is resolved but what was found to be fine, or was not looked at for a day', () => {
    holds(steps => {
      for (const { observation, messages, before } of steps) {
        for (const { alertId } of messages.filter(({ event }) => event === 'resolved')) {
          const alert = before.alerts.find(({ id }) => id === alertId)!
          const seen = observation.checks.find(found => checkId(found) === checkId(alert))
          const unseen = Date.parse(observation.at) - Date.parse(alert.seenAt)
          expect(seen === undefined ? unseen >= 86_400_000 : seen.state === 'fine').toBe(true)
        }
      }
    })
  })

  it('the same pass a second time changes nothing and tells nothing', () => {
    holds(steps => {
      for (const { observation, after } of steps) {
        expect(nextAlerts(after, observation, settings)).toEqual({ state: after, messages: [] })
      }
    })
  })

  it('nothing is told of what is silenced', () => {
    holds(steps => {
      for (const { observation, messages, before, after } of steps) {
        for (const { alertId } of messages) {
          const alert = [...after.alerts, ...after.history].find(({ id }) => id === alertId)!
          expect(isSilenced(before.silences, alert, observation.at)).toBe(false)
        }
      }
    })
  })

  it('reminders are as far apart as they are to be, but for what got worse', () => {
    holds(steps => {
      const last = new Map<string, { at: string; worst: AlertMessage['severity']; wrong: boolean }>()
      for (const { observation, after, messages } of steps) {
        for (const { alertId, event, at, severity } of messages) {
          const before = last.get(alertId)
          last.delete(alertId)
          if (event === 'resolved') continue
          const alert = after.alerts.find(({ id }) => id === alertId)!
          const isWrong = observation.checks.find(found => checkId(found) === checkId(alert))?.state === 'wrong'
          if (event === 'reminded' && before !== undefined) {
            const seconds = (Date.parse(at) - Date.parse(before.at)) / 1000
            const worse = (severity === 'critical' && before.worst === 'warning') || (isWrong && !before.wrong)
            expect(seconds >= settings.reminderSeconds || worse).toBe(true)
          }
          const worst = before?.worst === 'critical' ? 'critical' : severity
          last.set(alertId, { at, worst, wrong: isWrong || before?.wrong === true })
        }
      }
    })
  })

  it('the state survives being written and read, and each message has an id of its own', () => {
    holds(steps => {
      const ids = steps.flatMap(({ messages }) => messages.map(({ id }) => id))
      expect(new Set(ids).size).toBe(ids.length)
      const last = steps.at(-1)?.after ?? NO_ALERTS
      expect(decodeState(encodeState(last))).toEqual(last)
    })
  })
})
