import { InvalidArgumentError } from 'commander'
import { selectDatasets } from '../../config/config.js'
import { parseDuration } from '../../model/duration.js'
import { formatBytes, formatNoun } from '../../report/figures.js'
import type { Garbage, KeptRun } from '../../retain/garbage.js'
import type { Scrap } from '../../retain/leftovers.js'
import { openLake } from '../../wire.js'
import type { CommandContext, CommandModule } from '../command.js'
import { examples } from '../examples.js'
import { EXIT } from '../exit-codes.js'
import { datasetArguments } from '../options.js'
import { eachDataset } from '../steps/each-dataset.js'
import { withOpen } from '../steps/resource.js'
import { type TableCell, tableLines } from '../table.js'

interface GcFlags {
  readonly dryRun?: boolean
  /** Seconds. */
  readonly olderThan: number
}

const DEFAULT_OLDER_THAN = '24h'

export const describe: CommandModule['describe'] = command => {
  datasetArguments(command)
    .description(
      'Removes what writers that died left on the lake: unfinished runs with their claims and plans, objects in the folder ' +
        'of a committed run that its manifest does not name, unfinished uploads and temporary files. Nothing that a manifest ' +
        'names is ever removed, nor anything of a writer that is at work.',
    )
    .option('--dry-run', 'only list what would be removed')
    .option(
      '--older-than <duration>',
      'leave what may still be resumed or at work until it is so old: 90s, 45m, 26h, 7d',
      duration,
      duration(DEFAULT_OLDER_THAN),
    )
    .addHelpText(
      'after',
      examples('lakeferry gc --dry-run', 'lakeferry gc', 'lakeferry gc papers --older-than 7d --json'),
    )
  // Commander would print the default as a number of seconds.
  const option = command.options.find(({ long }) => long === '--older-than')
  option?.default(option.defaultValue, DEFAULT_OLDER_THAN)
}

export const run: CommandModule['run'] = async (context, parsed) => {
  const { io, signal, told } = context
  const { dryRun = false, olderThan } = parsed.opts<GcFlags>()
  const { config } = await context.loadConfig()
  const { sweepDataset, sweepScraps } = await import('../../retain/sweep.js')
  const options = { now: io.clock.now(), olderThanMs: olderThan * 1000, dryRun }
  await withOpen(openLake(config), signal, async lake => {
    const deps = { lake, clock: io.clock, signal }
    await eachDataset(context, selectDatasets(config, parsed.args), async ({ name }, tell) => {
      const removed: Garbage[] = []
      const kept: KeptRun[] = []
      // Told as it goes: what is gone is gone, whatever fails after it.
      const state = (): void => tell({ removed, bytes: sum(removed), kept, dryRun })
      state()
      await sweepDataset(deps, name, options, {
        removed: items => {
          removed.push(...items)
          state()
        },
        kept: run => kept.push(run),
      })
      printRuns(context, name, removed, kept, dryRun)
    })
    const leftovers: Scrap[] = []
    const state = (): void => {
      told.body['leftovers'] = leftovers.map(({ kind, key, id, bytes, since }) => ({
        ...{ kind, key: key ?? null, id: id ?? null, bytes: bytes ?? null, since },
      }))
    }
    state()
    await sweepScraps(deps, options, {
      removed: items => {
        leftovers.push(...items)
        state()
      },
    })
    printLeftovers(context, leftovers, dryRun)
  })
  return EXIT.fine
}

function duration(text: string): number {
  const seconds = parseDuration(text)
  if (seconds === undefined) throw new InvalidArgumentError('Wanted a duration such as 90s, 45m, 26h or 7d.')
  return seconds
}

const sum = (items: readonly { readonly bytes: number | undefined }[]): number =>
  items.reduce((total, { bytes = 0 }) => total + bytes, 0)

function printRuns(
  { out }: CommandContext,
  dataset: string,
  removed: readonly Garbage[],
  kept: readonly KeptRun[],
  dryRun: boolean,
): void {
  const { paint } = out
  out.line(`${paint.bold(dataset)}: ${summary(removed, dryRun)}`)
  const rows = [
    ...removed.map(({ kind, key, bytes, since }): TableCell[] => [`  ${kind}`, formatBytes(bytes), since, key]),
    ...kept.map(({ runId, reason }): TableCell[] => [
      { text: '  kept', paint: paint.yellow },
      `run ${runId}: ${reason}`,
    ]),
  ]
  for (const line of tableLines(rows)) out.line(line)
}

function printLeftovers({ out }: CommandContext, leftovers: readonly Scrap[], dryRun: boolean): void {
  if (leftovers.length === 0) return
  out.line(`${out.paint.bold('the lake')}: ${summary(leftovers, dryRun)}`)
  const rows = leftovers.map(({ kind, key, id, bytes, since }): TableCell[] => [
    `  ${kind}`,
    bytes === undefined ? '' : formatBytes(bytes),
    since,
    key ?? id ?? '',
  ])
  for (const line of tableLines(rows)) out.line(line)
}

function summary(items: readonly { readonly bytes: number | undefined }[], dryRun: boolean): string {
  if (items.length === 0) return 'nothing to remove'
  return `${dryRun ? 'would remove' : 'removed'} ${formatNoun(items.length, 'object')}, ${formatBytes(sum(items))}`
}
