import { selectDatasets } from '../../config/config.js'
import { openLake, openSource } from '../../wire.js'
import type { CommandModule } from '../command.js'
import { examples } from '../examples.js'
import { EXIT } from '../exit-codes.js'
import { datasetArguments, formatFlag, formatOption, resumeOption, runIdOption } from '../options.js'
import { loadContracts } from '../steps/contracts.js'
import { eachDataset } from '../steps/each-dataset.js'
import { exportFacts, exportLine, exportStep } from '../steps/export-step.js'
import { withOpen } from '../steps/resource.js'

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
  const { out, signal, io } = context
  const { format, runId, resume = false } = parsed.opts<Options>()
  const { config } = await context.loadConfig(formatFlag(format))
  const datasets = selectDatasets(config, parsed.args)
  const contracts = await loadContracts(datasets)
  const progress = await context.progress()
  await withOpen(openLake(config), signal, lake =>
    withOpen(openSource(config), signal, source =>
      eachDataset(context, datasets, async (dataset, tell) => {
        const bar = progress.start(dataset.name)
        const outcome = await exportStep({ source, lake, clock: io.clock }, dataset, {
          contract: contracts.get(dataset.name),
          runId,
          resume,
          memoryBytes: config.limits.memoryBytes,
          readers: config.source.concurrency,
          signal,
          onProgress: context.options.quiet ? undefined : bar.update,
        }).finally(bar.stop)
        for (const warning of outcome.warnings) out.warn(`${dataset.name}: ${warning}`)
        out.line(exportLine(outcome))
        tell(exportFacts(outcome))
      }),
    ),
  )
  return EXIT.fine
}
