import { storeLedger } from '../../alert/alert-ledger.js'
import type { Alert, AlertState } from '../../alert/alert-state.js'
import { alertTitle } from '../../alert/alert-title.js'
import { LakeferryError } from '../../errors.js'
import type { ObjectStore } from '../../ports/object-store.js'
import { formatNoun } from '../../report/figures.js'
import type { CommandContext } from '../command.js'
import type { Output } from '../output.js'
import type { TableCell } from '../table.js'

/** What is known of alerts; undefined where that cannot be read, which is told. */
export async function readAlerts({ out }: CommandContext, lake: ObjectStore): Promise<AlertState | undefined> {
  try {
    return (await storeLedger(lake).read()).state
  } catch (error) {
    if (!(error instanceof LakeferryError) || error.family === 'interrupted') throw error
    out.warn(`it cannot be told which alerts are open: ${error.message}`)
    return undefined
  }
}

function openAlerts(state: AlertState | undefined): readonly Alert[] {
  return state?.alerts.filter(({ phase, fineSince }) => phase === 'open' && fineSince === null) ?? []
}

function failingChannels(state: AlertState | undefined): AlertState['channels'] {
  return state?.channels.filter(({ failures }) => failures > 0) ?? []
}

/** As `--json` tells it; docs/cli.md. */
export function alertFacts(state: AlertState | undefined): Record<string, unknown> {
  if (state === undefined) return { alerts: null, channels: null }
  return {
    alerts: openAlerts(state).map(alert => {
      const { id, kind, subject, severity, seen, since, look, ack } = alert
      const acknowledged = ack === null ? null : ack.by
      return { id, kind, subject, severity, title: alertTitle(alert), seen, since, look, acknowledged }
    }),
    channels: failingChannels(state).map(({ name, failures, failingSince, error }) => ({
      ...{ name, failures, failingSince },
      code: error?.code ?? null,
      message: error?.message ?? null,
      pending: state.pending.filter(({ channel }) => channel === name).length,
    })),
  }
}

export function alertRows(state: AlertState | undefined, { paint }: Output): TableCell[][] {
  const colours = { critical: paint.red, warning: paint.yellow } as const
  return [
    ...openAlerts(state).map((alert): TableCell[] => {
      const acknowledged = alert.ack === null ? '' : `; acknowledged by ${alert.ack.by}`
      const told = `${alert.id}  ${alertTitle(alert)}: ${alert.seen}, since ${alert.since}${acknowledged}; ${alert.look}`
      return ['', { text: 'alert', paint: colours[alert.severity] }, told]
    }),
    ...failingChannels(state).map(({ name, failingSince, error }): TableCell[] => {
      const waiting = state?.pending.filter(({ channel }) => channel === name).length ?? 0
      const since = failingSince === null ? '' : ` since ${failingSince}`
      const why = error === null ? '' : `: ${error.code}: ${error.message}`
      const kept = `; ${formatNoun(waiting, 'message')} kept for it`
      return ['', { text: 'channel', paint: paint.red }, `${name} takes no messages${since}${why}${kept}`]
    }),
  ]
}
