import { Command } from 'commander'
import type { GlobalOptions } from './command.js'
import { COMMANDS, type CommandRow } from './command-table.js'
import { examples } from './examples.js'
import type { OutStream } from './io.js'
import { VERSION } from './version.js'

/** Width of help where nobody looks at a terminal, and the most it takes of one: lines longer than this read badly. */
const HELP_WIDTH = 100

export interface ProgramOptions {
  readonly stdout: OutStream
  readonly printHelp: (text: string) => void
  /** Called for the command that was asked for, once its options are parsed. */
  readonly run: (row: CommandRow, parsed: Command) => Promise<void>
}

/**
 * The command line's grammar. Of the commands only the one in `argv` is loaded; the others are a name and a summary,
 * which is all that help and suggestions need.
 */
export async function buildProgram(
  argv: readonly string[],
  { stdout, printHelp, run }: ProgramOptions,
): Promise<Command> {
  const program = new Command('lakeferry')
    .description('Ferries MongoDB collections to a data lake and inspects the cargo.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .option('--config <file>', 'configuration (default: LAKEFERRY_CONFIG, then lakeferry.yaml here)')
    .option('--json', 'print one JSON object on standard output')
    .option('--quiet', 'no progress and no notes')
    .option('--verbose', 'also print where each setting came from, and the causes of errors')
    .option('--no-color', 'no colours, as with NO_COLOR=1')
    .configureHelp({ showGlobalOptions: true, helpWidth: Math.min(stdout.columns ?? HELP_WIDTH, HELP_WIDTH) })
    // What goes wrong is printed by whoever called us, in one way for every error. Help for want of a command is not.
    .configureOutput({
      writeOut: text => stdout.write(text),
      writeErr: printHelp,
      outputError: () => undefined,
    })
    .exitOverride()
    .addHelpText('after', EXIT_CODE_HELP)
  const wanted = wantedCommand(argv)
  for (const row of COMMANDS) {
    const command = program.command(row.name).summary(row.summary)
    if (row !== wanted) continue
    ;(await row.load()).describe(command)
    // A command with commands of its own, `contract lint`, does nothing by itself: commander prints its help.
    for (const leaf of command.commands.length > 0 ? command.commands : [command]) leaf.action(() => run(row, leaf))
  }
  return program
}

export function globalOptions(parsed: Command): GlobalOptions {
  // A flag that was not given is no member at all: a default of false would be printed in every help text.
  const {
    config,
    json = false,
    quiet = false,
    verbose = false,
    color = true,
  } = parsed.optsWithGlobals<Partial<GlobalOptions>>()
  return { json, quiet, verbose, color, ...(config === undefined ? {} : { config }) }
}

/** The command that is asked for, or asked about: `help export`, `export --help`. */
export function wantedCommand(argv: readonly string[]): CommandRow | undefined {
  const operands: string[] = []
  for (let at = 0; at < argv.length && operands.length < 2; at++) {
    const word = argv[at] ?? ''
    if (word === '--config') at++
    else if (!word.startsWith('-')) operands.push(word)
  }
  const name = operands[0] === 'help' ? operands[1] : operands[0]
  return COMMANDS.find(row => row.name === name)
}

const EXIT_CODE_HELP = `
Exit codes: 0 fine, 1 the data break their contract, 2 usage or configuration, 3 a service failed,
4 stale, 130 interrupted.
${examples('npx lakeferry demo', 'lakeferry doctor', 'lakeferry run', 'lakeferry status --json')}`
