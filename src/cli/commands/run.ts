import { Option } from 'commander'
import { type Config, type DatasetConfig, selectDatasets } from '../../config/config.js'
import { LakeferryError } from '../../errors.js'
import type { GateOutcome } from '../../model/gate.js'
import type { Manifest } from '../../model/manifest.js'
import { openLake, openSource } from '../../wire.js'
import type { CommandContext, CommandModule } from '../command.js'
import { examples } from '../examples.js'
import {
  againOption,
  datasetArguments,
  engineFlag,
  engineOption,
  formatFlag,
  formatOption,
  resumeOption,
  rowsOption,
  runIdOption,
} from '../options.js'
import { loadContracts } from '../steps/contracts.js'
import { Cycle, exportOrder } from '../steps/cycle.js'
import { eachDataset } from '../steps/each-dataset.js'
import { Engines } from '../steps/engines.js'
import { exportInCycle } from '../steps/export-step.js'
import { gateExit } from '../steps/gate-step.js'
import { inspectRun } from '../steps/inspect-step.js'
import { withOpen } from '../steps/resource.js'
import { withAlerts } from '../steps/run-alerts.js'
import type { RunStory } from '../steps/run-story.js'
import { withStory } from '../steps/with-story.js'

interface Options {
  readonly format?: string
  readonly runId?: string
  readonly resume?: true
  readonly engine?: string
  readonly rows?: true
  readonly again?: true
  /** commander's, of --no-profile. */
  readonly profile: boolean
}

export const describe: CommandModule['describe'] = command => {
  datasetArguments(command)
    .description(
      'Exports, validates, writes the reports and judges: what a schedule calls. All exports come first, under one run id. Exit ' +
        'code 1 says that the data break their contract, that some were rejected or that there are none; the run is committed ' +
        'all the same. A dataset without a contract is only exported.',
    )
    .addOption(formatOption())
    .addOption(runIdOption())
    .addOption(resumeOption())
    .addOption(engineOption())
    .addOption(rowsOption())
    .addOption(
      new Option('--no-profile', 'do not compare volume, null rates, distinct counts and means with earlier runs'),
    )
    .addOption(againOption())
    .addHelpText(
      'after',
      examples(
        'lakeferry run',
        'lakeferry run papers --rows',
        'lakeferry run --resume',
        'lakeferry run --json --quiet',
      ),
    )
}

export const run: CommandModule['run'] = async (context, parsed) => {
  const { format, engine: kind } = parsed.opts<Options>()
  const { config } = await context.loadConfig([...formatFlag(format), ...engineFlag(kind)])
  const datasets = selectDatasets(config, parsed.args)
  return await withAlerts(context, config, () =>
    withStory(context, { config, datasets, step: 'export' }, story =>
      runDatasets(context, config, datasets, parsed.opts<Options>(), story),
    ),
  )
}

async function runDatasets(
  context: CommandContext,
  config: Config,
  datasets: readonly DatasetConfig[],
  options: Options,
  story: RunStory,
): Promise<number> {
  const { signal, io } = context
  const { runId, resume = false, rows = false, again = false, profile } = options
  const contracts = await loadContracts(datasets)
  for (const dataset of datasets) requireParquet(dataset)
  const progress = await context.progress()
  const inOrder = exportOrder(datasets, contracts)
  const manifests = new Map<string, { readonly manifest: Manifest; readonly seconds: number }>()
  const outcomes: GateOutcome[] = []
  await withOpen(openLake(config), signal, lake =>
    story.recorded(lake, async () => {
      const cycle = await Cycle.begin(lake, datasets, { runId, resume, now: io.clock.now() })
      await withOpen(openSource(config), signal, source =>
        eachDataset(context, inOrder, async (dataset, tell) => {
          const contract = contracts.get(dataset.name)
          const deps = { context, config, progress, cycle, source, lake, story }
          const last = contract === undefined
          const { manifest, seconds } = await exportInCycle(deps, dataset, { contract, resume, last }, tell)
          manifests.set(dataset.name, { manifest, seconds })
          if (contract === undefined) tell({ status: null })
        }),
      )
      await withOpen(Promise.resolve(new Engines(context, config, lake)), signal, engines =>
        eachDataset(context, inOrder, async (dataset, tell) => {
          const contract = contracts.get(dataset.name)
          const exported = manifests.get(dataset.name)
          if (contract === undefined || exported === undefined) return
          const { manifest } = exported
          const { validation, gate } = await inspectRun({ context, config, lake, engines, story }, tell, {
            ...{ dataset, manifest, contract, rows, profile, again },
            ...{ newest: true, reports: true },
          })
          tell({ seconds: exported.seconds + validation.seconds })
          outcomes.push(gate.outcome)
        }),
      )
    }),
  )
  return gateExit(outcomes)
}

/** Before anything is exported that could not be judged. */
function requireParquet({ name, contract, formats }: DatasetConfig): void {
  if (contract === undefined || formats.includes('parquet')) return
  throw new LakeferryError('USAGE', {
    problem: `${name} has a contract, and no parquet among its formats (${formats.join(', ')}) to hold to it`,
    next: `Add parquet, or only export: lakeferry export ${name}`,
  })
}
