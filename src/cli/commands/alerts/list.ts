import type { Command } from 'commander'
import type { Alert, AlertState } from '../../../alert/alert-state.js'
import { alertTitle } from '../../../alert/alert-title.js'
import { lastedSeconds } from '../../../alert/elapsed.js'
import { dropExpired, isSilenced } from '../../../alert/silence.js'
import { nounText } from '../../../model/count-text.js'
import { spanText } from '../../../model/duration.js'
import type { CommandContext } from '../../command.js'
import { examples } from '../../examples.js'
import { EXIT } from '../../exit-codes.js'
import { withAlertLedger } from '../../steps/alert-ledger-step.js'
import { type TableCell, tableLines } from '../../table.js'
import { alertFacts, channelFacts, resolvedFacts, silenceFacts } from './facts.js'

export function describeList(command: Command): void {
  command
    .description(
      'Tells which alerts are open, since when, who has taken them on, what is silenced, and which channels do not take ' +
        'messages: as the last pass of the monitor left it. It looks at nothing itself, and its exit code is 0 whatever is open.',
    )
    .option('--all', 'also the last alerts that are over')
    .addHelpText(
      'after',
      examples(
        'lakeferry alerts list',
        'lakeferry alerts list --all',
        "lakeferry alerts list --json | jq '.alerts[].title'",
      ),
    )
}

export async function runList(context: CommandContext, parsed: Command): Promise<number> {
  const { all = false } = parsed.opts<{ all?: true }>()
  const { config } = await context.loadConfig()
  const at = context.io.clock.now().toISOString()
  const { state, where } = await withAlertLedger(context, config, async (ledger, where) => ({
    state: (await ledger.read()).state,
    where,
  }))
  const silences = dropExpired(state.silences, at)
  const open = state.alerts.filter(({ phase }) => phase === 'open')
  const names = config.alerts.map(({ name }) => name)
  Object.assign(context.told.body, {
    where,
    at: state.at,
    alerts: open.map(alert => alertFacts(alert, silences, at)),
    silences: silences.map(silenceFacts),
    channels: channelFacts(state, names),
    history: all ? state.history.toReversed().map(resolvedFacts) : null,
    aside: state.aside,
  })
  print(context, { ...state, silences }, { at, names, all })
  return EXIT.fine
}

interface PrintOptions {
  readonly at: string
  readonly names: readonly string[]
  readonly all: boolean
}

function print({ out }: CommandContext, state: AlertState, { at, names, all }: PrintOptions): void {
  const { paint } = out
  const open = state.alerts.filter(({ phase }) => phase === 'open')
  out.line(open.length === 0 ? 'no alert is open' : paint.bold(`${nounText(open.length, 'open alert')}`))
  for (const line of tableLines(open.map(alert => alertRow(alert, state, at, out)))) out.line(line)
  if (state.silences.length > 0) out.line(paint.bold('silenced'))
  const silences = state.silences.map(({ id, datasets, kind, from, until, by, reason }): TableCell[] => [
    `  ${id}`,
    `${datasets.join(', ') || 'everything'}${kind === null ? '' : ` (${kind})`}`,
    at < from ? `from ${from} until ${until}` : `until ${until}`,
    by,
    reason,
  ])
  for (const line of tableLines(silences)) out.line(line)
  const failing = channelFacts(state, names).filter(({ failures, givenUp }) => failures !== 0 || givenUp !== 0)
  if (failing.length > 0) out.line(paint.bold('channels that take no messages'))
  const channels = failing.map(({ name, pending, failingSince, error, givenUp }): TableCell[] => [
    `  ${String(name)}`,
    `${nounText(Number(pending), 'message')} waiting${givenUp === 0 ? '' : `, ${String(givenUp)} given up`}`,
    failingSince === null ? '' : `since ${String(failingSince)}`,
    (error as { message: string } | null)?.message ?? '',
  ])
  for (const line of tableLines(channels)) out.line(line)
  for (const { at: when, key } of state.aside)
    out.line(`at ${when} a state that could not be read was put aside: ${key}`)
  if (all) printHistory(out, state)
}

function alertRow(alert: Alert, { silences }: AlertState, at: string, { paint }: CommandContext['out']): TableCell[] {
  const { id, severity, since, seen, look, ack, fineSince, affected } = alert
  const notes = [
    seen,
    ...(affected.length === 0 ? [] : [`also ${affected.join(', ')}`]),
    ...(ack === null ? [] : [`${ack.by} has it${ack.note === null ? '' : `: ${ack.note}`}`]),
    ...(isSilenced(silences, alert, at) ? ['silenced'] : []),
    ...(fineSince === null ? [] : [`fine since ${fineSince}, which is not told yet`]),
  ]
  return [
    `  ${id}`,
    { text: severity, paint: severity === 'critical' ? paint.red : paint.yellow },
    alertTitle(alert),
    `for ${spanText(lastedSeconds(since, fineSince ?? at))}`,
    notes.join('; '),
    { text: look, paint: paint.dim },
  ]
}

function printHistory(out: CommandContext['out'], { history }: AlertState): void {
  out.line(out.paint.bold(history.length === 0 ? 'none was ever over' : 'over'))
  const rows = history
    .toReversed()
    .map(({ id, kind, subject, since, lastedSeconds: lasted, seen, end }): TableCell[] => [
      `  ${id}`,
      `${kind} ${subject}`.trim(),
      `since ${since}`,
      `for ${spanText(lasted)}`,
      end === 'gone' ? 'nobody looks at it any more' : seen,
    ])
  for (const line of tableLines(rows)) out.line(line)
}
