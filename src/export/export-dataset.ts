import { CensusTaker } from '../bson/census-taker.js'
import { inferColumns } from '../bson/infer-columns.js'
import { viewOf } from '../bson/walk.js'
import { movePointer } from '../catalog/catalog.js'
import { interruption, isLakeferryError, reasonOf } from '../errors.js'
import type { Column } from '../model/column.js'
import type { Contract } from '../model/contract.js'
import type { Format } from '../model/format.js'
import { lakeKey } from '../model/lake-key.js'
import type { Manifest } from '../model/manifest.js'
import { newRunId, parseRunId, type RunId } from '../model/run-id.js'
import type { Clock } from '../ports/clock.js'
import type { CollectionFacts, DocumentSource, SourceSnapshot } from '../ports/document-source.js'
import type { ObjectStore } from '../ports/object-store.js'
import { claimRun, releaseClaim } from './claim.js'
import { commitManifest } from './commit.js'
import { PartWriter } from './part-writer.js'
import { orderedFormats } from './plan.js'
import type { ExportProgress } from './progress.js'
import { RunTotals } from './run-totals.js'
import { transcode } from './transcode.js'

export interface ExportDeps {
  readonly source: DocumentSource
  readonly lake: ObjectStore
  readonly clock: Clock
  /** The compiled worker module, where it is not beside this one. */
  readonly workerUrl?: URL
}

export interface ExportRequest {
  readonly dataset: string
  readonly collection: string
  /** Canonical Extended JSON text of a query document. */
  readonly filter?: string
  readonly formats: readonly Format[]
  /** Gives the columns of Parquet. Without one, a census of a sample does. */
  readonly contract?: Contract
  /** A new one when left out. */
  readonly runId?: RunId
  /** Cursors open at once, at most. @defaultValue half the workers */
  readonly readers?: number
  /** Transcoding threads. @defaultValue 2 */
  readonly workers?: number
  /** `lakeferry 0.1.0`: goes into the manifest and the parts. */
  readonly tool: string
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: ExportProgress) => void
}

export interface ExportOutcome {
  readonly runId: RunId
  readonly manifest: Manifest
  readonly manifestKey: string
  readonly seconds: number
  /** Sentences for a person: an empty collection, documents rejected, a pointer that could not be moved. */
  readonly warnings: readonly string[]
}

/** Documents looked at to choose columns where there is no contract. */
const SAMPLE_DOCUMENTS = 1_000

/**
 * One committed run, or none. Parts are put first, each if absent, under a prefix that no reader looks at; then the
 * manifest, if absent, which is the commit; then the pointer. Whatever fails before the manifest, or a signal to stop,
 * takes the objects away again and leaves nothing that a reader could see.
 *
 * @throws {@link LakeferryError} of the SOURCE_, LAKE_ and RUN_ families, `COLLECTION_MISSING`, `WORKER_FAILED`,
 * `INTERRUPTED`
 */
export async function exportDataset(deps: ExportDeps, request: ExportRequest): Promise<ExportOutcome> {
  const { source, lake, clock } = deps
  const { dataset, signal } = request
  const startedAt = clock.now()
  const runId = request.runId === undefined ? newRunId(startedAt) : parseRunId(request.runId)
  const facts = await source.inspect(request.collection)
  stopIfAborted(signal)
  await claimRun(lake, dataset, runId, startedAt)

  const writer = new PartWriter(lake, dataset, runId)
  let manifest: Manifest
  try {
    manifest = await carry(deps, request, { runId, startedAt, facts, writer })
    stopIfAborted(signal)
    await commitManifest(lake, manifest)
  } catch (error) {
    // With the commit's answer lost, the manifest may still appear: then its parts have to be there, and nobody may be told
    // that nothing was committed, whatever else happened.
    if (isLakeferryError(error, 'COMMIT_UNKNOWN')) throw error
    await takeBack(lake, dataset, runId, writer)
    throw signal?.aborted ? interruption(signal, error) : error
  }

  const warnings = warningsOf(manifest)
  try {
    await movePointer(lake, manifest)
    await releaseClaim(lake, dataset, runId)
  } catch (error) {
    warnings.push(
      `The run is committed, but tidying up after it failed (${reasonOf(error)}); readers find it all the same.`,
    )
  }
  const seconds = (clock.now().getTime() - startedAt.getTime()) / 1000
  return { runId, manifest, manifestKey: lakeKey.manifest(dataset, runId), seconds, warnings }
}

interface RunContext {
  readonly runId: RunId
  readonly startedAt: Date
  readonly facts: CollectionFacts
  readonly writer: PartWriter
}

/** Everything between the claim and the commit: reads the collection, puts its parts, and says what the manifest will. */
async function carry(
  { source, clock, workerUrl }: ExportDeps,
  request: ExportRequest,
  run: RunContext,
): Promise<Manifest> {
  const { dataset, collection, filter, contract, tool, signal } = request
  const formats = orderedFormats(request.formats)
  const totals = new RunTotals()
  const snapshot = await source.open({
    collection,
    comment: `lakeferry export ${dataset} ${run.runId}`,
    ...(filter === undefined ? {} : { filter }),
  })
  let columns: readonly Column[]
  try {
    columns = contract?.columns ?? (await sampleColumns(snapshot))
    await transcode({
      snapshot,
      columns,
      formats,
      tool,
      totals,
      writer: run.writer,
      facts: run.facts,
      signal,
      workerUrl,
      workers: request.workers ?? 2,
      readers: request.readers,
      onProgress: request.onProgress,
    })
  } finally {
    // What closing can still fail at is the server's to clean up: cursors and sessions time out there.
    await snapshot.close().catch(() => undefined)
  }
  return {
    version: 1,
    runId: run.runId,
    dataset,
    source: {
      server: source.server,
      database: source.database,
      collection,
      ...(filter === undefined ? {} : { filter }),
    },
    guarantee: snapshot.guarantee,
    startedAt: run.startedAt.toISOString(),
    committedAt: clock.now().toISOString(),
    documents: totals.documents,
    digest: totals.digest,
    formats,
    parts: totals.checkedParts(run.writer.parts, formats),
    rejects: { documents: totals.rejected, keys: run.writer.rejectKeys.toSorted() },
    census: totals.census,
    columns,
    ...(contract === undefined
      ? {}
      : { contract: { id: contract.id, version: contract.version, fingerprint: contract.fingerprint } }),
    tool,
  }
}

async function sampleColumns(snapshot: SourceSnapshot): Promise<readonly Column[]> {
  const { bytes, starts } = await snapshot.sample(SAMPLE_DOCUMENTS)
  const census = new CensusTaker()
  const view = viewOf(bytes)
  for (const start of starts) census.add(bytes, view, start)
  return inferColumns(census.census())
}

async function takeBack(lake: ObjectStore, dataset: string, runId: RunId, writer: PartWriter): Promise<void> {
  // Without the manifest nothing of it can be seen; so a lake that fails here as well must not hide why the run failed.
  await writer.removeAll().catch(() => undefined)
  await releaseClaim(lake, dataset, runId).catch(() => undefined)
}

function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw interruption(signal)
}

function warningsOf(manifest: Manifest): string[] {
  const warnings: string[] = []
  const { collection } = manifest.source
  if (manifest.documents === 0)
    warnings.push(
      `${collection} has no documents${manifest.source.filter ? ' that match the filter' : ''}: the run is valid, and empty.`,
    )
  if (manifest.rejects.documents > 0)
    warnings.push(
      `${manifest.rejects.documents} documents could not be carried faithfully; they are in ${manifest.rejects.keys[0]}, with the reasons.`,
    )
  return warnings
}
