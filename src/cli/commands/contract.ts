import type { CommandModule } from '../command.js'
import { examples } from '../examples.js'
import { describeDiff, runDiff } from './contract/diff.js'
import { describeLint, runLint } from './contract/lint.js'
import { describeShow, runShow } from './contract/show.js'
import { describeSuggest, runSuggest } from './contract/suggest.js'

const RUNS: Readonly<Record<string, CommandModule['run']>> = {
  lint: runLint,
  suggest: runSuggest,
  diff: runDiff,
  show: runShow,
}

export const describe: CommandModule['describe'] = command => {
  command
    .description(
      'Checks data contracts by themselves, suggests one from an export, compares two, and shows the one of a run.',
    )
    .usage('<command> [options]')
    .helpCommand(false)
    .addHelpText(
      'after',
      examples(
        'lakeferry contract lint',
        'lakeferry contract suggest papers --output contracts/papers.odcs.yaml',
        'lakeferry contract diff contracts/papers.odcs.yaml new.odcs.yaml',
      ),
    )
  describeLint(command.command('lint').summary('tell every problem of contracts, with its place'))
  describeSuggest(command.command('suggest').summary('write a contract that holds for a committed run'))
  describeDiff(command.command('diff').summary('tell what is different between two contracts, and whom it breaks'))
  describeShow(command.command('show').summary('print the contract that a run was exported with'))
}

export const run: CommandModule['run'] = (context, parsed) => {
  const command = RUNS[parsed.name()]
  if (command === undefined) throw new TypeError(`no command ${parsed.name()}`)
  return command(context, parsed)
}
