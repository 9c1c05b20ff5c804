import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Argument } from 'commander'
import { latestManifest, readManifest } from '../../catalog/catalog.js'
import { type Config, selectDatasets } from '../../config/config.js'
import { LakeferryError } from '../../errors.js'
import type { Job } from '../../ports/job-runner.js'
import type { ObjectStore } from '../../ports/object-store.js'
import type { RemoteRunner } from '../../remote-job/remote-service.js'
import { ANSWERS_FILE, readSubmission } from '../../remote-job/submission.js'
import { openLake, openRemoteRunner, renderEmr } from '../../wire.js'
import type { CommandContext, CommandModule } from '../command.js'
import { examples } from '../examples.js'
import { EXIT } from '../exit-codes.js'
import { engineFlag, profileOption, rowsOption, runOption } from '../options.js'
import { loadContracts, withContract } from '../steps/contracts.js'
import { eachDataset, type Tell } from '../steps/each-dataset.js'
import { draftJob, type JobDraft, uploadDraft } from '../steps/job-draft.js'
import { withOpen } from '../steps/resource.js'
import { submittedJobs } from '../steps/submitted-jobs.js'
import { type TableCell, tableLines } from '../table.js'

const ACTIONS = ['render', 'submit', 'status', 'cancel'] as const
type Action = (typeof ACTIONS)[number]

interface Options {
  readonly run?: string
  readonly engine?: string
  readonly rows?: true
  readonly profile?: true
  readonly output?: string
  readonly upload?: true
}

/** As `--json` tells it; docs/cli.md. */
interface JobFacts {
  readonly runId: string
  readonly job: string
  readonly folder: string
  /** The service's own word; `answered` once the answers are on the lake; null when nothing was submitted. */
  readonly state: string | null
  readonly attempt: number | null
  readonly where: string | null
  readonly submittedAt: string | null
  readonly reason: string | null
}

export const describe: CommandModule['describe'] = command => {
  command
    .description(
      'Validation jobs on Amazon EMR by themselves. render writes the files for aws emr create-cluster, submit starts jobs and does not wait, status tells their states, cancel ends them. validate reads the answers.',
    )
    .addArgument(new Argument('<action>', 'what to do').choices(ACTIONS))
    .argument('[dataset...]', 'names from the configuration (default: all of them)')
    .addOption(runOption())
    .option('--engine <kind>', 'emr or emr-serverless (default: engine.kind)')
    .addOption(rowsOption())
    .addOption(profileOption())
    .option('--output <dir>', 'render: where the files go (default: here)')
    .option('--upload', 'render: also put the program and its questions on the lake, so that the steps can run')
    .addHelpText(
      'after',
      examples(
        'lakeferry emr render papers --output emr --upload && sh emr/create-cluster.sh',
        'lakeferry emr submit papers --engine emr-serverless',
        'lakeferry emr status --json',
        'lakeferry emr cancel papers --run 20261122T020000.000Z-1a2b3c',
      ),
    )
}

export const run: CommandModule['run'] = async (context, parsed) => {
  const [action, ...names] = parsed.args as [Action, ...string[]]
  const options = parsed.opts<Options>()
  context.told.body['action'] = action
  context.told.body['files'] = []
  // What render writes is for EMR on EC2, whatever validates otherwise.
  const flags =
    action === 'render' ? [{ key: 'engine.kind', flag: 'emr render', value: 'emr' }] : engineFlag(options.engine)
  const { config } = await context.loadConfig(flags)
  return await withOpen(openLake(config), context.signal, async lake => {
    if (action === 'render') return await render(context, config, lake, { options, names })
    const kind = remoteKind(config)
    const opening = openRemoteRunner(config, lake, kind, { clock: context.io.clock })
    return await withOpen(opening, context.signal, runner =>
      action === 'submit'
        ? submit(context, config, lake, { options, names, runner })
        : statusOrCancel(context, config, lake, { options, names, runner, cancel: action === 'cancel' }),
    )
  })
}

interface Asked {
  readonly options: Options
  readonly names: readonly string[]
}

async function render(context: CommandContext, config: Config, lake: ObjectStore, asked: Asked): Promise<number> {
  const { out, io, told } = context
  const drafts: JobDraft[] = []
  await eachDraft(context, config, lake, asked, async (draft, tell) => {
    drafts.push(draft)
    if (asked.options.upload) await uploadDraft(lake, draft)
    tell({ jobs: [draftFacts(draft.job)] })
  })
  const directory = resolve(io.cwd, asked.options.output ?? '.')
  await mkdir(directory, { recursive: true })
  const files: string[] = []
  for (const { name, text, executable } of await renderEmr(
    config,
    drafts.map(({ job }) => job),
  )) {
    const file = join(directory, name)
    await writeFile(file, text)
    if (executable) await chmod(file, 0o755)
    files.push(file)
    out.line(file)
  }
  told.body['files'] = files
  if (!asked.options.upload) {
    out.note('The lake does not have the program yet: --upload puts it there, with what each step asks.')
  }
  return EXIT.fine
}

async function submit(
  context: CommandContext,
  config: Config,
  lake: ObjectStore,
  { runner, ...asked }: Asked & { readonly runner: RemoteRunner },
): Promise<number> {
  const { out, signal } = context
  await eachDraft(context, config, lake, asked, async (draft, tell) => {
    const { job } = draft
    const answered = (await lake.head(`${job.folder}${ANSWERS_FILE}`)) !== undefined
    if (!answered) {
      await uploadDraft(lake, draft)
      await runner.submit(job, signal)
    }
    const { facts } = answered ? { facts: { ...draftFacts(job), state: 'answered' } } : await look(lake, runner, job)
    tell({ jobs: [facts] })
    print(out, job.dataset, [facts])
  })
  out.note('lakeferry emr status tells how they are; lakeferry validate waits for them and reads the answers.')
  return EXIT.fine
}

async function statusOrCancel(
  context: CommandContext,
  config: Config,
  lake: ObjectStore,
  { options, names, runner, cancel }: Asked & { readonly runner: RemoteRunner; readonly cancel: boolean },
): Promise<number> {
  let failed = false
  await eachDataset(context, selectDatasets(config, names), async ({ name }, tell) => {
    const jobs: JobFacts[] = []
    for (const job of await submittedJobs(lake, name, options.run)) {
      if (cancel) await runner.cancel(job)
      const looked = await look(lake, runner, job)
      failed ||= looked.failed && !cancel
      jobs.push(looked.facts)
    }
    tell({ jobs })
    print(context.out, name, jobs)
  })
  return failed ? EXIT.service : EXIT.fine
}

/** Drafts the job of each dataset's run. */
async function eachDraft(
  context: CommandContext,
  config: Config,
  lake: ObjectStore,
  { options, names }: Asked,
  work: (draft: JobDraft, tell: Tell) => Promise<void>,
): Promise<void> {
  const { io, signal } = context
  const datasets = withContract(selectDatasets(config, names), names.length > 0)
  const contracts = await loadContracts(datasets)
  const { contractFor } = await import('../../validate/kept-contract.js')
  await eachDataset(context, datasets, async ({ name }, tell) => {
    const today = contracts.get(name)
    if (today === undefined) throw new TypeError(`${name} has lost its contract`)
    const manifest = await (options.run === undefined
      ? latestManifest(lake, name)
      : readManifest(lake, name, options.run))
    const contract = options.run === undefined ? today : (await contractFor(lake, manifest, today)).contract
    const { rows = false, profile = false } = options
    const draft = await draftJob({ lake, clock: io.clock }, { manifest, contract, rows, profile, signal })
    await work(draft, tell)
  })
}

async function look(
  lake: ObjectStore,
  runner: RemoteRunner,
  job: Job,
): Promise<{ readonly facts: JobFacts; readonly failed: boolean }> {
  const note = (await readSubmission(lake, job.folder))?.submission
  const looked = await runner.look(job)
  const base = { ...draftFacts(job), attempt: note?.attempt ?? null, submittedAt: note?.submittedAt ?? null }
  if (looked === undefined) {
    const other = note !== undefined && note.runner !== runner.name
    const reason = other
      ? `it was handed to ${note.runner}: ask with --engine ${note.runner}`
      : `${runner.name} does not know it`
    return { facts: { ...base, state: 'unknown', reason }, failed: false }
  }
  const { sight, where, submission } = looked
  const answered = sight.phase === 'succeeded' && (await lake.head(`${job.folder}${ANSWERS_FILE}`)) !== undefined
  const facts = {
    ...base,
    attempt: submission.attempt,
    where,
    state: answered ? 'answered' : sight.state,
    reason: sight.reason ?? null,
  }
  return { facts, failed: sight.phase === 'failed' }
}

function draftFacts({ id, runId, folder }: Job): JobFacts {
  return { runId, job: id, folder, state: null, attempt: null, where: null, submittedAt: null, reason: null }
}

function print(out: CommandContext['out'], dataset: string, jobs: readonly JobFacts[]): void {
  out.line(out.paint.bold(dataset))
  if (jobs.length === 0) out.line('  no job is under way')
  const rows = jobs.map(({ runId, job, state, where, reason }): TableCell[] => [
    `  ${runId}`,
    job,
    state ?? 'drafted',
    where ?? '',
    reason ?? '',
  ])
  for (const line of tableLines(rows)) out.line(line)
}

function remoteKind({ engine }: Config): 'emr' | 'emr-serverless' {
  const kind = engine.kind === 'auto' ? engine.large : engine.kind
  if (kind === 'emr' || kind === 'emr-serverless') return kind
  throw new LakeferryError('USAGE', {
    problem: `engine.kind is ${engine.kind}, whose jobs are not on EMR`,
    next: 'Add --engine emr or --engine emr-serverless, or set engine.kind in lakeferry.yaml.',
  })
}
