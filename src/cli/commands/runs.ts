import { listRuns, readResult } from '../../catalog/catalog.js'
import { selectDatasets } from '../../config/config.js'
import { isLakeferryError } from '../../errors.js'
import { type Manifest, manifestBytes } from '../../model/manifest.js'
import type { ResultStatus } from '../../model/result.js'
import type { ObjectStore } from '../../ports/object-store.js'
import { formatBytes, formatCount, formatInstant } from '../../report/figures.js'
import { openLake } from '../../wire.js'
import type { CommandModule } from '../command.js'
import { examples } from '../examples.js'
import { EXIT } from '../exit-codes.js'
import { wholeNumber } from '../options.js'
import type { Output } from '../output.js'
import { eachDataset } from '../steps/each-dataset.js'
import { withOpen } from '../steps/resource.js'
import { type TableCell, tableLines } from '../table.js'

const DEFAULT_LIMIT = 20

/** As `--json` tells it; docs/cli.md. */
interface RunFacts {
  readonly runId: string
  readonly committed: boolean
  readonly startedAt: string | null
  readonly committedAt: string | null
  readonly documents: number | null
  readonly bytes: number | null
  readonly formats: Manifest['formats'] | null
  readonly guarantee: Manifest['guarantee']['kind'] | null
  /** Of the last validation; null when there was none or it cannot be read. */
  readonly status: ResultStatus | null
  readonly problem: string | null
}

export const describe: CommandModule['describe'] = command => {
  command
    .description('Lists the runs on the lake, newest first. One without a commit is being written or was broken off.')
    .argument('[dataset]', 'name from the configuration (default: all of them)')
    .option('--limit <n>', 'runs of each dataset, at most', wholeNumber(1), DEFAULT_LIMIT)
    .addHelpText('after', examples('lakeferry runs', 'lakeferry runs papers --limit 5', 'lakeferry runs papers --json'))
}

export const run: CommandModule['run'] = async (context, parsed) => {
  const { out } = context
  const { limit } = parsed.opts<{ limit: number }>()
  const { config } = await context.loadConfig()
  await withOpen(openLake(config), context.signal, lake =>
    eachDataset(context, selectDatasets(config, parsed.args), async ({ name }, tell) => {
      const runs: RunFacts[] = []
      for (const { runId, committed, manifest, problem } of await listRuns(lake, name, { limit })) {
        const verdict = committed ? await verdictOf(lake, name, runId) : { status: null, problem: null }
        runs.push({
          runId,
          committed,
          startedAt: manifest?.startedAt ?? null,
          committedAt: manifest?.committedAt ?? null,
          documents: manifest?.documents ?? null,
          bytes: manifest === undefined ? null : manifestBytes(manifest),
          formats: manifest?.formats ?? null,
          guarantee: manifest?.guarantee.kind ?? null,
          status: verdict.status,
          problem: problem ?? verdict.problem,
        })
      }
      tell({ runs })
      printRuns(out, name, runs)
    }),
  )
  return EXIT.fine
}

/** A result that cannot be read must not hide the runs. */
async function verdictOf(
  lake: ObjectStore,
  dataset: string,
  runId: string,
): Promise<Pick<RunFacts, 'status' | 'problem'>> {
  try {
    return { status: (await readResult(lake, dataset, runId))?.status ?? null, problem: null }
  } catch (error) {
    if (isLakeferryError(error, 'LAKE_OBJECT_DAMAGED')) return { status: null, problem: error.message }
    throw error
  }
}

function printRuns(out: Output, dataset: string, runs: readonly RunFacts[]): void {
  const { paint } = out
  out.line(paint.bold(dataset))
  if (runs.length === 0) out.line(`  no runs yet; lakeferry export ${dataset}`)
  const rows = runs.map((run): TableCell[] => {
    if (run.problem !== null) return [`  ${run.runId}`, { text: run.problem, paint: paint.red }]
    if (!run.committed) return [`  ${run.runId}`, { text: 'not committed', paint: paint.yellow }]
    return [
      `  ${run.runId}`,
      formatInstant(run.startedAt ?? ''),
      `${formatCount(run.documents ?? 0)} documents`,
      formatBytes(run.bytes ?? 0),
      (run.formats ?? []).join(','),
      { text: run.status ?? 'not validated', paint: statusPaint(run.status, paint) },
    ]
  })
  for (const line of tableLines(rows)) out.line(line)
}

function statusPaint(status: ResultStatus | null, paint: Output['paint']): (text: string) => string {
  return status === null ? paint.dim : { pass: paint.green, warn: paint.yellow, fail: paint.red }[status]
}
