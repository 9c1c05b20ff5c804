import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { type AlertLedger, memoryLedger, setStateAside, storeLedger } from '../../alert/alert-ledger.js'
import type { AlertSettings } from '../../alert/alert-settings.js'
import { deliver } from '../../alert/deliver.js'
import { isLakeAway, withLakeAway } from '../../alert/lake-away.js'
import { beginPass, type PassOutcome } from '../../alert/pass.js'
import type { Config } from '../../config/config.js'
import { isLakeferryError, LakeferryError } from '../../errors.js'
import type { AlertMessage } from '../../model/alert.js'
import type { Observation } from '../../model/check.js'
import { nounText } from '../../model/count-text.js'
import { redactUris } from '../../model/redact-uri.js'
import type { ObjectStore } from '../../ports/object-store.js'
import { alertFact } from '../../telemetry/log-line.js'
import type { CommandContext } from '../command.js'
import { closeChannels, openEachChannel } from './alert-channels.js'
import { openMachineState } from './machine-state.js'

export interface AlertRequest {
  readonly config: Config
  /** Or what kept it from being opened. */
  readonly lake: ObjectStore | LakeferryError | undefined
  readonly observation: Observation
}

export interface AlertOutcome {
  /** Where the state of the alerts is kept; null when it could be changed nowhere, and nothing was told. */
  readonly where: 'lake' | 'machine' | 'memory' | null
  /** Alerts that are open now, silenced ones among them. */
  readonly open: number
  /** What was decided to be told, in order; with no channel it is told to nobody. */
  readonly messages: readonly AlertMessage[]
  /** Messages that channels took, one for each message and channel; some may be of earlier passes. */
  readonly sent: number
  /** Channels that failed; what they did not take is kept and sent by a later pass. */
  readonly failed: readonly { readonly channel: string; readonly code: string; readonly message: string }[]
  /** What else went wrong, as sentences. They were printed as warnings, too. */
  readonly warnings: readonly string[]
}

/**
 * What follows from what the monitor saw: opens, reminds of and resolves alerts, and sends what there is to send. The state is
 * on the lake; while that is away it is on this machine, and where that cannot be written to, in memory
 * (docs/decisions/0015). Nothing is thrown for a channel, a lake or a state that fails.
 */
export async function alertStep(context: CommandContext, request: AlertRequest): Promise<AlertOutcome> {
  return await new AlertStep(context, request).take()
}

/** By the address of the lake, for as long as the process lives. */
const memory = new Map<string, AlertLedger>()

class AlertStep {
  readonly #context: CommandContext
  readonly #request: AlertRequest
  readonly #by = `${hostname()}, process ${process.pid}, ${randomUUID()}`
  readonly #warnings: string[] = []

  constructor(context: CommandContext, request: AlertRequest) {
    this.#context = context
    this.#request = request
  }

  async take(): Promise<AlertOutcome> {
    const { lake, observation } = this.#request
    if (lake === undefined || lake instanceof LakeferryError) {
      return await this.#away(lake === undefined ? 'it cannot be reached' : lake.message)
    }
    if (isLakeAway(observation)) return await this.#away('it does not answer')
    try {
      return await this.#onLake(lake)
    } catch (error) {
      if (isLakeferryError(error, 'ALERT_STATE_BUSY', 'ALERT_STATE_DAMAGED')) {
        this.#warn(`${error.message}. Nothing was told. ${error.hint}`)
        return this.#outcome(null)
      }
      if (error instanceof LakeferryError && error.family !== 'interrupted') return await this.#away(error.message)
      throw error
    }
  }

  async #onLake(lake: ObjectStore): Promise<AlertOutcome> {
    const { config, observation } = this.#request
    const elsewhere = memory.get(config.lake.url) ?? (await this.#machine())
    try {
      return await this.#pass('lake', storeLedger(lake), observation, elsewhere)
    } catch (error) {
      if (!isLakeferryError(error, 'ALERT_STATE_DAMAGED') || error.details.newer) throw error
      const key = await setStateAside(lake, this.#now())
      this.#warn(
        `${error.message}. It was put aside${key === undefined ? '' : ` as ${key}`}, and begun anew: what is open is told again, ` +
          'acknowledgements and silences are gone.',
      )
      return await this.#pass('lake', storeLedger(lake), observation, elsewhere)
    }
  }

  /** What this machine keeps; undefined when it can keep nothing. What is damaged there must not be in the way. */
  async #machine(): Promise<AlertLedger | undefined> {
    const store = await openMachineState(this.#request.config, this.#context.io.env)
    const ledger = storeLedger(store)
    try {
      await ledger.read()
      return ledger
    } catch (error) {
      if (!(error instanceof LakeferryError)) throw error
      if (!isLakeferryError(error, 'ALERT_STATE_DAMAGED') || error.details.newer) return undefined
      const key = await setStateAside(store, this.#now())
      this.#warn(`${error.message}. It was put aside${key === undefined ? '' : ` as ${key}`}`)
      return ledger
    }
  }

  async #away(reason: string): Promise<AlertOutcome> {
    const { config } = this.#request
    const observation = withLakeAway(this.#request.observation, redactUris(reason))
    try {
      const machine = await this.#machine()
      if (machine !== undefined) return await this.#pass('machine', machine, observation)
    } catch (error) {
      if (!(error instanceof LakeferryError) || error.family === 'interrupted') throw error
    }
    this.#warn(
      'the state of the alerts can be kept neither on the lake nor on this machine: in memory, while this runs',
    )
    const ledger = memory.get(config.lake.url) ?? memoryLedger()
    memory.set(config.lake.url, ledger)
    return await this.#pass('memory', ledger, observation)
  }

  async #pass(
    where: 'lake' | 'machine' | 'memory',
    ledger: AlertLedger,
    observation: Observation,
    elsewhere?: AlertLedger,
  ): Promise<AlertOutcome> {
    const { io, signal, out } = this.#context
    const request = { observation, settings: this.#settings(), at: this.#now(), by: this.#by }
    const pass = await beginPass(ledger, request, elsewhere)
    if (where === 'lake') memory.delete(this.#request.config.lake.url)
    this.#log(pass)
    if (pass.claimed.length === 0) return this.#outcome(where, pass)
    const channels = await openEachChannel(this.#request.config)
    try {
      const delivery = await deliver({ ledger, channels, clock: io.clock, by: this.#by, signal }, pass.claimed)
      const failed = delivery.failed.map(({ channel, error }) => {
        const { code } = error
        const message = redactUris(error.message)
        out.log({ event: 'channel.failed', at: this.#now(), facts: { channel, code, message } })
        this.#warn(`${message}. It is kept, and sent by a later pass. ${error.hint}`)
        return { channel, code, message }
      })
      for (const { message } of delivery.unnoted)
        this.#warn(`it could not be noted what was sent, so that it may be sent once more: ${message}`)
      return { ...this.#outcome(where, pass), sent: delivery.sent.length, failed }
    } finally {
      await closeChannels(channels)
    }
  }

  #log({ messages, givenUp }: PassOutcome): void {
    const { out, options } = this.#context
    for (const message of messages) {
      out.log(alertFact(message))
      const { event, title, seen, alertId } = message
      if (!options.json) out.note(`alert ${event}: ${title} (${redactUris(seen)}) ${alertId}`)
    }
    const lost = new Map<string, number>()
    for (const { channel } of givenUp) lost.set(channel, (lost.get(channel) ?? 0) + 1)
    for (const [channel, count] of lost)
      this.#warn(`${nounText(count, 'message')} for the alert channel ${channel} given up after three days`)
  }

  #outcome(where: AlertOutcome['where'], pass?: PassOutcome): AlertOutcome {
    const open = pass?.state.alerts.filter(({ phase, fineSince }) => phase === 'open' && fineSince === null) ?? []
    const messages = pass?.messages ?? []
    return { where, open: open.length, messages, sent: 0, failed: [], warnings: this.#warnings }
  }

  #settings(): AlertSettings {
    return alertSettings(this.#request.config)
  }

  #warn(text: string): void {
    this.#warnings.push(text)
    this.#context.out.warn(text)
  }

  #now(): string {
    return this.#context.io.clock.now().toISOString()
  }
}

export function alertSettings({ lake, monitor, datasets, schedule, alerts }: Config): AlertSettings {
  return {
    lake: redactUris(lake.url),
    reminderSeconds: monitor.reminderSeconds,
    graceSeconds: monitor.freshnessSeconds,
    known: {
      datasets: datasets.map(({ name }) => name),
      sets: schedule?.sets.map(({ name }) => name) ?? [],
      channels: alerts.map(({ name }) => name),
    },
  }
}
