import { type AlertLedger, storeLedger } from '../../alert/alert-ledger.js'
import type { Config } from '../../config/config.js'
import { LakeferryError } from '../../errors.js'
import { openLake } from '../../wire.js'
import type { CommandContext } from '../command.js'
import { openMachineState } from './machine-state.js'
import { withOpen } from './resource.js'

/**
 * Works with the state of the alerts: that of the lake, or when the lake is away and this machine keeps alerts meanwhile, with
 * that, which is said.
 *
 * @throws what keeps the lake away, where this machine keeps nothing
 */
export async function withAlertLedger<R>(
  context: CommandContext,
  config: Config,
  work: (ledger: AlertLedger, where: 'lake' | 'machine') => Promise<R>,
): Promise<R> {
  try {
    return await withOpen(openLake(config), context.signal, lake => work(storeLedger(lake), 'lake'))
  } catch (error) {
    if (!(error instanceof LakeferryError) || !error.code.startsWith('LAKE_')) throw error
    const machine = storeLedger(await openMachineState(config, context.io.env))
    const kept = await machine.read().catch(() => undefined)
    if (!kept?.state.alerts.some(({ phase }) => phase === 'open')) throw error
    context.out.warn(`${error.message}. This is what this machine keeps while the lake is away.`)
    return await work(machine, 'machine')
  }
}
