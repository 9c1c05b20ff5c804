import { hostname } from 'node:os'
import type { Command } from 'commander'
import { latestRun, readManifest } from '../../catalog/catalog.js'
import { rebuildPointer } from '../../catalog/rebuild-pointer.js'
import { discard, listSetAside, putBack, type SetAside, setAside, setAsideManifest } from '../../catalog/set-aside.js'
import { findDataset, selectDatasets } from '../../config/config.js'
import { LakeferryError } from '../../errors.js'
import type { RunId } from '../../model/run-id.js'
import type { ObjectStore } from '../../ports/object-store.js'
import type { Problem } from '../../proof/verify-parts.js'
import { formatInstant, formatNoun } from '../../report/figures.js'
import { visibleText } from '../../report/visible-text.js'
import { openLake } from '../../wire.js'
import type { CommandContext, CommandModule } from '../command.js'
import { examples } from '../examples.js'
import { EXIT } from '../exit-codes.js'
import { eachDataset } from '../steps/each-dataset.js'
import { withOpen } from '../steps/resource.js'

interface Options {
  readonly run?: string
  readonly reason?: string
  readonly release?: true
  readonly discard?: true
}

/** Problems told on a terminal; --json has all. */
const MAX_SHOWN = 10

export const describe: CommandModule['describe'] = command => {
  command
    .description(
      'Sets a committed run aside, so that readers get the one before it: a damaged one, one that is dated in the future, or ' +
        'one that nobody is to use. Nothing of it is removed. Without --run it lists what is set aside.',
    )
    .argument('[dataset]', 'name from the configuration (default: all of them, to list)')
    .option('--run <id>', 'the run to set aside, to put back or to discard')
    .option('--reason <text>', 'why, for whoever comes next; required to set a run aside')
    .option('--release', 'put it back, once each of its objects is as its manifest says. Exit code 1: one is not')
    .option('--discard', 'remove the objects of a run that is set aside, for good')
    .addHelpText(
      'after',
      examples(
        'lakeferry quarantine papers --run 20261122T020000.000Z-1a2b3c --reason "a part is damaged"',
        'lakeferry quarantine',
        'lakeferry quarantine papers --run 20261122T020000.000Z-1a2b3c --release',
        'lakeferry quarantine papers --run 20261122T020000.000Z-1a2b3c --discard',
      ),
    )
}

export const run: CommandModule['run'] = async (context, parsed) => {
  const options = parsed.opts<Options>()
  const { config } = await context.loadConfig()
  const { run: runId } = options
  if (runId === undefined) return list(context, parsed, options)
  const problem = wrongOptions(parsed, options)
  if (problem !== undefined) throw new LakeferryError('USAGE', problem)
  const dataset = findDataset(config, parsed.args[0] ?? '')
  let exitCode: number = EXIT.fine
  await withOpen(openLake(config), context.signal, lake =>
    eachDataset(context, [dataset], async ({ name }, tell) => {
      const action = options.release ? 'release' : options.discard ? 'discard' : 'set aside'
      const problems: Problem[] = []
      if (action === 'release') problems.push(...(await problemsOf(context, lake, name, runId)))
      if (problems.length > 0) exitCode = EXIT.data
      else await act(lake, name, runId, { ...options, now: context.io.clock.now() })
      const done = `${name}: run ${runId} is ${DONE[action]}`
      const { runId: newest } = await rebuildPointer(lake, name).catch((error: unknown) => {
        // About another run; what was asked for is done all the same.
        if (problems.length === 0) context.out.line(done)
        throw error
      })
      const runs = (await listSetAside(lake, name)).map(runFacts)
      tell({ action, newest: newest ?? null, problems, runs })
      if (problems.length > 0) printProblems(context, name, runId, problems)
      else context.out.line(`${done}; ${await readersGet(lake, name, newest)}`)
    }),
  )
  return exitCode
}

const DONE = { release: 'back', discard: 'gone', 'set aside': 'set aside' } as const

function wrongOptions(
  { args }: Command,
  { reason, release, discard }: Options,
): { problem: string; next: string } | undefined {
  const next = 'See `lakeferry quarantine --help`.'
  if (args.length === 0) return { problem: '--run is of one dataset, and none is named', next }
  if ([reason, release, discard].filter(given => given !== undefined).length === 1) return undefined
  return {
    problem: '--run wants one of --reason TEXT (to set the run aside), --release and --discard',
    next,
  }
}

async function list(context: CommandContext, parsed: Command, { reason, release, discard }: Options): Promise<number> {
  if (reason !== undefined || release || discard)
    throw new LakeferryError('USAGE', {
      problem: '--reason, --release and --discard want --run ID',
      next: 'See `lakeferry quarantine --help`; `lakeferry runs` lists the runs.',
    })
  const { out } = context
  const { config } = await context.loadConfig()
  await withOpen(openLake(config), context.signal, lake =>
    eachDataset(context, selectDatasets(config, parsed.args), async ({ name }, tell) => {
      const { newest, records } = await standing(lake, name)
      tell({ action: 'list', newest, problems: [], runs: records.map(runFacts) })
      out.line(out.paint.bold(name))
      if (records.length === 0) out.line('  nothing set aside')
      for (const { runId, at, by, reason: why } of records)
        out.line(`  ${runId}  set aside ${formatInstant(at)} by ${visibleText(by)}: ${visibleText(why)}`)
    }),
  )
  return EXIT.fine
}

async function standing(lake: ObjectStore, dataset: string): Promise<{ newest: RunId | null; records: SetAside[] }> {
  return { newest: (await latestRun(lake, dataset)) ?? null, records: await listSetAside(lake, dataset) }
}

async function act(
  lake: ObjectStore,
  dataset: string,
  runId: RunId,
  options: Options & { readonly now: Date },
): Promise<void> {
  if (options.release) await putBack(lake, dataset, runId)
  else if (options.discard) await discard(lake, dataset, runId)
  else {
    const by = `${hostname()}, process ${process.pid}`
    await setAside(lake, dataset, runId, { at: options.now.toISOString(), by, reason: options.reason ?? '' })
  }
}

/** What keeps a run from being put back: what is on the lake is not what its manifest says. */
async function problemsOf(
  context: CommandContext,
  lake: ObjectStore,
  dataset: string,
  runId: RunId,
): Promise<readonly Problem[]> {
  const manifest = await setAsideManifest(lake, dataset, runId)
  const { verifyParts } = await import('../../proof/verify-parts.js')
  const { withScratch } = await import('../../proof/lake-file.js')
  const progress = await context.progress()
  const bar = progress.start(dataset)
  const { signal } = context
  return withScratch(scratch => verifyParts(lake, { manifest, scratch, signal, onProgress: bar.update }))
    .then(({ problems }) => problems)
    .finally(bar.stop)
}

function printProblems({ out }: CommandContext, dataset: string, runId: RunId, problems: readonly Problem[]): void {
  const count = formatNoun(problems.length, 'problem')
  out.line(`${out.paint.red('✗')} ${dataset}: run ${runId} stays set aside, ${count} with what is on the lake`)
  for (const { key, problem } of problems.slice(0, MAX_SHOWN)) out.line(`    ${visibleText(`${key}: ${problem}`)}`)
}

async function readersGet(lake: ObjectStore, dataset: string, newest: RunId | undefined): Promise<string> {
  if (newest === undefined) return `there is no other committed run: lakeferry export ${dataset}`
  const { startedAt, documents } = await readManifest(lake, dataset, newest)
  return `readers get run ${newest} (${formatNoun(documents, 'document')}, as of ${formatInstant(startedAt)})`
}

function runFacts({ runId, at, by, reason }: SetAside): Record<string, unknown> {
  return { runId, at, by, reason }
}
