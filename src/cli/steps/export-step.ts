import type { Config, DatasetConfig } from '../../config/config.js'
import type { ExportProgress } from '../../export/progress.js'
import type { ExportOutcome } from '../../export/request.js'
import type { Contract } from '../../model/contract.js'
import { manifestBytes } from '../../model/manifest.js'
import type { Clock } from '../../ports/clock.js'
import type { DocumentSource } from '../../ports/document-source.js'
import type { ObjectStore } from '../../ports/object-store.js'
import { formatBytes, formatNoun, formatSeconds } from '../../report/figures.js'
import type { CommandContext } from '../command.js'
import type { ProgressReporter } from '../progress.js'
import { TOOL } from '../version.js'
import type { Cycle } from './cycle.js'
import type { Tell } from './each-dataset.js'
import type { RunStory } from './run-story.js'

export interface ExportStepDeps {
  readonly source: DocumentSource
  readonly lake: ObjectStore
  readonly clock: Clock
}

export interface ExportStepOptions {
  readonly contract: Contract | undefined
  readonly runId: string | undefined
  /** @defaultValue false */
  readonly resume?: boolean
  /** `limits.memory`. */
  readonly memoryBytes: number
  /** `source.concurrency`. */
  readonly readers: number | undefined
  readonly signal: AbortSignal
  /** Told the run's id as soon as the run is begun. */
  readonly onBegun?: (runId: string) => void
  /** Undefined where nobody looks: then the server is not asked for a count. */
  readonly onProgress: ((progress: ExportProgress) => void) | undefined
}

/** `lakeferry export` of one dataset. */
export async function exportStep(
  deps: ExportStepDeps,
  dataset: DatasetConfig,
  options: ExportStepOptions,
): Promise<ExportOutcome> {
  const [{ exportDataset }, { collectSeldom }, { DEFAULT_MEMORY_BYTES }] = await Promise.all([
    import('../../export/export-dataset.js'),
    import('../../export/collect-garbage.js'),
    import('../../export/limits.js'),
  ])
  const { contract, runId, resume = false, memoryBytes, readers, signal, onBegun, onProgress } = options
  if (memoryBytes >= DEFAULT_MEMORY_BYTES) collectSeldom()
  return exportDataset(deps, {
    dataset: dataset.name,
    collection: dataset.collection,
    formats: dataset.formats,
    compression: dataset.compression,
    partBytes: dataset.partBytes,
    ...(dataset.order === undefined ? {} : { order: dataset.order }),
    ...(dataset.partitionBy === undefined ? {} : { partitionBy: dataset.partitionBy }),
    tool: TOOL,
    resume,
    memoryBytes,
    signal,
    ...(onBegun === undefined ? {} : { onBegun }),
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(dataset.filter === undefined ? {} : { filter: dataset.filter }),
    ...(contract === undefined ? {} : { contract }),
    ...(runId === undefined ? {} : { runId }),
    ...(readers === undefined ? {} : { readers }),
  })
}

export interface CycleExportDeps {
  readonly context: CommandContext
  readonly config: Config
  readonly progress: ProgressReporter
  readonly cycle: Cycle
  readonly source: DocumentSource
  readonly lake: ObjectStore
  readonly story: RunStory
}

/**
 * One dataset's export in a cycle, with all that is said of it. What the cycle has committed before is only told.
 *
 * @param request - `last`: nothing comes after it for this dataset
 */
export async function exportInCycle(
  { context, config, progress, cycle, source, lake, story }: CycleExportDeps,
  dataset: DatasetConfig,
  request: { readonly contract: Contract | undefined; readonly resume: boolean; readonly last: boolean },
  tell: Tell,
): Promise<ExportOutcome> {
  const { out, io, signal, options } = context
  const { contract, resume, last } = request
  const planned = await cycle.exportOf(dataset.name)
  let outcome: ExportOutcome
  if (planned.kind === 'committed') {
    outcome = planned.outcome
    story.exporting(dataset, outcome.runId)
  } else {
    const bar = progress.start(dataset.name)
    outcome = await exportStep({ source, lake, clock: io.clock }, dataset, {
      ...{ contract, resume, signal },
      runId: planned.runId,
      memoryBytes: config.limits.memoryBytes,
      readers: config.source.concurrency,
      onBegun: begun => story.exporting(dataset, begun),
      onProgress: options.quiet ? undefined : bar.update,
    }).finally(bar.stop)
  }
  story.exported(dataset, outcome, last)
  for (const warning of outcome.warnings) out.warn(`${dataset.name}: ${warning}`)
  out.line(exportLine(outcome))
  tell(exportFacts(outcome))
  return outcome
}

/** What `--json` says of an export; docs/cli.md. */
export function exportFacts({
  runId,
  manifest,
  manifestKey,
  seconds,
  resumed,
  warnings,
}: ExportOutcome): Record<string, unknown> {
  return {
    runId,
    documents: manifest.documents,
    bytes: manifestBytes(manifest),
    parts: manifest.parts.length,
    formats: manifest.formats,
    digest: manifest.digest,
    guarantee: manifest.guarantee,
    rejects: manifest.rejects.documents,
    manifest: manifestKey,
    resumed,
    seconds,
    warnings,
  }
}

/** The same for people, in a line. */
export function exportLine({ manifest, seconds, resumed }: ExportOutcome): string {
  const { dataset, runId, documents, parts, formats, guarantee } = manifest
  const size = `${formatBytes(manifestBytes(manifest))} in ${formatNoun(parts.length, 'part')} (${formats.join(', ')})`
  return `${dataset}: run ${runId}, ${formatNoun(documents, 'document')}, ${size}, ${guarantee.kind}, ${formatSeconds(seconds)}${resumed > 0 ? ` (${formatNoun(resumed, 'document')} were finished before and not read again)` : ''}`
}
