import { inferColumns } from '../bson/infer-columns.js'
import { LakeferryError } from '../errors.js'
import type { Column } from '../model/column.js'
import type { Manifest } from '../model/manifest.js'
import type { ReadOrder } from '../model/read-order.js'
import type { RunId } from '../model/run-id.js'
import type { CollectionFacts, IdRange, SourceSnapshot } from '../ports/document-source.js'
import { Journal } from './journal.js'
import type { PartWriter } from './part-writer.js'
import { checkPartitioning } from './partitioner.js'
import { type Resources, readersFor } from './plan.js'
import type { ExportDeps, ExportRequest } from './request.js'
import { plannedRanges, type RunPlan, type RunSettings, storedRanges } from './run-plan.js'
import { RunTotals } from './run-totals.js'
import { sampleCensus } from './sample-census.js'
import { transcode } from './transcode.js'
import type { UnfinishedWork } from './unfinished-run.js'

export interface RunContext {
  readonly runId: RunId
  readonly startedAt: string
  readonly facts: CollectionFacts
  readonly settings: RunSettings
  readonly resources: Resources
  readonly writer: PartWriter
  /** What an earlier attempt finished, if this one goes on from there. */
  readonly unfinished: UnfinishedWork | undefined
  readonly signal: AbortSignal
  readonly onNotice: (text: string) => void
  /** In which documents may come; docs/decisions/0021. */
  readonly order: ReadOrder
  /** Told once the source is open, before anything can break off. */
  readonly onOpen: (snapshot: SourceSnapshot) => void
}

/** One reading of the collection at one point in time: puts its parts and says what the manifest will. */
export async function carry(
  { source, lake, clock, workerUrl }: ExportDeps,
  request: ExportRequest,
  run: RunContext,
): Promise<Manifest> {
  const { dataset, collection, filter, contract, tool } = request
  const { settings, resources, unfinished, writer } = run
  const totals = new RunTotals()
  const planned = unfinished?.plan.guarantee
  const snapshot = await source.open({
    collection,
    comment: `lakeferry export ${dataset} ${run.runId}`,
    onNotice: run.onNotice,
    order: run.order,
    ...(filter === undefined ? {} : { filter }),
    ...(planned?.kind === 'snapshot' ? { at: planned.clusterTime } : {}),
  })
  run.onOpen(snapshot)
  let columns: readonly Column[]
  try {
    columns = unfinished?.plan.columns ?? contract?.columns ?? inferColumns(await sampleCensus(snapshot, run.signal))
    if (request.partitionBy) checkPartitioning(columns, request.partitionBy)
    const ranges = await rangesOf(snapshot, request, run)
    const plan: RunPlan = {
      version: 1,
      dataset,
      runId: run.runId,
      settings,
      columns,
      guarantee: snapshot.guarantee,
      identity: run.facts.identity ?? null,
      ranges: storedRanges(ranges),
    }
    const finished = unfinished?.segments ?? ranges.map(() => [])
    for (const record of finished.flat()) {
      totals.add(record.totals)
      writer.adopt(record.parts, record.rejectKeys)
    }
    await transcode({
      snapshot,
      ranges,
      finished,
      journal: snapshot.resumable ? new Journal(lake, plan, unfinished !== undefined) : undefined,
      settings: {
        formats: settings.formats,
        columns,
        tool,
        compression: settings.compression,
        partitionBy: request.partitionBy,
        fingerprints: mayRepeat(snapshot),
      },
      partBytes: settings.partBytes,
      totals,
      writer,
      // For progress only, and not free: for nobody, it is not asked.
      expected:
        request.onProgress === undefined
          ? Promise.resolve(0)
          : source.estimateCount(collection, run.signal).catch(() => 0),
      signal: run.signal,
      workerUrl,
      resources,
      onProgress: request.onProgress,
    })
    if (totals.hasTwins) {
      const namespace = `${source.database}.${collection}`
      const reason = 'a document was removed and inserted again meanwhile, and came twice'
      throw new LakeferryError('SOURCE_ORDER', { namespace, read: totals.documents, reason })
    }
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
    startedAt: run.startedAt,
    committedAt: clock.now().toISOString(),
    documents: totals.documents,
    digest: totals.digest,
    formats: settings.formats,
    parts: totals.checkedParts(writer.parts, settings.formats),
    rejects: { documents: totals.rejected, keys: writer.rejectKeys.toSorted(), digest: totals.rejectsDigest },
    census: totals.census,
    columns,
    ...(contract === undefined
      ? {}
      : { contract: { id: contract.id, version: contract.version, fingerprint: contract.fingerprint } }),
    tool,
  }
}

/** At one point in time nothing comes twice, nor does an `_id` in the order of `_id`. */
function mayRepeat({ order, guarantee }: SourceSnapshot): boolean {
  return order === 'stored' && guarantee.kind !== 'snapshot'
}

async function rangesOf(
  snapshot: SourceSnapshot,
  { readers }: ExportRequest,
  { unfinished, facts, resources, signal }: RunContext,
): Promise<readonly IdRange[]> {
  return unfinished ? plannedRanges(unfinished.plan) : snapshot.ranges(readersFor(facts, resources, readers), signal)
}
