import { setTimeout as delay } from 'node:timers/promises'
import { isLakeferryError, LakeferryError, reasonOf } from '../errors.js'
import type { AlertChannel } from '../ports/alert-channel.js'
import type { Clock } from '../ports/clock.js'
import { type AlertLedger, changeAlerts } from './alert-ledger.js'
import type { AlertState, PendingMessage } from './alert-state.js'
import { markFailed, markSent, release } from './outbox.js'

export interface DeliverDeps {
  readonly ledger: AlertLedger
  readonly channels: readonly AlertChannel[]
  readonly clock: Clock
  /** Who claimed the messages. */
  readonly by: string
  /** Stops: what is not sent stays for the next pass. */
  readonly signal: AbortSignal
  /** Ends early, by rejecting, when the signal aborts. @defaultValue a timer */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>
}

export interface Delivery {
  readonly sent: readonly PendingMessage[]
  /** At most one a channel. */
  readonly failed: readonly { readonly channel: string; readonly error: LakeferryError }[]
  /** What was done and could not be noted: it will be sent again. */
  readonly unnoted: readonly LakeferryError[]
}

/** Attempts at a message within one pass: a run by night may be the only pass until the next night. */
export const SEND_ATTEMPTS = 3
/** Wait before the second, in milliseconds; four times as long before the third. */
const SEND_WAIT_MS = 1_000
/** How long one attempt may take, in milliseconds, whatever the channel's own limits are. */
const SEND_TIMEOUT_MS = 30_000
/** Messages that a channel may refuse in one pass: what refuses so many refuses all. */
const REFUSALS = 5

/**
 * Sends what was claimed: the channels side by side, each its messages one after the other, and each noted as sent before the
 * next, so that whoever dies leaves one message of each channel in doubt. A channel that does not answer is left alone for
 * the rest of the pass; one that refuses a message may take the next.
 *
 * Nothing is thrown for a channel that fails, nor for a note that could not be made.
 */
export async function deliver(deps: DeliverDeps, claimed: readonly PendingMessage[]): Promise<Delivery> {
  const delivery = new Notes(deps)
  await Promise.all(
    deps.channels.map(async channel => {
      const items = claimed.filter(item => item.channel === channel.name)
      if (items.length > 0) await sendAll(deps, channel, items, delivery)
    }),
  )
  return delivery
}

async function sendAll(
  deps: DeliverDeps,
  channel: AlertChannel,
  items: readonly PendingMessage[],
  notes: Notes,
): Promise<void> {
  let refusals = 0
  let failure: LakeferryError | undefined
  for (const item of items) {
    if (deps.signal.aborted || refusals === REFUSALS) break
    const error = await attempt(deps, channel, item)
    if (error === undefined) await notes.took(item)
    else if (deps.signal.aborted) break
    else {
      failure ??= error
      if (error.retryable) break
      refusals += 1
    }
  }
  await notes.ended(channel.name, failure)
}

/** @returns the failure of the last attempt, undefined when the message was taken */
async function attempt(
  { signal, sleep = wait }: DeliverDeps,
  channel: AlertChannel,
  { message }: PendingMessage,
): Promise<LakeferryError | undefined> {
  for (let attempts = 1; ; attempts++) {
    try {
      await channel.send(message, AbortSignal.any([signal, AbortSignal.timeout(SEND_TIMEOUT_MS)]))
      return undefined
    } catch (thrown) {
      const error = asFailure(channel.name, thrown)
      if (!error.retryable || attempts === SEND_ATTEMPTS || signal.aborted) return error
    }
    try {
      await sleep(SEND_WAIT_MS * 4 ** (attempts - 1), signal)
    } catch {
      // Stopped: the caller sees the signal.
    }
  }
}

/** Whatever a channel throws, one that fails must not keep the others from telling. */
function asFailure(channel: string, thrown: unknown): LakeferryError {
  if (thrown instanceof LakeferryError) return thrown
  const next = '`lakeferry doctor` tries each channel.'
  return new LakeferryError(
    'CHANNEL_FAILED',
    { channel, reason: reasonOf(thrown), next, final: false },
    { cause: thrown },
  )
}

async function wait(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal })
}

/** What became of the messages, in the state and for the caller. One change at a time, so that our own do not collide. */
class Notes implements Delivery {
  readonly sent: PendingMessage[] = []
  readonly failed: { channel: string; error: LakeferryError }[] = []
  readonly unnoted: LakeferryError[] = []
  readonly #deps: DeliverDeps
  #last: Promise<void> = Promise.resolve()

  constructor(deps: DeliverDeps) {
    this.#deps = deps
  }

  async took(item: PendingMessage): Promise<void> {
    this.sent.push(item)
    await this.#change(state => markSent(state, item, this.#now()))
  }

  async ended(channel: string, error: LakeferryError | undefined): Promise<void> {
    const { by } = this.#deps
    if (error === undefined) return await this.#change(state => release(state, channel, by))
    this.failed.push({ channel, error })
    const { code, message, retryable } = error
    const asked = isLakeferryError(error, 'CHANNEL_FAILED') ? error.details.retryAfterMs : undefined
    const failure = { code, message, final: !retryable, ...(asked === undefined ? {} : { retryAfterMs: asked }) }
    await this.#change(state => markFailed(state, channel, { by, at: this.#now(), ...failure }))
  }

  #now(): string {
    return this.#deps.clock.now().toISOString()
  }

  #change(change: (state: AlertState) => AlertState): Promise<void> {
    this.#last = this.#last.then(async () => {
      try {
        await changeAlerts(this.#deps.ledger, state => ({ state: change(state) }))
      } catch (error) {
        if (!(error instanceof LakeferryError)) throw error
        this.unnoted.push(error)
      }
    })
    return this.#last
  }
}
