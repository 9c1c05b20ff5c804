import type { CommanderError } from 'commander'
import { LakeferryError } from '../errors.js'

/** Commander's complaint as one of ours: `unknown command 'exprt'`, with its suggestion as the next step. */
export function usageError(error: CommanderError, command: string | null): LakeferryError {
  const help = command === null ? 'lakeferry --help' : `lakeferry ${command} --help`
  // What commander raises for words without a command.
  if (error.code === 'commander.help')
    return new LakeferryError('USAGE', { problem: 'no command was given', next: `See \`${help}\`.` })
  const [first = '', suggestion] = error.message.split('\n')
  const problem = first.replace(/^error: /, '')
  const next =
    suggestion === undefined ? `See \`${help}\`.` : `${suggestion.replace(/^\((.*)\)$/, '$1')} See \`${help}\`.`
  return new LakeferryError('USAGE', { problem, next }, { cause: error })
}
