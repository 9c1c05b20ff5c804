import type { Column } from '../model/column.js'
import type { Format } from '../model/format.js'
import type { CollectionFacts, IdRange, SourceSnapshot } from '../ports/document-source.js'
import { SEGMENT_BYTES, SEGMENT_BYTES_MOST, SEGMENT_DOCUMENTS_MULTIPLE } from './limits.js'
import type { PartWriter } from './part-writer.js'
import { readersFor } from './plan.js'
import type { ExportProgress } from './progress.js'
import type { RunTotals } from './run-totals.js'
import { SegmentCutter } from './segment-cutter.js'
import { type SegmentLane, TranscodePool } from './transcode-pool.js'

export interface TranscodeOptions {
  readonly snapshot: SourceSnapshot
  readonly columns: readonly Column[]
  readonly formats: readonly Format[]
  readonly tool: string
  readonly facts: CollectionFacts
  readonly workers: number
  readonly readers: number | undefined
  readonly writer: PartWriter
  readonly totals: RunTotals
  readonly signal: AbortSignal | undefined
  readonly workerUrl: URL | undefined
  readonly onProgress: ((progress: ExportProgress) => void) | undefined
}

/**
 * Readers over disjoint ranges feed the worker threads, segment by segment; the parts go to the lake as they come. When
 * one reader, worker or upload fails, all stop, and the first reason is thrown.
 */
export async function transcode(options: TranscodeOptions): Promise<void> {
  const { snapshot, columns, formats, tool, facts, workers, writer, totals, onProgress } = options
  const progress = { documents: 0, expected: facts.documents, bytes: 0 }
  const stop = new AbortController()
  let failure: { reason: unknown } | undefined
  const fail = (reason: unknown) => {
    failure ??= { reason }
    stop.abort(reason)
    pool.fail(reason)
  }
  const pool: TranscodePool = new TranscodePool({
    formats,
    columns,
    tool,
    workers,
    ...(options.workerUrl === undefined ? {} : { workerUrl: options.workerUrl }),
    onPart: part => writer.put(part),
    onDocuments: (documents, bytes) => {
      progress.documents += documents
      progress.bytes += bytes
      onProgress?.(progress)
    },
    onFailure: fail,
  })
  const onAbort = () => fail(options.signal?.reason ?? 'aborted')
  options.signal?.addEventListener('abort', onAbort, { once: true })
  try {
    const ranges = await snapshot.ranges(readersFor(facts, workers, options.readers))
    // All are awaited even after the first failure: nothing may still be reading or writing when the caller cleans up.
    await Promise.allSettled(ranges.map(range => readRange(options, pool, range, stop.signal).catch(fail)))
    if (failure) throw failure.reason
    if (totals.segments === 0) await finishSegment(options, await pool.openSegment(), true)
  } finally {
    options.signal?.removeEventListener('abort', onAbort)
    await pool.close()
    await writer.settled()
  }
}

async function readRange(
  options: TranscodeOptions,
  pool: TranscodePool,
  range: IdRange,
  signal: AbortSignal,
): Promise<void> {
  const cutter = new SegmentCutter({
    bytes: SEGMENT_BYTES,
    bytesMost: SEGMENT_BYTES_MOST,
    multiple: options.formats.includes('json') ? SEGMENT_DOCUMENTS_MULTIPLE : 1,
  })
  const finished: Promise<void>[] = []
  let lane: SegmentLane | undefined
  for await (const block of options.snapshot.read(range, signal)) {
    for (const piece of cutter.cut(block)) {
      lane ??= await pool.openSegment()
      await lane.push(piece.bytes, piece.starts)
      if (!piece.last) continue
      finished.push(handled(finishSegment(options, lane, false)))
      lane = undefined
    }
  }
  if (lane) finished.push(finishSegment(options, lane, false))
  await Promise.all(finished)
}

async function finishSegment({ writer, totals }: TranscodeOptions, lane: SegmentLane, empty: boolean): Promise<void> {
  const segment = await lane.close({ empty })
  if (segment.rejects) await writer.putRejects(segment.rejects)
  totals.add(segment)
}

/** Awaited later; until then a rejection is no unhandled one. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined)
  return promise
}
