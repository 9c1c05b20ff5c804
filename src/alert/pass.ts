import { LakeferryError } from '../errors.js'
import type { AlertMessage } from '../model/alert.js'
import type { Observation } from '../model/check.js'
import { redactUris } from '../model/redact-uri.js'
import { adopt, emptied, isEmptyState } from './adopt.js'
import { type AlertLedger, changeAlerts, type StoredAlerts } from './alert-ledger.js'
import type { AlertSettings } from './alert-settings.js'
import type { AlertState, PendingMessage } from './alert-state.js'
import { channelChecks } from './channel-checks.js'
import { nextAlerts } from './next-alerts.js'
import { claimPending, enqueue, giveUp, goesThrough } from './outbox.js'

export interface PassRequest {
  readonly observation: Observation
  readonly settings: AlertSettings
  /** Now, RFC 3339, UTC: later than the observation. */
  readonly at: string
  /** No two passes have the same. */
  readonly by: string
}

export interface PassOutcome {
  readonly state: AlertState
  /** What this pass decided to tell. */
  readonly messages: readonly AlertMessage[]
  /** What it is to send now: those, and what earlier ones left. */
  readonly claimed: readonly PendingMessage[]
  readonly givenUp: readonly PendingMessage[]
}

/**
 * One pass, up to the sending: what was seen, what follows, what is to be sent and by whom, in one compare-and-set. Of two
 * monitors at once one decides, and the other then finds that all is said.
 *
 * @param elsewhere - where the state was kept while this ledger was away: what it has is taken over first
 */
export async function beginPass(
  ledger: AlertLedger,
  request: PassRequest,
  elsewhere?: AlertLedger,
): Promise<PassOutcome> {
  const kept = await elsewhere?.read()
  const outcome = await changeAlerts(ledger, state => decide(state, request, kept?.state))
  if (elsewhere !== undefined && kept !== undefined && !isEmptyState(kept.state)) {
    await empty(elsewhere, kept)
  }
  return outcome
}

/** That it stays is no harm: taken over twice it is there once. Somebody may have added to it meanwhile, too. */
async function empty(elsewhere: AlertLedger, { state, etag }: StoredAlerts): Promise<void> {
  try {
    await elsewhere.write(emptied(state), etag)
  } catch (error) {
    if (!(error instanceof LakeferryError)) throw error
  }
}

function decide(before: AlertState, { observation, settings, at, by }: PassRequest, kept?: AlertState): PassOutcome {
  const adopted = kept === undefined ? before : adopt(before, kept)
  const { channels } = settings.known
  const { state: old, givenUp } = giveUp(adopted, at)
  const { state: next, messages } = nextAlerts(old, withChannels(observation, old, channels), settings)
  const pending = messages.flatMap(message =>
    channelsOf(message, next, channels).map(channel => ({ message, channel })),
  )
  const { state, claimed } = claimPending(enqueue(next, pending), { at, channels, by })
  return { state: isSame(state, before) ? before : state, messages, claimed, givenUp }
}

/** How channels are is known from the state itself. What a message says must be no secret, whoever wrote it. */
function withChannels(observation: Observation, state: AlertState, names: readonly string[]): Observation {
  const others = observation.checks.filter(({ kind }) => kind !== 'channel')
  const checks = [...others, ...channelChecks(state, names, observation.at)]
  const masked = checks.map(check => ({
    ...check,
    promised: redactUris(check.promised),
    seen: redactUris(check.seen),
  }))
  return { ...observation, checks: masked }
}

function channelsOf(message: AlertMessage, state: AlertState, channels: readonly string[]): readonly string[] {
  if (message.kind !== 'channel') return channels
  const about = [...state.alerts, ...state.history].find(({ id }) => id === message.alertId)
  return channels.filter(channel => goesThrough(message, about?.subject ?? '', channel))
}

/** Whether there is nothing to write down but that a pass was made. */
function isSame(state: AlertState, before: AlertState): boolean {
  const { at: _, ...rest } = state
  const { at: __, ...restBefore } = before
  return JSON.stringify(rest) === JSON.stringify(restBefore)
}
