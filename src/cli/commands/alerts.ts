import type { CommandModule } from '../command.js'
import { examples } from '../examples.js'
import { describeAck, runAck } from './alerts/ack.js'
import { describeList, runList } from './alerts/list.js'
import { describeSilence, runSilence } from './alerts/silence.js'
import { describeTest, runTest } from './alerts/test-message.js'

const RUNS: Readonly<Record<string, CommandModule['run']>> = {
  list: runList,
  ack: runAck,
  silence: runSilence,
  test: runTest,
}

export const describe: CommandModule['describe'] = command => {
  command
    .description('Tells what is open, acknowledges it, keeps planned work quiet, and tries the channels.')
    .usage('<command> [options]')
    .helpCommand(false)
    .addHelpText(
      'after',
      examples(
        'lakeferry alerts list',
        "lakeferry alerts ack 3f9c21ab --note 'restarting the cluster'",
        "lakeferry alerts silence papers --for 2h --reason 'index build'",
        'lakeferry alerts test slack',
      ),
    )
  describeList(
    command.command('list').summary('tell which alerts are open, which are silenced, and how the channels are'),
  )
  describeAck(command.command('ack').summary('take an alert on: no reminders until it is over or gets worse'))
  describeSilence(command.command('silence').summary('tell nothing of planned work for a while'))
  describeTest(command.command('test').summary('send a test message'))
}

export const run: CommandModule['run'] = (context, parsed) => {
  const command = RUNS[parsed.name()]
  if (command === undefined) throw new TypeError(`no command ${parsed.name()}`)
  return command(context, parsed)
}
