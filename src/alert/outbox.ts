import type { AlertMessage } from '../model/alert.js'
import { type AlertState, type ChannelRecord, PENDING_KEPT, type PendingMessage } from './alert-state.js'
import { elapsedSeconds } from './elapsed.js'

/**
 * Messages wait in the state until a channel has taken them: what is to be told is written down by the same compare-and-set
 * that decides to tell it, and so is who sends it. Of two monitors that see the same, one wins and sends; what it leaves
 * unsent, because it died, the next pass takes up when the claim has run out. Whoever dies between the sending and the note
 * that it was sent leaves one message of each channel to be sent again, with the same id.
 */

/** How long nobody else sends what somebody is sending, in seconds; longer than a delivery takes. */
export const CLAIM_SECONDS = 600
/** A message that no channel took for so long, in seconds, is given up: three days. */
export const GIVEN_UP_AFTER_SECONDS = 259_200
/** Wait after the first failure of a channel, in seconds; it doubles with each pass that fails. */
export const FIRST_WAIT_SECONDS = 60
export const LONGEST_WAIT_SECONDS = 3600

/** Whether a message goes through a channel: not what is wrong with the channel itself. */
export function goesThrough({ kind }: AlertMessage, subject: string, channel: string): boolean {
  return kind !== 'channel' || subject !== channel
}

/** Puts messages on their way. Beyond {@link PENDING_KEPT} the oldest are given up. */
export function enqueue(state: AlertState, pending: readonly Omit<PendingMessage, 'claim'>[]): AlertState {
  if (pending.length === 0) return state
  const all = [...state.pending, ...pending.map(item => ({ ...item, claim: null }))]
  const lost = all.slice(0, Math.max(0, all.length - PENDING_KEPT))
  return countGivenUp({ ...state, pending: all.slice(lost.length) }, lost)
}

/** Takes out what is too old to be worth telling. */
export function giveUp(
  state: AlertState,
  at: string,
): { readonly state: AlertState; readonly givenUp: readonly PendingMessage[] } {
  const isOld = ({ message }: PendingMessage): boolean => elapsedSeconds(message.at, at) >= GIVEN_UP_AFTER_SECONDS
  const givenUp = state.pending.filter(isOld)
  if (givenUp.length === 0) return { state, givenUp }
  return { state: countGivenUp({ ...state, pending: state.pending.filter(item => !isOld(item)) }, givenUp), givenUp }
}

/** What the named channels are to be sent now, claimed for `by`: not those that are to be left alone, nor what another is sending. */
export function claimPending(
  state: AlertState,
  { at, channels, by }: { readonly at: string; readonly channels: readonly string[]; readonly by: string },
): { readonly state: AlertState; readonly claimed: readonly PendingMessage[] } {
  const until = new Date(Date.parse(at) + CLAIM_SECONDS * 1000).toISOString()
  const ready = new Set(channels.filter(name => isReady(recordOf(state, name), at)))
  const isOurs = ({ channel, claim }: PendingMessage): boolean =>
    ready.has(channel) && (claim === null || claim.by === by || !isAhead(claim.until, at, CLAIM_SECONDS))
  const pending = state.pending.map(item => (isOurs(item) ? { ...item, claim: { by, until } } : item))
  const claimed = pending.filter((item, index) => item !== state.pending[index])
  return claimed.length === 0 ? { state, claimed } : { state: { ...state, pending }, claimed }
}

export function markSent(state: AlertState, { message, channel }: PendingMessage, at: string): AlertState {
  const record = { name: channel, sentAt: at, failures: 0, failingSince: null, error: null, nextAt: null, givenUp: 0 }
  return withRecord({ ...state, pending: without(state.pending, channel, message.id) }, record)
}

/** Lets go of all that `by` was to send through the channel, and of the channel for a while. */
export function markFailed(
  state: AlertState,
  channel: string,
  failure: {
    readonly by: string
    readonly at: string
    readonly code: string
    readonly message: string
    /** Repeating will not help before somebody has mended something. */
    readonly final: boolean
    readonly retryAfterMs?: number
  },
): AlertState {
  const { by, at, code, message, final, retryAfterMs = 0 } = failure
  const before = recordOf(state, channel)
  const failures = before.failures + 1
  const backOff = final
    ? LONGEST_WAIT_SECONDS
    : Math.min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** (failures - 1))
  const asked = Math.min(LONGEST_WAIT_SECONDS, retryAfterMs / 1000)
  const nextAt = new Date(Date.parse(at) + Math.max(backOff, asked) * 1000).toISOString()
  const failingSince = before.failingSince ?? at
  const released = release(state, channel, by)
  return withRecord(released, { ...before, failures, failingSince, error: { code, message }, nextAt })
}

/** Lets go of what was not tried, so that the next pass need not wait for the claim to run out. */
export function release(state: AlertState, channel: string, by: string): AlertState {
  const isOurs = (item: PendingMessage): boolean => item.channel === channel && item.claim?.by === by
  if (!state.pending.some(isOurs)) return state
  return { ...state, pending: state.pending.map(item => (isOurs(item) ? { ...item, claim: null } : item)) }
}

function recordOf(state: AlertState, name: string): ChannelRecord {
  const known = state.channels.find(record => record.name === name)
  return known ?? { name, sentAt: null, failures: 0, failingSince: null, error: null, nextAt: null, givenUp: 0 }
}

function withRecord(state: AlertState, record: ChannelRecord): AlertState {
  const others = state.channels.filter(({ name }) => name !== record.name)
  return { ...state, channels: [...others, record].sort((a, b) => (a.name < b.name ? -1 : 1)) }
}

function countGivenUp(state: AlertState, lost: readonly PendingMessage[]): AlertState {
  return lost.reduce((counted, { channel }) => {
    const record = recordOf(counted, channel)
    return withRecord(counted, { ...record, givenUp: record.givenUp + 1 })
  }, state)
}

function isReady({ nextAt }: ChannelRecord, at: string): boolean {
  return nextAt === null || !isAhead(nextAt, at, LONGEST_WAIT_SECONDS)
}

/** Whether an instant is yet to come. One that is further ahead than it can be was written by a clock that was wrong. */
function isAhead(instant: string, at: string, mostSeconds: number): boolean {
  const seconds = (Date.parse(instant) - Date.parse(at)) / 1000
  return seconds > 0 && seconds <= 2 * mostSeconds
}

function without(pending: readonly PendingMessage[], channel: string, id: string): readonly PendingMessage[] {
  return pending.filter(item => item.channel !== channel || item.message.id !== id)
}
