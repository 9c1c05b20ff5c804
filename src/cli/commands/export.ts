import { selectDatasets } from '../../config/config.js'
import { openLake, openSource } from '../../wire.js'
import type { CommandModule } from '../command.js'
import { examples } from '../examples.js'
import { EXIT } from '../exit-codes.js'
import { datasetArguments, formatFlag, formatOption, resumeOption, runIdOption } from '../options.js'
import { loadContracts } from '../steps/contracts.js'
import { Cycle, exportOrder } from '../steps/cycle.js'
import { eachDataset } from '../steps/each-dataset.js'
import { exportInCycle } from '../steps/export-step.js'
import { withOpen } from '../steps/resource.js'
import { withStory } from '../steps/with-story.js'

interface Options {
  readonly format?: string
  readonly runId?: string
  readonly resume?: boolean
}

export const describe: CommandModule['describe'] = command => {
  datasetArguments(command)
    .description('Exports datasets to the lake. Each becomes one committed run, or none: nobody sees half of one.')
    .addOption(formatOption())
    .addOption(runIdOption())
    .addOption(resumeOption())
    .addHelpText(
      'after',
      examples(
        'lakeferry export',
        'lakeferry export papers',
        'lakeferry export papers --format parquet,json',
        'lakeferry export papers --resume',
        'lakeferry export --json --quiet',
      ),
    )
}

export const run: CommandModule['run'] = async (context, parsed) => {
  const { signal, io } = context
  const { format, runId, resume = false } = parsed.opts<Options>()
  const { config } = await context.loadConfig(formatFlag(format))
  const datasets = selectDatasets(config, parsed.args)
  const progress = await context.progress()
  await withStory(context, { config, datasets, step: 'export' }, async story => {
    const contracts = await loadContracts(datasets)
    await withOpen(openLake(config), signal, lake =>
      story.recorded(lake, async () => {
        const cycle = await Cycle.begin(lake, datasets, { runId, resume, now: io.clock.now() })
        await withOpen(openSource(config), signal, source =>
          eachDataset(context, exportOrder(datasets, contracts), async (dataset, tell) => {
            const deps = { context, config, progress, cycle, source, lake, story }
            const contract = contracts.get(dataset.name)
            await exportInCycle(deps, dataset, { contract, resume, last: true }, tell)
          }),
        )
      }),
    )
  })
  return EXIT.fine
}
