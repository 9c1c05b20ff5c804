import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CommandContext, Told } from '../../src/cli/command.js'
import { Output } from '../../src/cli/output.js'
import type { AlertOutcome } from '../../src/cli/steps/alert-step.js'
import { alertStep } from '../../src/cli/steps/alert-step.js'
import type { Config } from '../../src/config/config.js'
import { loadConfig } from '../../src/config/load-config.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { observationOf } from '../alert/scenario.js'
import { temporaryLake } from '../catalog/lake-fixture.js'
import { type ChannelReceiver, startChannelReceiver } from '../support/channel-receiver.js'
import { Capture, type Invocation, invoke } from './cli-fixture.js'

export const at = (hour: number, minute = 0): Date => new Date(Date.UTC(2026, 10, 22, hour, minute))

/** A lake, a receiver of webhooks, and a configuration with both. */
export class AlertWorld {
  readonly lake: ObjectStore
  readonly receiver: ChannelReceiver
  readonly cwd: string
  readonly root: string
  /** Standard error of all steps. */
  readonly stderr: Capture = new Capture(false)
  readonly #remove: () => Promise<void>

  private constructor(temporary: Awaited<ReturnType<typeof temporaryLake>>, receiver: ChannelReceiver, cwd: string) {
    this.lake = temporary.lake
    this.root = temporary.root
    this.#remove = temporary.remove
    this.receiver = receiver
    this.cwd = cwd
  }

  static async open(channels = 'alerts: [{kind: webhook, url: "URL"}]'): Promise<AlertWorld> {
    const temporary = await temporaryLake()
    const receiver = await startChannelReceiver()
    const cwd = join(temporary.root, '.lakeferry', 'work')
    await mkdir(cwd, { recursive: true })
    const text =
      'source: {uri: "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200", database: d}\n' +
      `lake: {url: "file:${temporary.root}"}\n` +
      'datasets:\n  papers: {collection: papers}\n  comments: {collection: comments}\n' +
      `${channels.replaceAll('URL', `${receiver.url}/hook`)}\n`
    await writeFile(join(cwd, 'lakeferry.yaml'), text)
    return new AlertWorld(temporary, receiver, cwd)
  }

  async close(): Promise<void> {
    await this.receiver.stop()
    await this.#remove()
  }

  get env(): Record<string, string> {
    return { XDG_STATE_HOME: join(this.cwd, 'state') }
  }

  call(argv: readonly string[], now: Date = at(12)): Promise<Invocation> {
    return invoke(argv, { cwd: this.cwd, now, env: this.env })
  }

  async config(): Promise<Config> {
    return (await loadConfig({ env: {}, cwd: this.cwd })).config
  }

  /** One pass of the alerts over what the monitor is said to have seen. */
  async step(
    now: Date,
    checks: Parameters<typeof observationOf>[1],
    options: {
      readonly lake?: ObjectStore | undefined
      readonly env?: Record<string, string>
      readonly json?: boolean
    } = {},
  ): Promise<AlertOutcome> {
    const { env = this.env, json = false } = options
    const io = { stdout: new Capture(false), stderr: this.stderr, env, cwd: this.cwd, clock: { now: () => now } }
    const flags = { json, quiet: false, verbose: false, color: false }
    const told: Told = { body: {} }
    const context: CommandContext = {
      ...{ command: 'monitor', options: flags, io, out: new Output(io, flags), told },
      signal: new AbortController().signal,
      loadConfig: () => Promise.reject(new TypeError('not here')),
      progress: () => Promise.reject(new TypeError('not here')),
    }
    const lake = 'lake' in options ? options.lake : this.lake
    const observation = observationOf(now.toISOString(), checks)
    return await alertStep(context, { config: await this.config(), lake, observation })
  }

  /** What was posted to the receiver, in order. */
  posts(): { readonly data: Record<string, unknown> }[] {
    return this.receiver.received.filter(({ method }) => method === 'POST').map(({ body }) => JSON.parse(body))
  }

  /** `opened papers is stale`, of everything that was posted. */
  received(): string[] {
    return this.posts().map(({ data }) => `${String(data['event'])} ${String(data['title'])}`)
  }
}
