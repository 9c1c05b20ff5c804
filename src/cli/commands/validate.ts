import { latestManifest, readManifest } from '../../catalog/catalog.js'
import { selectDatasets } from '../../config/config.js'
import type { GateOutcome } from '../../model/gate.js'
import { openLake } from '../../wire.js'
import type { CommandModule } from '../command.js'
import { examples } from '../examples.js'
import {
  againOption,
  datasetArguments,
  engineFlag,
  engineOption,
  profileOption,
  rowsOption,
  runOption,
} from '../options.js'
import { loadContracts, withContract } from '../steps/contracts.js'
import { eachDataset } from '../steps/each-dataset.js'
import { Engines } from '../steps/engines.js'
import { gateExit } from '../steps/gate-step.js'
import { inspectRun } from '../steps/inspect-step.js'
import { withOpen } from '../steps/resource.js'
import { withStory } from '../steps/with-story.js'

interface Options {
  readonly run?: string
  readonly engine?: string
  readonly rows?: true
  readonly profile?: true
  readonly again?: true
}

export const describe: CommandModule['describe'] = command => {
  datasetArguments(command)
    .description(
      'Holds a committed run to its data contract, and judges it. Exit code 1 says that the data break it, that some were ' +
        'rejected or that there are none; 4 that they are older than promised. A verdict that is on the lake already is told again.',
    )
    .addOption(runOption())
    .addOption(engineOption())
    .addOption(rowsOption())
    .addOption(profileOption())
    .addOption(againOption())
    .addHelpText(
      'after',
      examples(
        'lakeferry validate',
        'lakeferry validate papers --rows',
        'lakeferry validate papers --run 20261122T020000.000Z-1a2b3c',
        'lakeferry validate papers --again --profile',
        'lakeferry validate --json --quiet | jq \'.datasets[].rules[] | select(.status == "fail")\'',
      ),
    )
}

export const run: CommandModule['run'] = async (context, parsed) => {
  const { signal } = context
  const options = parsed.opts<Options>()
  const { run: runId, rows = false, profile = false, again = false } = options
  const { config } = await context.loadConfig(engineFlag(options.engine))
  const datasets = withContract(selectDatasets(config, parsed.args), parsed.args.length > 0)
  const outcomes: GateOutcome[] = []
  await withStory(context, { config, datasets, step: 'validation' }, async story => {
    const contracts = await loadContracts(datasets)
    await withOpen(openLake(config), signal, lake =>
      withOpen(Promise.resolve(new Engines(context, config, lake)), signal, engines =>
        eachDataset(context, datasets, async (dataset, tell) => {
          const { name } = dataset
          const contract = contracts.get(name)
          if (contract === undefined) throw new TypeError(`${name} has lost its contract`)
          const manifest = await (runId === undefined ? latestManifest(lake, name) : readManifest(lake, name, runId))
          const { gate } = await inspectRun({ context, config, lake, engines, story }, tell, {
            ...{ dataset, manifest, contract, rows, profile, again },
            newest: runId === undefined,
          })
          outcomes.push(gate.outcome)
        }),
      ),
    )
  })
  return gateExit(outcomes)
}
