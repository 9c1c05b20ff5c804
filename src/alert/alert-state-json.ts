import { randomUUID } from 'node:crypto'
import { encodeJson } from '../model/manifest.js'
import { type AlertState, NO_ALERTS } from './alert-state.js'

/** Why bytes are no state. `newer`: a later version of this program wrote them, and knows what they say. */
export interface StateProblem {
  readonly problem: string
  readonly newer: boolean
}

/** A nonce makes the bytes of each write its own, so that a write whose answer was lost can be told from another's. */
export function encodeState(state: AlertState): Uint8Array {
  return encodeJson({ ...state, nonce: randomUUID() })
}

export function decodeState(body: Uint8Array): AlertState | StateProblem {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return { problem: 'not JSON', newer: false }
  }
  if (!isObject(value)) return { problem: 'no JSON object', newer: false }
  const { version } = value
  if (version !== 1) {
    const newer = typeof version === 'number' && version > 1
    return { problem: `version ${JSON.stringify(version)}, wanted 1`, newer }
  }
  const problem = problemOf(value)
  if (problem !== undefined) return { problem, newer: false }
  const { at, alerts, history, silences, pending, channels, aside } = value as unknown as AlertState
  return { ...NO_ALERTS, at, alerts, history, silences, pending, channels, aside }
}

export function isProblem(decoded: AlertState | StateProblem): decoded is StateProblem {
  return 'problem' in decoded
}

type Kind = 'text' | 'time' | 'number' | 'list' | 'object'

/** What is relied on, of each list; what is more is ignored. A `?` says that it may be null. */
const MEMBERS: Readonly<Record<string, Readonly<Record<string, Kind | `${Kind}?`>>>> = {
  alerts: {
    ...{ id: 'text', kind: 'text', subject: 'text', phase: 'text', state: 'text', severity: 'text', promised: 'text' },
    ...{ seen: 'text', look: 'text', runId: 'text?', since: 'time', firstSeenAt: 'time', seenAt: 'time' },
    ...{ unknownSince: 'time?', causedBy: 'text?', affected: 'list', openedAt: 'time?', told: 'object?' },
    ...{ messages: 'number', reopened: 'number', fineSince: 'time?', ack: 'object?' },
  },
  history: {
    ...{ id: 'text', kind: 'text', subject: 'text', severity: 'text', promised: 'text', seen: 'text', since: 'time' },
    ...{ endedAt: 'time', end: 'text', lastedSeconds: 'number', messages: 'number', reopened: 'number' },
  },
  silences: { id: 'text', datasets: 'list', kind: 'text?', from: 'time', until: 'time', reason: 'text', by: 'text' },
  pending: { message: 'object', channel: 'text', claim: 'object?' },
  channels: {
    ...{ name: 'text', sentAt: 'time?', failures: 'number', failingSince: 'time?', error: 'object?', nextAt: 'time?' },
    givenUp: 'number',
  },
  aside: { at: 'time', key: 'text' },
}

function problemOf(state: Readonly<Record<string, unknown>>): string | undefined {
  if (!fits(state['at'], 'time?')) return 'at is no time'
  for (const [list, members] of Object.entries(MEMBERS)) {
    const items = state[list]
    if (!Array.isArray(items)) return `${list} is no list`
    for (const [index, item] of items.entries()) {
      if (!isObject(item)) return `${list}[${index}] is no object`
      const wrong = Object.entries(members).find(([name, kind]) => !fits(item[name], kind))
      if (wrong !== undefined) return `${list}[${index}].${wrong[0]} is no ${wrong[1].replace('?', '')}`
    }
  }
  return undefined
}

function fits(value: unknown, wanted: Kind | `${Kind}?`): boolean {
  if (value === null) return wanted.endsWith('?')
  switch (wanted.replace('?', '') as Kind) {
    case 'text':
      return typeof value === 'string'
    case 'time':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value))
    case 'number':
      return typeof value === 'number'
    case 'list':
      return Array.isArray(value)
    case 'object':
      return isObject(value)
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
