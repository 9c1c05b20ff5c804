import { type Command, CommanderError } from 'commander'
import type { LoadedConfig } from '../config/load-config.js'
import type { FlagSetting } from '../config/overlay.js'
import { isLakeferryError, LakeferryError } from '../errors.js'
import type { CommandContext, GlobalOptions, Told } from './command.js'
import type { CommandRow } from './command-table.js'
import { EXIT } from './exit-codes.js'
import type { Io } from './io.js'
import { Output } from './output.js'
import { errorJson, exitCodeOf, printError } from './print-error.js'
import { buildProgram, globalOptions, wantedCommand } from './program.js'
import { ProgressReporter } from './progress.js'
import { usageError } from './usage-error.js'

/**
 * Does what the words say and gives the exit code. Nothing is thrown: every failure is printed, on standard error for
 * people and, with --json, as one object on standard output.
 */
export async function runCli(argv: readonly string[], io: Io, signal: AbortSignal): Promise<number> {
  const told: Told = { body: {} }
  let command: string | null = wantedCommand(argv)?.name ?? null
  // Usage errors come before the options are known.
  let options: GlobalOptions = globalsIn(argv)
  let exitCode: number = EXIT.fine
  try {
    const program = await buildProgram(argv, {
      stdout: io.stdout,
      // Help that nobody asked for, because there was no command: people only.
      printHelp: text => (options.json ? undefined : io.stderr.write(text)),
      run: async (row, parsed) => {
        command = row.name
        options = globalOptions(parsed)
        exitCode = await runCommand(row, parsed, { options, io, signal, told })
      },
    })
    await program.parseAsync([...argv], { from: 'user' })
    return exitCode
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return EXIT.fine // help or version, as asked
    // Help was printed, which says more than an error.
    if (thrown instanceof CommanderError && thrown.code === 'commander.help' && !options.json) return EXIT.usage
    const error = interruptedBy(signal, thrown instanceof CommanderError ? usageError(thrown, command) : thrown)
    const out = new Output(io, options)
    printError(out, error, options)
    if (options.json) {
      const failure = { error: errorJson(error, told.dataset) }
      if (told.end === undefined) out.json({ command, ...told.body, ...failure })
      else told.end(failure)
    }
    return exitCodeOf(error)
  }
}

async function runCommand(
  row: CommandRow,
  parsed: Command,
  { options, io, signal, told }: { options: GlobalOptions; io: Io; signal: AbortSignal; told: Told },
): Promise<number> {
  const out = new Output(io, options)
  let progress: Promise<ProgressReporter> | undefined
  const context: CommandContext = {
    command: row.name,
    options,
    io,
    out,
    signal,
    told,
    progress: () => {
      progress ??= ProgressReporter.create(out, { ...options, command: row.name })
      return progress
    },
    loadConfig: flags => readConfig(options, io, out, flags),
  }
  try {
    const exitCode = await (await row.load()).run(context, parsed)
    if (options.json) {
      if (told.end === undefined) out.json({ command: row.name, ...told.body })
      else told.end({})
    }
    return exitCode
  } finally {
    ;(await progress)?.stop()
  }
}

async function readConfig(
  { config: file, verbose }: GlobalOptions,
  { env, cwd }: Io,
  out: Output,
  flags: readonly FlagSetting[] = [],
): Promise<LoadedConfig> {
  // Help needs no YAML.
  const { loadConfig } = await import('../config/load-config.js')
  const loaded = await loadConfig({ env, cwd, flags, ...(file === undefined ? {} : { file }) })
  if (loaded.config.telemetry.log === 'json') out.logAlways()
  for (const warning of loaded.warnings) out.warn(warning)
  if (!verbose) return loaded
  const { originLines } = await import('../config/origin.js')
  out.note([`configuration: ${loaded.file}`, ...originLines(loaded.origin).map(line => `  ${line}`)].join('\n'))
  return loaded
}

/** Whatever a stopped step throws, the reason is that it was stopped; but not that a run may have been committed. */
function interruptedBy(signal: AbortSignal, error: unknown): unknown {
  if (!signal.aborted || isLakeferryError(error, 'INTERRUPTED', 'COMMIT_UNKNOWN')) return error
  const reason: unknown = signal.reason
  return reason instanceof LakeferryError && reason !== error
    ? new LakeferryError('INTERRUPTED', reason.details as { signal: string }, { cause: error })
    : error
}

function globalsIn(argv: readonly string[]): GlobalOptions {
  const end = argv.indexOf('--')
  const words = end < 0 ? argv : argv.slice(0, end)
  const has = (flag: string): boolean => words.includes(flag)
  return { json: has('--json'), quiet: has('--quiet'), verbose: has('--verbose'), color: !has('--no-color') }
}
