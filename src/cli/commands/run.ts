import { type DatasetConfig, selectDatasets } from '../../config/config.js'
import { LakeferryError } from '../../errors.js'
import { openEngine, openLake, openSource } from '../../wire.js'
import type { CommandModule } from '../command.js'
import { examples } from '../examples.js'
import { EXIT } from '../exit-codes.js'
import {
  datasetArguments,
  engineFlag,
  engineOption,
  formatFlag,
  formatOption,
  rowsOption,
  runIdOption,
} from '../options.js'
import { loadContracts } from '../steps/contracts.js'
import { eachDataset } from '../steps/each-dataset.js'
import { exportFacts, exportLine, exportStep } from '../steps/export-step.js'
import { placeOf, printVerdict, reportInput } from '../steps/report-step.js'
import { withOpen } from '../steps/resource.js'
import { validateFacts, validateStep } from '../steps/validate-step.js'

interface Options {
  readonly format?: string
  readonly runId?: string
  readonly engine?: string
  readonly rows?: true
}

export const describe: CommandModule['describe'] = command => {
  datasetArguments(command)
    .description(
      'Exports, validates, writes the reports and judges: what a schedule calls. Exit code 1 says that the data break ' +
        'their contract; the run is committed all the same. A dataset without a contract is only exported.',
    )
    .addOption(formatOption())
    .addOption(runIdOption())
    .addOption(engineOption())
    .addOption(rowsOption())
    .addHelpText('after', examples('lakeferry run', 'lakeferry run papers --rows', 'lakeferry run --json --quiet'))
}

export const run: CommandModule['run'] = async (context, parsed) => {
  const { out, signal, io } = context
  const { format, runId, engine: kind, rows = false } = parsed.opts<Options>()
  const { config } = await context.loadConfig([...formatFlag(format), ...engineFlag(kind)])
  const datasets = selectDatasets(config, parsed.args)
  const contracts = await loadContracts(datasets)
  for (const dataset of datasets) requireParquet(dataset)
  const progress = await context.progress()
  const { clock } = io
  let failed = false
  await withOpen(openLake(config), signal, lake =>
    withOpen(openSource(config), signal, source =>
      withOpen(openEngine(config, lake), signal, engine =>
        eachDataset(context, datasets, async (dataset, tell) => {
          const { name } = dataset
          const contract = contracts.get(name)
          const bar = progress.start(name)
          const stepOptions = {
            ...{ contract, runId, readers: config.source.concurrency, signal },
            onProgress: context.options.quiet ? undefined : bar.update,
            memoryBytes: config.limits.memoryBytes,
          }
          const exported = await exportStep({ source, lake, clock }, dataset, stepOptions).finally(bar.stop)
          for (const warning of exported.warnings) out.warn(`${name}: ${warning}`)
          out.line(exportLine(exported))
          tell(exportFacts(exported))
          if (contract === undefined) {
            tell({ status: null })
            return
          }

          signal.throwIfAborted()
          const { manifest } = exported
          const validation = await validateStep({ lake, engine, clock }, { manifest, contract, rows, signal })
          failed ||= validation.result.status === 'fail'
          const facts = validateFacts(validation)
          tell({ ...facts, seconds: exported.seconds + validation.execution.seconds })

          const input = await reportInput(lake, { dataset: name, runId: exported.runId, contract })
          const { writeReports } = await import('../../report/write-report.js')
          const reports = await writeReports({ lake }, input)
          tell({ reports })
          await printVerdict(out, input)
          out.line(`  ${out.paint.dim('report')} ${placeOf(lake, reports.html)}`)
        }),
      ),
    ),
  )
  return failed ? EXIT.data : EXIT.fine
}

/** Before anything is exported that could not be judged. */
function requireParquet({ name, contract, formats }: DatasetConfig): void {
  if (contract === undefined || formats.includes('parquet')) return
  throw new LakeferryError('USAGE', {
    problem: `${name} has a contract, and no parquet among its formats (${formats.join(', ')}) to hold to it`,
    next: `Add parquet, or only export: lakeferry export ${name}`,
  })
}
