import { type Command, InvalidArgumentError } from 'commander'
import { changeAlerts, storeLedger } from '../../../alert/alert-ledger.js'
import type { Silence } from '../../../alert/alert-state.js'
import { addSilence, removeSilence } from '../../../alert/silence.js'
import { findDataset } from '../../../config/config.js'
import { LakeferryError } from '../../../errors.js'
import { CHECK_KINDS } from '../../../model/check.js'
import { parseDuration } from '../../../model/duration.js'
import { openLake } from '../../../wire.js'
import type { CommandContext } from '../../command.js'
import { examples } from '../../examples.js'
import { EXIT } from '../../exit-codes.js'
import { withOpen } from '../../steps/resource.js'
import { isKind, silenceFacts, whoami } from './facts.js'

interface Options {
  readonly kind?: string
  /** Seconds. */
  readonly for?: number
  readonly from?: Date
  readonly until?: Date
  readonly reason?: string
  readonly remove?: string
}

export function describeSilence(command: Command): void {
  command
    .description(
      'Nothing is sent of what it covers until it ends: planned work. What is still wrong then is told then, and so is the end of ' +
        'what had been told before. Without a dataset and a kind it covers everything.',
    )
    .argument('[dataset...]', 'names from the configuration (default: everything)')
    .option('--kind <kind>', `only alerts of one kind: ${CHECK_KINDS.join(', ')}`)
    .option('--for <duration>', 'how long: 90s, 45m, 2h, 7d', duration)
    .option('--from <instant>', 'when it begins (default: now): 2026-11-22T02:00:00Z', instant)
    .option('--until <instant>', 'when it ends, in the place of --for', instant)
    .option('--reason <text>', 'why; required')
    .option('--remove <id>', 'end a silence now, in the place of all the others')
    .addHelpText(
      'after',
      examples(
        "lakeferry alerts silence papers --for 2h --reason 'index build'",
        "lakeferry alerts silence --kind volume --until 2026-11-30T00:00:00Z --reason 'import of the archive'",
        'lakeferry alerts silence --remove 5be01c77',
      ),
    )
}

export async function runSilence(context: CommandContext, parsed: Command): Promise<number> {
  const options = parsed.opts<Options>()
  const { config } = await context.loadConfig()
  const at = context.io.clock.now().toISOString()
  if (options.remove !== undefined) {
    const id = options.remove
    refuseOthers(parsed)
    const { silence } = await withOpen(openLake(config), context.signal, lake =>
      changeAlerts(storeLedger(lake), state => removeSilence(state, id, at)),
    )
    tell(context, silence, true)
    return EXIT.fine
  }
  for (const name of parsed.args) findDataset(config, name)
  const wanted = wantedSilence(parsed.args, options, at)
  const { silence } = await withOpen(openLake(config), context.signal, lake =>
    changeAlerts(storeLedger(lake), state => addSilence(state, wanted, at)),
  )
  tell(context, silence, false)
  return EXIT.fine
}

function wantedSilence(names: readonly string[], options: Options, at: string): Omit<Silence, 'id'> {
  const { kind, reason, from, until } = options
  if (kind !== undefined && !isKind(kind)) throw usage(`there is no kind ${kind} of alert`, CHECK_KINDS.join(', '))
  if (reason === undefined || reason.trim() === '') throw usage('a silence wants a reason', '--reason TEXT')
  if ((options.for === undefined) === (until === undefined))
    throw usage('a silence wants its end, once', '--for 2h or --until 2026-11-22T04:00:00Z')
  const begin = from?.toISOString() ?? at
  const end = until?.toISOString() ?? new Date(Date.parse(begin) + (options.for ?? 0) * 1000).toISOString()
  if (Date.parse(end) <= Date.parse(begin) || Date.parse(end) <= Date.parse(at))
    throw usage(`that silence would be over already: it ends at ${end}`, 'name a later end')
  return { datasets: [...new Set(names)], kind: kind ?? null, from: begin, until: end, reason, by: whoami() }
}

function refuseOthers(parsed: Command): void {
  const others = Object.keys(parsed.opts<Options>()).filter(name => name !== 'remove')
  if (others.length > 0 || parsed.args.length > 0)
    throw usage('--remove goes with nothing else', 'lakeferry alerts silence --remove ID')
}

function tell({ told, out }: CommandContext, silence: Silence, removed: boolean): void {
  const { id, datasets, kind, from, until } = silence
  told.body['silence'] = silenceFacts(silence)
  told.body['removed'] = removed
  const what = `${datasets.join(', ') || 'everything'}${kind === null ? '' : ` (${kind})`}`
  out.line(removed ? `${id}: ${what} is told again` : `${id}: nothing is told of ${what} from ${from} until ${until}`)
}

function usage(problem: string, next: string): LakeferryError {
  return new LakeferryError('USAGE', { problem, next: `Wanted: ${next}` })
}

function duration(text: string): number {
  const seconds = parseDuration(text)
  if (seconds === undefined) throw new InvalidArgumentError('Wanted a duration such as 90s, 45m, 2h or 7d.')
  return seconds
}

/** RFC 3339, with its zone: a time without one would be another machine's. */
function instant(text: string): Date {
  const date = new Date(text)
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(date.getTime()))
    return date
  throw new InvalidArgumentError('Wanted a time with its zone, such as 2026-11-22T02:00:00Z.')
}
