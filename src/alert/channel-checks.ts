import type { Check } from '../model/check.js'
import { spanText } from '../model/duration.js'
import type { AlertState } from './alert-state.js'
import { elapsedSeconds } from './elapsed.js'

/**
 * How the configured channels are, from what the state remembers of them; nothing of one that never had a message. One that
 * failed is wrong until it has taken a message. Critical when no other is left to tell anything.
 */
export function channelChecks(state: Pick<AlertState, 'channels'>, names: readonly string[], at: string): Check[] {
  const records = state.channels.filter(({ name }) => names.includes(name))
  const working = names.filter(name => !records.some(record => record.name === name && isFailing(record)))
  return records.map(record => {
    const { name, failures, failingSince, error, givenUp, sentAt } = record
    const base = { kind: 'channel', subject: name, promised: 'takes messages', look: 'lakeferry doctor' } as const
    if (!isFailing(record)) {
      const seen = sentAt === null ? 'took a message' : `took a message ${ago(sentAt, at)}`
      return { ...base, state: 'fine', severity: 'warning', seen }
    }
    const lost = givenUp === 0 ? '' : `; ${givenUp} given up`
    const seen = error === null ? `no message taken${lost}` : `failed ${failures} times: ${error.message}${lost}`
    return {
      ...base,
      state: 'wrong',
      severity: working.length === 0 ? 'critical' : 'warning',
      seen,
      ...(failingSince === null ? {} : { since: failingSince }),
    }
  })
}

function isFailing({ failures, givenUp }: AlertState['channels'][number]): boolean {
  return failures > 0 || givenUp > 0
}

function ago(instant: string, at: string): string {
  const seconds = elapsedSeconds(instant, at)
  return Number.isFinite(seconds) ? `${spanText(seconds)} ago` : 'at a time that is yet to come'
}
