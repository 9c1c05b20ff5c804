import type { Command } from 'commander'
import { acknowledge } from '../../../alert/acknowledge.js'
import { changeAlerts } from '../../../alert/alert-ledger.js'
import { alertTitle } from '../../../alert/alert-title.js'
import type { CommandContext } from '../../command.js'
import { examples } from '../../examples.js'
import { EXIT } from '../../exit-codes.js'
import { withAlertLedger } from '../../steps/alert-ledger-step.js'
import { alertFacts, whoami } from './facts.js'

export function describeAck(command: Command): void {
  command
    .description(
      'Says that somebody is looking after an alert: there are no reminders of it until it is over or gets worse. Its end is told.',
    )
    .argument(
      '<alert>',
      'its id, from the message or from lakeferry alerts list; the first digits do when no other has them',
    )
    .option('--note <text>', 'for those who look after you')
    .addHelpText(
      'after',
      examples('lakeferry alerts ack 3f9c21ab', "lakeferry alerts ack 3f9c --note 'disk ordered' --json"),
    )
}

export async function runAck(context: CommandContext, parsed: Command): Promise<number> {
  const { note } = parsed.opts<{ note?: string }>()
  const [id = ''] = parsed.args
  const { config } = await context.loadConfig()
  const at = context.io.clock.now().toISOString()
  const ack = { by: whoami(), at, note: note ?? null }
  const { alert, state } = await withAlertLedger(context, config, ledger =>
    changeAlerts(ledger, state => acknowledge(state, id, ack)),
  )
  context.told.body['alert'] = alertFacts(alert, state.silences, at)
  context.out.line(`${alert.id}: ${alertTitle(alert)}: no reminders until it is over or gets worse`)
  return EXIT.fine
}
