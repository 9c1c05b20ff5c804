import type { Command } from 'commander'
import type { LoadedConfig } from '../config/load-config.js'
import type { FlagSetting } from '../config/overlay.js'
import type { Io } from './io.js'
import type { Output } from './output.js'
import type { ProgressReporter } from './progress.js'

/** The options that every command takes. */
export interface GlobalOptions {
  readonly config?: string
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  readonly color: boolean
}

/** What a command is given. */
export interface CommandContext {
  readonly command: string
  readonly options: GlobalOptions
  readonly io: Io
  readonly out: Output
  /** Aborted by the first SIGINT or SIGTERM; its reason is the error to throw. */
  readonly signal: AbortSignal
  /** What is done so far: with --json it is told even when a later dataset fails. */
  readonly told: Told
  /** Reads lakeferry.yaml and says what there is to say about it. */
  loadConfig(flags?: readonly FlagSetting[]): Promise<LoadedConfig>
  progress(): Promise<ProgressReporter>
}

export interface Told {
  /** Members of the JSON object beside `command`. */
  body: Record<string, unknown>
  /**
   * Set while the JSON object is being written in pieces, because it may be large: writes what ends it, with the members
   * that come last. Nothing but that is written then.
   */
  end?: (members: Readonly<Record<string, unknown>>) => void
  /** The dataset at work, for the error that stops it. */
  dataset?: string
}

/** One file in `commands/`. */
export interface CommandModule {
  /** Gives the command its arguments, options and help, which ends in examples. */
  describe(command: Command): void
  /** Does it, fills `context.told.body`, and gives the exit code. */
  run(context: CommandContext, parsed: Command): Promise<number>
}
