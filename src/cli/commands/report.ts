import { writeFile } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import { Option } from 'commander'
import { latestRun } from '../../catalog/catalog.js'
import { selectDatasets } from '../../config/config.js'
import { LakeferryError, reasonOf } from '../../errors.js'
import { parseRunId } from '../../model/run-id.js'
import type { ReportInput } from '../../report/report-input.js'
import { openLake } from '../../wire.js'
import type { CommandModule } from '../command.js'
import { examples } from '../examples.js'
import { EXIT } from '../exit-codes.js'
import { runOption } from '../options.js'
import { loadContracts, withContract } from '../steps/contracts.js'
import { eachDataset } from '../steps/each-dataset.js'
import { printVerdict, reportInput } from '../steps/report-step.js'
import { withOpen } from '../steps/resource.js'

const REPORT_FORMATS = ['html', 'junit', 'md', 'json'] as const
type ReportFormat = (typeof REPORT_FORMATS)[number]

const FORMAT_OF_EXTENSION: Readonly<Record<string, ReportFormat>> = {
  '.html': 'html',
  '.xml': 'junit',
  '.md': 'md',
  '.json': 'json',
}

interface Options {
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
      ),
    )
}

export const run: CommandModule['run'] = async (context, parsed) => {
  const { out, options, io } = context
  const { run: runId, output, format = formatOf(output) } = parsed.opts<Options>()
  const { config } = await context.loadConfig()
  const chosen = selectDatasets(config, parsed.args)
  // One that is named may have lost its contract since: the result on the lake is enough.
  const datasets = parsed.args.length > 0 ? chosen : withContract(chosen, false)
  if (format !== undefined && datasets.length > 1) {
    throw new LakeferryError('USAGE', {
      problem: `a report is about one dataset, and there are ${datasets.length}: ${datasets.map(({ name }) => name).join(', ')}`,
      next: `Name one: lakeferry report ${datasets[0]?.name} --format ${format}`,
    })
  }
  const contracts = await loadContracts(datasets)
  await withOpen(openLake(config), context.signal, lake =>
    eachDataset(context, datasets, async ({ name: dataset }, tell) => {
      const found = runId === undefined ? await latestRun(lake, dataset) : parseRunId(runId)
      if (found === undefined) throw new LakeferryError('RUN_NONE', { dataset })
      const input = await reportInput(lake, { dataset, runId: found, contract: contracts.get(dataset) })
      const { status, documents, failingDocuments, violations } = input.result
      tell({
        runId: found,
        status,
        documents,
        failingDocuments,
        violations: violations.count,
        format: format ?? null,
        output: null,
      })
      if (format === undefined) return printVerdict(out, input)
      const text = await renderAs(format, input)
      if (output === undefined) {
        // Standard output is one JSON object then: the report is inside.
        if (options.json) tell({ content: text })
        else out.raw(text)
        return
      }
      const file = resolve(io.cwd, output)
      await writeOutput(file, text)
      tell({ output: file })
      out.line(`${dataset}: ${format} report on run ${found} written to ${output}`)
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
    next: `Add --format, one of ${REPORT_FORMATS.join(', ')}, or end the name in .html, .xml, .md or .json.`,
  })
}

async function renderAs(format: ReportFormat, input: ReportInput): Promise<string> {
  switch (format) {
    case 'html':
      return (await import('../../report/html.js')).renderHtml(input)
    case 'junit':
      return (await import('../../report/junit.js')).renderJunit(input)
    case 'md':
      return (await import('../../report/markdown.js')).renderMarkdown(input)
    case 'json':
      return (await import('../../report/json.js')).renderJson(input)
  }
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
