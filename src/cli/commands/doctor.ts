import { type Config, type DatasetConfig, type EngineKind, isBackup } from '../../config/config.js'
import type { LoadedConfig } from '../../config/load-config.js'
import type { ErrorFamily } from '../../errors.js'
import { LakeferryError } from '../../errors.js'
import { lakeKey } from '../../model/lake-key.js'
import { redactUri } from '../../model/redact-uri.js'
import { newRunId } from '../../model/run-id.js'
import { formatNoun } from '../../report/figures.js'
import {
  loadDatasetContract,
  openChannels,
  openEngine,
  openLake,
  openRemoteRunner,
  openSource,
  probeSpark,
} from '../../wire.js'
import type { CommandContext, CommandModule } from '../command.js'
import { examples } from '../examples.js'
import { EXIT } from '../exit-codes.js'
import { shownText } from '../print-error.js'
import { unlessAborted, withOpen } from '../steps/resource.js'

type Source = Awaited<ReturnType<typeof openSource>>
type Probe = Awaited<ReturnType<Source['probe']>>

/** One thing that was tried. As `--json` tells it, but for `family`. */
interface Check {
  readonly name: string
  readonly ok: boolean
  readonly detail: string
  /** What to do about it; null when there is nothing to do. */
  readonly hint: string | null
  readonly family?: ErrorFamily
}

export const describe: CommandModule['describe'] = command => {
  command
    .description(
      'Tries each part: the configuration, the contracts, MongoDB and what it can guarantee, the conditional writes of the ' +
        'lake, the engine, every alert channel without a message that people see. Says what to do about each failure. ' +
        'Exit code 2: the configuration is the reason; 3: a service is.',
    )
    .addHelpText('after', examples('lakeferry doctor', 'lakeferry doctor --json', 'lakeferry doctor --verbose'))
}

export const run: CommandModule['run'] = async context => {
  const checks: Check[] = []
  context.told.body['checks'] = checks
  const tell = (check: Check): void => {
    const { family: _, ...told } = check
    checks.push(told)
    print(context, check)
  }
  const families: ErrorFamily[] = []
  const attempt: Attempt = async (name, work) => {
    context.signal.throwIfAborted()
    const check = await tried(name, work)
    if (check.family !== undefined) families.push(check.family)
    tell(check)
  }

  let loaded: LoadedConfig | undefined
  await attempt('configuration', async () => {
    loaded = await context.loadConfig()
    return `${loaded.file}, ${formatNoun(loaded.config.datasets.length, 'dataset')}`
  })
  if (loaded === undefined) return EXIT.usage
  const { config } = loaded
  for (const dataset of config.datasets) await attempt(`contract of ${dataset.name}`, () => checkContract(dataset))
  await checkSource(config, context.signal, attempt)
  await attempt('lake', () => checkLake(config, context))
  for (const [name, check] of engineChecks(config, context)) await attempt(name, check)
  await checkChannels(config, context.signal, attempt)
  if (families.includes('service')) return EXIT.service
  return families.length > 0 ? EXIT.usage : EXIT.fine
}

/** What was found, and perhaps what would make it better. */
type Finding = string | { readonly detail: string; readonly hint: string | null }
type Attempt = (name: string, work: () => Promise<Finding>) => Promise<void>

async function tried(name: string, work: () => Promise<Finding>): Promise<Check> {
  try {
    const found = await work()
    return { name, ok: true, ...(typeof found === 'string' ? { detail: found, hint: null } : found) }
  } catch (error) {
    // A bug is no finding about somebody's set-up, nor is Ctrl-C.
    if (!(error instanceof LakeferryError) || error.family === 'interrupted') throw error
    return {
      name,
      ok: false,
      detail: shownText(`${error.code}: ${error.message}`),
      hint: error.hint,
      family: error.family,
    }
  }
}

async function checkContract(dataset: DatasetConfig): Promise<string> {
  const contract = await loadDatasetContract(dataset)
  if (contract === undefined) return 'none: exported with columns from a census, not validated'
  const { id, version, columns, rules } = contract
  return `${id} ${version}, ${formatNoun(columns.length, 'column')}, ${formatNoun(rules.length, 'rule')}`
}

/** The server once, then each collection: one that is absent must not hide what is wrong with the others. */
async function checkSource(config: Config, signal: AbortSignal, attempt: Attempt): Promise<void> {
  let source: Source | undefined
  try {
    await attempt(isBackup(config.source.uri) ? 'backup' : 'mongodb', async () => {
      source = await unlessAborted(openSource(config), signal)
      return describeServer(await source.probe(), config)
    })
    if (source === undefined) return
    const open = source
    for (const { name, collection } of config.datasets) {
      await attempt(`collection of ${name}`, async () => {
        const probed = await open.probe(collection)
        const { kind } = await open.inspect(collection)
        const documents = await open.estimateCount(collection, signal)
        // An archive of several collections does not tell, and 0 would be wrong.
        const size = kind === 'file' && documents === 0 ? '' : ` of about ${formatNoun(documents, 'document')}`
        const what = `${config.source.database}.${collection}, a ${kind}${size}`
        return describeCollection(what, probed)
      })
    }
  } finally {
    await source?.close().catch(() => undefined)
  }
}

function describeServer({ member, version, topology, collections }: Probe, { source }: Config): string {
  const found = formatNoun(collections.length, 'collection')
  return `${redactUri(source.uri)}: ${topology}, version ${version}, reading from ${member}, ${found} in ${source.database}`
}

/** What is not allowed makes no collection unfit to be exported: the check is good, and says what would be better. */
function describeCollection(what: string, probed: Probe): Finding {
  // Nobody is refused anything by a backup.
  const refusals = 'refusals' in probed ? probed.refusals : []
  const refused = refusals.map(refusal => `; refused: ${refusal.refused}, so ${refusal.instead}`)
  return {
    detail: shownText(`${what}; ${describeGuarantee(probed.guarantee)}${refused.join('')}`),
    hint: refusals.length === 0 ? null : [...new Set(refusals.map(({ remedy }) => remedy))].join(' '),
  }
}

function describeGuarantee(guarantee: Probe['guarantee']): string {
  if (guarantee === undefined) return 'no guarantee tried'
  switch (guarantee.kind) {
    case 'snapshot':
      return 'runs are snapshots of one point in time'
    case 'majority':
      return `runs are majority reads: ${guarantee.reason}`
    case 'file':
      return `runs are what the backup has: ${guarantee.reason}`
  }
}

async function checkLake(config: Config, { io, signal }: CommandContext): Promise<string> {
  const { probeConditionalWrites } = await import('../../catalog/conditional-writes.js')
  return withOpen(openLake(config), signal, async lake => {
    await probeConditionalWrites(lake, lakeKey.probe(newRunId(io.clock.now())))
    return `${lake.url}: written, read and removed; a second writer is refused`
  })
}

/** Of the configured engine; of both that `auto` chooses from. */
function engineChecks(config: Config, context: CommandContext): [name: string, check: () => Promise<Finding>][] {
  const { kind, large } = config.engine
  const kinds = kind === 'auto' ? (['duckdb', large] as const) : [kind]
  return kinds.map(kind => [kinds.length === 1 ? 'engine' : `engine ${kind}`, () => checkEngine(kind, config, context)])
}

async function checkEngine(kind: EngineKind, config: Config, { io, signal }: CommandContext): Promise<Finding> {
  if (kind === 'spark') return describeSpark(await probeSpark(config, io.env))
  return withOpen(openLake(config), signal, async lake => {
    if (kind !== 'duckdb') {
      // What a job may do is known only by starting one, which costs money.
      const opening = openRemoteRunner(config, lake, kind)
      return withOpen(opening, signal, async () => `${kind}: the configuration is whole; AWS was not asked`)
    }
    const opening = openEngine(config, lake, { kind })
    return withOpen(opening, signal, async engine => `${engine.name} ${await engine.version()}`)
  })
}

/** Each by itself: one that fails must not hide the others. */
async function checkChannels(config: Config, signal: AbortSignal, attempt: Attempt): Promise<void> {
  const channels = await openChannels(config)
  try {
    for (const channel of channels) {
      await attempt(`alert channel ${channel.name}`, async () => shownText(await channel.check(signal)))
    }
  } finally {
    await Promise.all(channels.map(channel => channel.close().catch(() => undefined)))
  }
}

function describeSpark({ submit, version, java, master }: Awaited<ReturnType<typeof probeSpark>>): string {
  return `spark ${version}, ${submit}, Java ${java}, master ${master}`
}

function print({ out }: CommandContext, { name, ok, detail, hint }: Check): void {
  const sign = ok ? out.paint.green('✓') : out.paint.red('✗')
  out.line(`${sign} ${out.paint.bold(name)}: ${detail}`)
  if (hint !== null) out.line(`    ${hint}`)
}
