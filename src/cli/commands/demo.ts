import { latestManifest } from '../../catalog/catalog.js'
import { readViolations } from '../../catalog/violations.js'
import { type Config, type DatasetConfig, findDataset } from '../../config/config.js'
import { loadConfig } from '../../config/load-config.js'
import type { DemoDeps, DemoStep, ServedDashboard } from '../../demo/demo-deps.js'
import type { DemoOptions } from '../../demo/run-demo.js'
import { LakeferryError } from '../../errors.js'
import type { Contract } from '../../model/contract.js'
import { manifestBytes } from '../../model/manifest.js'
import type { ObjectStore } from '../../ports/object-store.js'
import { loadDatasetContract, openEngine, openLake, openSource } from '../../wire.js'
import type { CommandContext, CommandModule } from '../command.js'
import { examples } from '../examples.js'
import { EXIT } from '../exit-codes.js'
import { wholeNumber } from '../options.js'
import type { ProgressReporter } from '../progress.js'
import { exportStep } from '../steps/export-step.js'
import { placeOf, reportInput } from '../steps/report-step.js'
import { withOpen } from '../steps/resource.js'
import { validateStep } from '../steps/validate-step.js'
import { VERSION } from '../version.js'

interface Options {
  readonly papers?: number
  readonly comments?: number
  readonly seed?: number
  readonly dir?: string
  readonly keep?: true
}

export const describe: CommandModule['describe'] = command => {
  command
    .description(
      'Starts a MongoDB (or takes the one of MONGODB_URI), fills it with generated papers and comments in which known ' +
        'defects are planted, exports and validates them, and holds what was reported against what was planted. ' +
        'Exit code 1: they differ.',
    )
    .option('--papers <n>', 'papers to generate (default: 20000)', wholeNumber(1))
    .option('--comments <n>', 'comments to generate (default: 60000)', wholeNumber(0))
    .option('--seed <n>', 'of the generator: equal seeds give equal documents (default: 2026)', wholeNumber(0))
    .option('--dir <dir>', 'folder for the configuration, the contracts and the lake (default: .demo here)')
    .option('--keep', 'earlier runs too; then serve the dashboard, and leave all of it running until Ctrl-C')
    .addHelpText(
      'after',
      examples('npx lakeferry demo', 'npx lakeferry demo --papers 1000 --comments 3000', 'npx lakeferry demo --keep'),
    )
}

export const run: CommandModule['run'] = async (context, parsed) => {
  const { runDemo } = await import('../../demo/run-demo.js')
  const { dir, ...rest } = parsed.opts<Options>()
  const options: DemoOptions = dir === undefined ? rest : { ...rest, directory: dir }
  const outcome = await runDemo(demoDeps(context, await context.progress()), options)
  Object.assign(context.told.body, outcome)
  return outcome.ok ? EXIT.fine : EXIT.data
}

/** The use cases as the commands of the same names run them, over the demo's own configuration. */
function demoDeps(context: CommandContext, progress: ProgressReporter): DemoDeps {
  const { io, signal } = context
  const { clock } = io
  return {
    signal,
    env: { ...io.env },
    terminal: demoTerminal(context, progress),

    exportDataset: step =>
      withDataset(context, step, async ({ config, dataset, contract, lake }) =>
        withOpen(openSource(config), step.signal, async source => {
          const onProgress = ({ documents }: { documents: number }): void => step.progress(documents)
          const { memoryBytes } = config.limits
          const options = {
            ...{ contract, runId: undefined, readers: undefined },
            ...{ memoryBytes, signal: step.signal, onProgress },
          }
          const { runId, manifest } = await exportStep({ source, lake, clock }, dataset, options)
          return { runId, documents: manifest.documents, bytes: manifestBytes(manifest), parts: manifest.parts.length }
        }),
      ),

    validateDataset: step =>
      withDataset(context, step, async ({ config, dataset, contract, lake }) =>
        withOpen(openEngine(config, lake), step.signal, async engine => {
          if (contract === undefined) throw new LakeferryError('DATASET_NO_CONTRACT', { dataset: dataset.name })
          const manifest = await latestManifest(lake, dataset.name)
          const request = { manifest, contract, rows: true, signal: step.signal }
          const { result } = await validateStep({ lake, engineFor: async () => engine, clock }, request)
          return {
            status: result.status,
            failingDocuments: result.failingDocuments.error,
            rules: result.rules,
            // Read when they are wanted: by then this lake is closed.
            violations: async function* () {
              const again = await openLake(config)
              try {
                yield* readViolations(again, result)
              } finally {
                await again.close()
              }
            },
          }
        }),
      ),

    writeReport: step =>
      withDataset(context, step, async ({ dataset, contract, lake }) => {
        const { writeReports } = await import('../../report/write-report.js')
        const { runId } = await latestManifest(lake, dataset.name)
        const reports = await writeReports(
          { lake },
          await reportInput(lake, { dataset: dataset.name, runId, contract }),
        )
        return placeOf(lake, reports.html)
      }),

    serve: configFile => serveDashboard(context, configFile),
  }
}

/** What `serve` serves, over the demo's own configuration, on a free port. */
async function serveDashboard({ io, signal }: CommandContext, file: string): Promise<ServedDashboard> {
  const [{ openServer }, { closeInTime, listen }, { servePipeline }] = await Promise.all([
    import('../../server/open-server.js'),
    import('../../server/listen.js'),
    import('../steps/serve-pipeline.js'),
  ])
  const { clock, cwd } = io
  const { config } = await loadDemoConfig(io, file)
  // As below, for the runs that somebody starts there.
  const env = Object.fromEntries(Object.entries(io.env).filter(([name]) => !name.startsWith('LAKEFERRY_')))
  const pipeline = await servePipeline({ io: { ...io, env, cwd }, signal }, { config, file })
  const opened = await openServer(config, { pipeline, clock, version: VERSION, stopping: signal })
  const close = (): Promise<void> => closeInTime(opened)
  try {
    return { url: `${await listen(opened.app, { host: '127.0.0.1', port: 0 })}/`, close }
  } catch (error) {
    await close()
    throw error
  }
}

interface OpenDataset {
  readonly config: Config
  readonly dataset: DatasetConfig
  readonly contract: Contract | undefined
  readonly lake: ObjectStore
}

async function withDataset<T>(
  { io }: CommandContext,
  step: DemoStep,
  work: (open: OpenDataset) => Promise<T>,
): Promise<T> {
  const { config } = await loadDemoConfig(io, step.configFile)
  const dataset = findDataset(config, step.dataset)
  const contract = await loadDatasetContract(dataset)
  return withOpen(openLake(config), step.signal, lake => work({ config, dataset, contract, lake }))
}

/** The demo's own file and nothing else: settings for another lake must not send the generated papers there. */
function loadDemoConfig({ env: { MONGODB_URI }, cwd }: CommandContext['io'], file: string) {
  return loadConfig({ file, env: { MONGODB_URI }, cwd })
}

function demoTerminal({ out, options }: CommandContext, progress: ProgressReporter): DemoDeps['terminal'] {
  const paint = options.json ? out.errorPaint : out.paint
  return {
    line: text => (options.json ? out.note(text) : out.line(text)),
    bar: (label, total) => {
      const bar = progress.start(label)
      return { update: done => bar.update({ documents: done, expected: total }), stop: () => bar.stop() }
    },
    style: {
      bold: paint.bold,
      dim: paint.dim,
      accent: paint.cyan,
      good: paint.green,
      bad: paint.red,
      severity: (severity, text) => ({ error: paint.red, warning: paint.yellow, info: paint.dim })[severity](text),
    },
  }
}
