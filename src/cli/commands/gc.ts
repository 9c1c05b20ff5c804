import { InvalidArgumentError } from 'commander'
import { type Config, type DatasetConfig, selectDatasets } from '../../config/config.js'
import type { Contract } from '../../model/contract.js'
import { parseDuration } from '../../model/duration.js'
import type { Garbage, KeptRun } from '../../retain/garbage.js'
import type { Scrap } from '../../retain/leftovers.js'
import type { DatasetSweep, SweptDataset } from '../../retain/plan-sweep.js'
import type { DecidedRun, SweepDeps, SweepOptions } from '../../retain/sweep.js'
import { openLake } from '../../wire.js'
import type { CommandModule } from '../command.js'
import { examples } from '../examples.js'
import { EXIT } from '../exit-codes.js'
import { datasetArguments } from '../options.js'
import { loadContracts } from '../steps/contracts.js'
import { eachDataset } from '../steps/each-dataset.js'
import { withOpen } from '../steps/resource.js'
import { bytesOf, printLeftovers, printSwept } from '../steps/sweep-lines.js'

interface GcFlags {
  readonly dryRun?: boolean
  /** Seconds. */
  readonly olderThan: number
}

const DEFAULT_OLDER_THAN = '24h'

export const describe: CommandModule['describe'] = command => {
  datasetArguments(command)
    .description(
      'Removes the committed runs that retention.keepDaily and keepWeekly do not keep, and what writers that died left on the ' +
        'lake: unfinished runs with their claims and plans, objects in the folder of a committed run that its manifest does not ' +
        'name, unfinished uploads and temporary files. The newest run, the newest good one and what was the newest an hour ago ' +
        'always stay, and so does all that belongs to a writer at work. Without a retention every committed run stays.',
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
      examples(
        'lakeferry gc --dry-run',
        'lakeferry gc',
        'lakeferry gc --dry-run --verbose',
        'lakeferry gc papers --older-than 7d --json',
      ),
    )
  // Commander would print the default as a number of seconds.
  const option = command.options.find(({ long }) => long === '--older-than')
  option?.default(option.defaultValue, DEFAULT_OLDER_THAN)
}

export const run: CommandModule['run'] = async (context, parsed) => {
  const { io, signal, told, out } = context
  const { dryRun = false, olderThan } = parsed.opts<GcFlags>()
  const { config } = await context.loadConfig()
  const selected = selectDatasets(config, parsed.args)
  const { sweepDataset, sweepScraps } = await import('../../retain/sweep.js')
  const options = { now: io.clock.now(), olderThanMs: olderThan * 1000, dryRun }
  await withOpen(openLake(config), signal, async lake => {
    const deps = { lake, clock: io.clock, signal }
    const plan = await planner(config, deps, options)
    await eachDataset(context, selected, async (dataset, tell) => {
      const removed: Garbage[] = []
      const kept: KeptRun[] = []
      const decided: DecidedRun[] = []
      const runs: ReturnType<typeof runFacts>[] = []
      let bytes = 0
      // Told as it goes: what is gone is gone, whatever fails after it.
      const state = (): void => tell({ runs, removed, bytes, kept, dryRun })
      state()
      await sweepDataset(deps, await plan(dataset), options, {
        removed: items => {
          for (const item of items) removed.push(item)
          bytes += bytesOf(items)
          state()
        },
        kept: run => kept.push(run),
        decided: run => {
          decided.push(run)
          runs.push(runFacts(run))
        },
      })
      printSwept(out, dataset.name, { removed, kept, decided }, { dryRun, verbose: context.options.verbose })
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
    printLeftovers(out, leftovers, dryRun)
  })
  return EXIT.fine
}

/** With a retention, which runs stay depends on all datasets, whichever are named. */
async function planner(
  { datasets, retention }: Config,
  deps: SweepDeps,
  options: SweepOptions,
): Promise<(dataset: DatasetConfig) => Promise<DatasetSweep>> {
  const { planDataset, planRetention } = await import('../../retain/plan-sweep.js')
  const { keepDaily = 0, keepWeekly = 0, graceSeconds } = retention
  if (keepDaily === 0 && keepWeekly === 0) return dataset => planDataset(deps, sweptDataset(dataset), options)
  const rules = { keepDaily, keepWeekly, graceMs: graceSeconds * 1000 }
  const contracts = await loadContracts(datasets)
  const swept = datasets.map(dataset => sweptDataset(dataset, contracts.get(dataset.name)))
  const plans = await planRetention(deps, swept, options, rules)
  return async ({ name }) => plans.get(name)!
}

function sweptDataset({ name, allowedRejects }: DatasetConfig, contract?: Contract): SweptDataset {
  return {
    name,
    judging: {
      ...(allowedRejects === undefined ? {} : { allowedRejects }),
      ...(contract === undefined ? {} : { contract }),
    },
  }
}

function runFacts({ runId, kept, reasons, run: { objects, bytes, facts } }: DecidedRun) {
  const committedAt = facts?.committedAt?.toISOString() ?? null
  return { runId, kept, reasons, committedAt, verdict: facts?.verdict ?? null, objects, bytes }
}

function duration(text: string): number {
  const seconds = parseDuration(text)
  if (seconds === undefined) throw new InvalidArgumentError('Wanted a duration such as 90s, 45m, 26h or 7d.')
  return seconds
}
