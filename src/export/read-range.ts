import { idDocument } from '../bson/id-document.js'
import { MalformedBson } from '../bson/malformed-bson.js'
import { viewOf } from '../bson/walk.js'
import type { Part } from '../model/manifest.js'
import type { IdRange, RawBlock, ReadPosition, SourceSnapshot } from '../ports/document-source.js'
import type { Journal, SegmentRecord, StoredPosition } from './journal.js'
import { SEGMENT_BYTES_MOST, SEGMENT_DOCUMENTS_MULTIPLE } from './limits.js'
import type { PartWriter } from './part-writer.js'
import type { RunTotals } from './run-totals.js'
import { SegmentCutter } from './segment-cutter.js'
import type { WorkerSettings } from './segment-message.js'
import type { SegmentLane, TranscodePool } from './transcode-pool.js'

export interface RangeOptions {
  readonly snapshot: SourceSnapshot
  readonly range: IdRange
  /** Of the range, among the `ranges` of the run. */
  readonly index: number
  readonly ranges: number
  readonly finished: readonly SegmentRecord[]
  readonly journal: Journal | undefined
  readonly settings: WorkerSettings
  readonly partBytes: number
  readonly pool: TranscodePool
  readonly writer: PartWriter
  readonly totals: RunTotals
  readonly signal: AbortSignal
}

/** A segment on its way: its lane into a worker, and the parts that came out so far. */
interface OpenSegment {
  readonly lane: SegmentLane
  readonly parts: Part[]
}

/** Reads one range from where it was left to its end, segment by segment, and writes down each that is finished. */
export async function readRange(options: RangeOptions): Promise<void> {
  const { settings, partBytes, pool, writer, signal } = options
  const done = options.finished.at(-1)
  if (done?.end) return
  const cutter = new SegmentCutter({
    bytes: partBytes,
    bytesMost: SEGMENT_BYTES_MOST,
    multiple: settings.formats.includes('json') ? SEGMENT_DOCUMENTS_MULTIPLE : 1,
  })
  let segment = options.finished.length
  let after: StoredPosition | null = done?.position ?? null
  let documents = after?.documents ?? 0
  let lastId: (() => Uint8Array) | undefined
  let open: OpenSegment | undefined
  const finishing: Promise<void>[] = []
  const finish = (current: OpenSegment, end: boolean): void => {
    const position = storedPosition(documents, lastId!())
    finishing.push(handled(finishSegment(options, current, { segment: segment++, after, position, end })))
    after = position
  }
  const reading = options.snapshot.read(options.range, {
    signal,
    ...(after === null ? {} : { after: readPosition(after) }),
  })
  try {
    for await (const block of reading) {
      for (const piece of cutter.cut(block)) {
        open ??= await openSegment(pool, writer)
        // A segment may end before the first document of a block.
        if (piece.starts.length > 0) {
          await open.lane.push(piece.bytes, piece.starts)
          documents += piece.starts.length
          lastId = lastIdOf(piece)
        }
        if (!piece.last) continue
        finish(open, false)
        open = undefined
      }
    }
    if (open) finish(open, true)
    await Promise.all(finishing)
  } finally {
    // Also when something failed: nothing may still be writing when the caller cleans up.
    await Promise.allSettled(finishing)
  }
}

/** A run without documents has one segment all the same, so that readers find its schema. */
export async function transcodeNothing({
  pool,
  writer,
  totals,
}: Pick<RangeOptions, 'pool' | 'writer' | 'totals'>): Promise<void> {
  const { lane } = await openSegment(pool, writer)
  totals.add(await lane.close({ empty: true }))
}

async function openSegment(pool: TranscodePool, writer: PartWriter): Promise<OpenSegment> {
  const parts: Part[] = []
  const lane = await pool.openSegment(async part => {
    parts.push(await writer.put(part))
  })
  return { lane, parts }
}

async function finishSegment(
  { journal, writer, totals, index, ranges }: RangeOptions,
  { lane, parts }: OpenSegment,
  where: Pick<SegmentRecord, 'segment' | 'after' | 'position' | 'end'>,
): Promise<void> {
  const { rejects, fingerprints, ...segment } = await lane.close()
  const rejectKeys = rejects === undefined ? [] : [await writer.putRejects(rejects)]
  totals.add(segment)
  if (fingerprints) totals.knowAgain(fingerprints)
  // A run of one segment is over with it: nothing to go on with.
  if (journal === undefined || (ranges === 1 && where.segment === 0 && where.end)) return
  await journal.record({ version: 1, range: index, ...where, totals: segment, parts, rejectKeys })
}

/** Looked for when a segment ends, not for every block. */
function lastIdOf({ bytes, starts }: RawBlock): () => Uint8Array {
  return () => {
    try {
      return idDocument(bytes, viewOf(bytes), starts[starts.length - 1]!)
    } catch (error) {
      // A reject: damaged before its `_id`. A source that goes by ids will not go on from it.
      if (error instanceof MalformedBson) return NO_ID
      throw error
    }
  }
}

/** `{}` */
const NO_ID = Uint8Array.of(5, 0, 0, 0, 0)

function storedPosition(documents: number, lastId: Uint8Array): StoredPosition {
  return { documents, lastId: Buffer.from(lastId).toString('base64') }
}

function readPosition({ documents, lastId }: StoredPosition): ReadPosition {
  return { documents, lastId: Buffer.from(lastId, 'base64') }
}

/** Awaited later; until then a rejection is no unhandled one. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined)
  return promise
}
