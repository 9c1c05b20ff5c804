import type { DatasetConfig } from '../../config/config.js'
import type { ExportOutcome } from '../../export/export-dataset.js'
import { transcodingWorkers } from '../../export/plan.js'
import type { ExportProgress } from '../../export/progress.js'
import type { Contract } from '../../model/contract.js'
import { manifestBytes } from '../../model/manifest.js'
import type { Clock } from '../../ports/clock.js'
import type { DocumentSource } from '../../ports/document-source.js'
import type { ObjectStore } from '../../ports/object-store.js'
import { formatBytes, formatNoun, formatSeconds } from '../../report/figures.js'
import { TOOL } from '../version.js'

export interface ExportStepDeps {
  readonly source: DocumentSource
  readonly lake: ObjectStore
  readonly clock: Clock
}

export interface ExportStepOptions {
  readonly contract: Contract | undefined
  readonly runId: string | undefined
  /** `source.concurrency`. */
  readonly readers: number | undefined
  readonly signal: AbortSignal
  readonly onProgress: (progress: ExportProgress) => void
}

/** `lakeferry export` of one dataset. */
export async function exportStep(
  deps: ExportStepDeps,
  dataset: DatasetConfig,
  options: ExportStepOptions,
): Promise<ExportOutcome> {
  const { exportDataset } = await import('../../export/export-dataset.js')
  const { contract, runId, readers, signal, onProgress } = options
  return exportDataset(deps, {
    dataset: dataset.name,
    collection: dataset.collection,
    formats: dataset.formats,
    workers: transcodingWorkers(),
    tool: TOOL,
    signal,
    onProgress,
    ...(dataset.filter === undefined ? {} : { filter: dataset.filter }),
    ...(contract === undefined ? {} : { contract }),
    ...(runId === undefined ? {} : { runId }),
    ...(readers === undefined ? {} : { readers }),
  })
}

/** What `--json` says of an export; docs/cli.md. */
export function exportFacts({
  runId,
  manifest,
  manifestKey,
  seconds,
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
    seconds,
    warnings,
  }
}

/** The same for people, in a line. */
export function exportLine({ manifest, seconds }: ExportOutcome): string {
  const { dataset, runId, documents, parts, formats, guarantee } = manifest
  const size = `${formatBytes(manifestBytes(manifest))} in ${formatNoun(parts.length, 'part')} (${formats.join(', ')})`
  return `${dataset}: run ${runId}, ${formatNoun(documents, 'document')}, ${size}, ${guarantee.kind}, ${formatSeconds(seconds)}`
}
