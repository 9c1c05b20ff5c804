import { writeFile } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import { Option } from 'commander'
import { latestRun } from '../../catalog/catalog.js'
import { selectDatasets } from '../../config/config.js'
import { LakeferryError, reasonOf } from '../../errors.js'
import { parseRunId } from '../../model/run-id.js'
import { openLake } from '../../wire.js'
import type { CommandModule } from '../command.js'
import { examples } from '../examples.js'
import { EXIT } from '../exit-codes.js'
import { runOption } from '../options.js'
import { loadContracts, withContract } from '../steps/contracts.js'
import { eachDataset } from '../steps/each-dataset.js'
import { certificateReport, REPORT_FORMATS, type ReportFormat, validationReport } from '../steps/render-step.js'
import { withOpen } from '../steps/resource.js'

const FORMAT_OF_EXTENSION: Readonly<Record<string, ReportFormat>> = {
  '.html': 'html',
  '.xml': 'junit',
  '.md': 'md',
  '.json': 'json',
  '.txt': 'text',
}

interface Options {
  readonly certificate?: true
  readonly run?: string
  readonly format?: ReportFormat
  readonly output?: string
}

export const describe: CommandModule['describe'] = command => {
  command
    .description('Shows the verdict on a validated run, or prints or writes its report in a format of your choice.')
    .argument('[dataset]', 'name from the configuration (default: all of them)')
    .addOption(runOption())
    .addOption(
      new Option('--format <format>', 'of the report; without it, a few lines for the terminal').choices(
        REPORT_FORMATS,
      ),
    )
    .option(
      '--certificate',
      'the certificate of the export instead: one page with its guarantee, counts, digests and rejects, for any committed run, in html, md or text',
    )
    .addOption(
      new Option('--output <file>', 'where to write it; the format follows from its ending (default: standard output)'),
    )
    .addHelpText(
      'after',
      examples(
        'lakeferry report papers',
        'lakeferry report papers --output papers.html',
        'lakeferry report papers --format junit --output junit.xml',
        'lakeferry report papers --format md >> "$GITHUB_STEP_SUMMARY"',
        'lakeferry report papers --certificate --output papers-certificate.html',
      ),
    )
}

export const run: CommandModule['run'] = async (context, parsed) => {
  const { out, options, io } = context
  const { run: runId, output, format = formatOf(output), certificate = false } = parsed.opts<Options>()
  if (certificate && (format === 'junit' || format === 'json')) {
    throw new LakeferryError('USAGE', {
      problem: `a certificate is html, md or text, and not ${format}`,
      next: 'Leave --certificate out for the report on the run’s validation.',
    })
  }
  const { config } = await context.loadConfig()
  const chosen = selectDatasets(config, parsed.args)
  // One that is named may have lost its contract since: the result on the lake is enough. A certificate needs neither.
  const datasets = certificate || parsed.args.length > 0 ? chosen : withContract(chosen, false)
  if (format !== undefined && datasets.length > 1) {
    throw new LakeferryError('USAGE', {
      problem: `a report is about one dataset, and there are ${datasets.length}: ${datasets.map(({ name }) => name).join(', ')}`,
      next: `Name one: lakeferry report ${datasets[0]?.name} --format ${format}`,
    })
  }
  const contracts = await loadContracts(datasets)
  await withOpen(openLake(config), context.signal, lake =>
    eachDataset(context, datasets, async (config, tell) => {
      const dataset = config.name
      const found = runId === undefined ? await latestRun(lake, dataset) : parseRunId(runId)
      if (found === undefined) throw new LakeferryError('RUN_NONE', { dataset })
      const report = certificate
        ? await certificateReport(lake, { dataset, runId: found, signal: context.signal })
        : await validationReport(lake, { dataset: config, runId: found, contract: contracts.get(dataset) })
      tell({ runId: found, ...report.facts, format: format ?? null, output: null })
      if (format === undefined) return await report.print(out)
      const text = await report.render(format)
      if (output === undefined) {
        // Standard output is one JSON object then: the report is inside.
        if (options.json) tell({ content: text })
        else out.raw(text)
        return
      }
      const file = resolve(io.cwd, output)
      await writeOutput(file, text)
      tell({ output: file })
      out.line(`${dataset}: ${format} ${certificate ? 'certificate' : 'report'} on run ${found} written to ${output}`)
    }),
  )
  return EXIT.fine
}

function formatOf(output: string | undefined): ReportFormat | undefined {
  if (output === undefined) return undefined
  const format = FORMAT_OF_EXTENSION[extname(output).toLowerCase()]
  if (format !== undefined) return format
  throw new LakeferryError('USAGE', {
    problem: `the ending of ${output} says nothing about the format`,
    next: `Add --format, one of ${REPORT_FORMATS.join(', ')}, or end the name in .html, .xml, .md, .json or .txt.`,
  })
}

async function writeOutput(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text)
  } catch (error) {
    throw new LakeferryError(
      'USAGE',
      { problem: `cannot write ${file}: ${reasonOf(error)}`, next: 'Check --output.' },
      { cause: error },
    )
  }
}
