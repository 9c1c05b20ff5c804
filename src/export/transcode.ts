import type { IdRange, SourceSnapshot } from '../ports/document-source.js'
import type { Journal, SegmentRecord } from './journal.js'
import type { PartWriter } from './part-writer.js'
import type { Resources } from './plan.js'
import type { ExportProgress } from './progress.js'
import { type RangeOptions, readRange, transcodeNothing } from './read-range.js'
import type { RunTotals } from './run-totals.js'
import type { WorkerSettings } from './segment-message.js'
import { TranscodePool } from './transcode-pool.js'

export interface TranscodeOptions {
  readonly snapshot: SourceSnapshot
  readonly ranges: readonly IdRange[]
  /** For each range what is finished already, from its beginning on. */
  readonly finished: readonly (readonly SegmentRecord[])[]
  /** Undefined where nobody could go on from it. */
  readonly journal: Journal | undefined
  readonly settings: WorkerSettings
  readonly partBytes: number
  /** Comes when it comes: for progress only. */
  readonly expected: Promise<number>
  readonly resources: Resources
  readonly writer: PartWriter
  readonly totals: RunTotals
  readonly signal: AbortSignal
  readonly workerUrl: URL | undefined
  readonly onProgress: ((progress: ExportProgress) => void) | undefined
}

/**
 * Readers over disjoint ranges feed the worker threads, segment by segment; the parts go to the lake as they come. When
 * one reader, worker or upload fails, all stop, and the first reason is thrown.
 */
export async function transcode(options: TranscodeOptions): Promise<void> {
  const { ranges, finished, settings, writer, totals, onProgress, signal } = options
  const progress = { documents: totals.documents, expected: 0, bytes: 0 }
  options.expected.then(documents => {
    progress.expected = documents
  })
  const stop = new AbortController()
  let failure: { reason: unknown } | undefined
  const fail = (reason: unknown) => {
    failure ??= { reason }
    stop.abort(reason)
    pool.fail(reason)
  }
  const pool: TranscodePool = new TranscodePool({
    ...settings,
    resources: options.resources,
    ...(options.workerUrl === undefined ? {} : { workerUrl: options.workerUrl }),
    onDocuments: (documents, bytes) => {
      progress.documents += documents
      progress.bytes += bytes
      onProgress?.(progress)
    },
    onFailure: fail,
  })
  const onAbort = () => fail(signal.reason ?? 'aborted')
  signal.addEventListener('abort', onAbort, { once: true })
  const reading: Omit<RangeOptions, 'range' | 'index' | 'finished'> = {
    ...options,
    pool,
    signal: stop.signal,
    ranges: ranges.length,
  }
  try {
    if (signal.aborted) onAbort()
    // All are awaited even after the first failure: nothing may still be reading or writing when the caller cleans up.
    await Promise.allSettled(
      ranges.map((range, index) =>
        readRange({ ...reading, range, index, finished: finished[index] ?? [] }).catch(fail),
      ),
    )
    if (failure) throw failure.reason
    if (totals.segments === 0) await transcodeNothing({ pool, writer, totals })
  } finally {
    signal.removeEventListener('abort', onAbort)
    await pool.close()
    await writer.settled()
  }
}
