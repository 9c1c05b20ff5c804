import { latestManifest, readManifest } from '../../catalog/catalog.js'
import { selectDatasets } from '../../config/config.js'
import { openEngine, openLake } from '../../wire.js'
import type { CommandModule } from '../command.js'
import { examples } from '../examples.js'
import { EXIT } from '../exit-codes.js'
import { datasetArguments, engineFlag, engineOption, rowsOption, runOption } from '../options.js'
import { loadContracts, withContract } from '../steps/contracts.js'
import { eachDataset } from '../steps/each-dataset.js'
import { printVerdict, reportInput } from '../steps/report-step.js'
import { withOpen } from '../steps/resource.js'
import { validateFacts, validateStep } from '../steps/validate-step.js'

interface Options {
  readonly run?: string
  readonly engine?: string
  readonly rows?: true
}

export const describe: CommandModule['describe'] = command => {
  datasetArguments(command)
    .description('Holds a committed run to its data contract. Exit code 1 says that the data break it.')
    .addOption(runOption())
    .addOption(engineOption())
    .addOption(rowsOption())
    .addHelpText(
      'after',
      examples(
        'lakeferry validate',
        'lakeferry validate papers --rows',
        'lakeferry validate papers --run 20261122T020000.000Z-1a2b3c',
        'lakeferry validate --json --quiet | jq \'.datasets[].rules[] | select(.status == "fail")\'',
      ),
    )
}

export const run: CommandModule['run'] = async (context, parsed) => {
  const { out, signal, io } = context
  const options = parsed.opts<Options>()
  const { config } = await context.loadConfig(engineFlag(options.engine))
  const datasets = withContract(selectDatasets(config, parsed.args), parsed.args.length > 0)
  const contracts = await loadContracts(datasets)
  let failed = false
  await withOpen(openLake(config), signal, lake =>
    withOpen(openEngine(config, lake), signal, engine =>
      eachDataset(context, datasets, async (dataset, tell) => {
        const { name } = dataset
        const contract = contracts.get(name)
        if (contract === undefined) throw new TypeError(`${name} has lost its contract`)
        const manifest = await (options.run === undefined
          ? latestManifest(lake, name)
          : readManifest(lake, name, options.run))
        const deps = { lake, engine, clock: io.clock }
        const validation = await validateStep(deps, { manifest, contract, rows: options.rows ?? false, signal })
        tell(validateFacts(validation))
        failed ||= validation.result.status === 'fail'
        const input = await reportInput(lake, { dataset: name, runId: manifest.runId, contract, historyRuns: 0 })
        await printVerdict(out, input)
      }),
    ),
  )
  return failed ? EXIT.data : EXIT.fine
}
