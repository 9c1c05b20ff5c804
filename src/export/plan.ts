import { availableParallelism } from 'node:os'
import { LakeferryError } from '../errors.js'
import { type Format, JSON_CHUNK_BYTES } from '../model/format.js'
import { PART_BYTES } from '../model/part-options.js'
import type { CollectionFacts } from '../ports/document-source.js'
import { MAX_WORKERS, RANGE_BYTES, SLOTS_PER_FLIGHT, TEXT_GROWTH } from './limits.js'
import type { DocumentRoom } from './segment-message.js'

export interface Resources {
  /** Transcoding threads. */
  readonly workers: number
  /** Cursors open at once, at most. */
  readonly readersMost: number
  /** Bytes of BSON fetched and not yet transcoded, in all; of a large document also what its text may come to. */
  readonly inFlightBytes: number
  /** Segments that may be under way beyond one for each worker: encoded and on their way to the lake, or waiting. */
  readonly segmentsAhead: number
  /** Bytes of encoded parts that may wait for the lake before the readers are held up. */
  readonly uploadingBytes: number
  /** What the end of a segment needs, while a file of Parquet is put together from its pages. */
  readonly closingBytes: number
  /** What the process may have in memory when a block goes to a worker, what it will need included. */
  readonly ceilingBytes: number
  /** JavaScript heap of one worker, at most; the buffers that the data are in are not part of it. */
  readonly heapBytes: number
  /** Undefined where no format has the text of a document whole. */
  readonly room: DocumentRoom | undefined
}

export interface ResourceWishes {
  /** `limits.memory`. */
  readonly memoryBytes: number
  /** @defaultValue those that there are */
  readonly cores?: number
  readonly partBytes: number
  readonly formats: readonly Format[]
  readonly partitioned: boolean
  /** The caller's own number of threads. */
  readonly workers?: number
}

const MB = 1024 * 1024

/** The main thread with the driver and an SDK, before the first document: measured, 75 to 120 MB. */
const PROCESS_BYTES = 120 * MB

/** A thread with its machine code, tables and warm buffers of 1 MB or so for each format: measured, 25 to 40 MB. */
const WORKER_BYTES = 40 * MB

/** Replies of one reader: one that is handed on and one that comes, which the driver has in pieces and then whole. */
const REPLY_BYTES = 24 * MB
/** The same where documents are near the 16 MB that a server makes replies of at most. */
const LARGE_REPLY_BYTES = 2 * REPLY_BYTES

/** A block on its way to a worker; a document is 16 MB at most. */
const BLOCK_BYTES = 16 * MB
/** Two replies of documents that are not large. */
const LEAST_FLIGHT_BYTES = 8 * MB

/** An S3 client at work holds on to a part for a while after it is on the lake: measured, 15 to 30 MB more than a directory. */
const UPLOAD_BYTES = 25 * MB

/**
 * What one more worker has in its hands of ordinary documents, by bytes of a part: those compress to a quarter and less,
 * and Parquet has the unfinished pages of all columns beside that.
 */
const USUAL_SHARE: Readonly<Record<Format, number>> = {
  parquet: 2,
  'ndjson.gz': 0.5,
  'ejson.gz': 0.5,
  'bson.gz': 0.5,
  json: 0.5,
}

/** The same when nothing compresses: Parquet has its pages and then the file. A chunk of `json` does not grow with the part. */
const WORST_SHARE: Readonly<Record<Format, number>> = {
  parquet: 2,
  'ndjson.gz': 1,
  'ejson.gz': 1,
  'bson.gz': 1,
  json: 0,
}

/**
 * How many threads, and how much memory for what is between them, so that the whole process stays within `memoryBytes`.
 *
 * What must always fit is one segment of the worst documents in one worker, all else empty: that is what the export falls
 * back to when the process has grown to the ceiling ({@link MemoryGate}). What is left over is threads.
 *
 * @throws {@link LakeferryError} `LIMITS_TOO_SMALL` with the least that would do
 */
export function planResources(wishes: ResourceWishes): Resources {
  const { memoryBytes, cores = availableParallelism(), partBytes, formats, partitioned } = wishes
  const segment = (share: Readonly<Record<Format, number>>): number =>
    partBytes * (formats.reduce((sum, format) => sum + share[format], 0) + (partitioned ? 1 : 0))
  const leastBytes =
    PROCESS_BYTES +
    UPLOAD_BYTES +
    WORKER_BYTES +
    REPLY_BYTES +
    SLOTS_PER_FLIGHT * LEAST_FLIGHT_BYTES +
    segment(WORST_SHARE) +
    // The one that is written, and the one on its way to the lake.
    (formats.includes('json') ? 2 * JSON_CHUNK_BYTES : 0)
  if (leastBytes > memoryBytes) {
    throw new LakeferryError('LIMITS_TOO_SMALL', {
      what: `parts of ${Math.ceil(partBytes / MB)}MB in ${formats.join(', ')} need`,
      memoryBytes,
      leastBytes,
    })
  }
  const whole = wholeText(formats)
  const besideDocument = memoryBytes - PROCESS_BYTES - LARGE_REPLY_BYTES - BLOCK_BYTES
  const affordable = Math.min(
    (memoryBytes - PROCESS_BYTES - REPLY_BYTES) / (WORKER_BYTES + segment(USUAL_SHARE)),
    // Threads must not take the memory from a document of the largest size and of control characters only.
    (besideDocument - (whole ? BLOCK_BYTES * (TEXT_GROWTH * whole.perText + whole.perBson) : 0)) / WORKER_BYTES,
  )
  const workers = wishes.workers ?? Math.max(1, Math.min(MAX_WORKERS, cores, Math.floor(affordable)))
  return {
    workers,
    readersMost: Math.max(1, Math.floor(memoryBytes / (8 * BLOCK_BYTES))),
    // One thread needs no more than a block to go on with while the next comes.
    inFlightBytes: workers === 1 ? LEAST_FLIGHT_BYTES : BLOCK_BYTES * workers,
    segmentsAhead: workers,
    uploadingBytes: PART_BYTES.default,
    closingBytes: formats.includes('parquet') ? partBytes : 0,
    // What may still come when it is reached; where that would leave nothing, every block goes in by itself.
    ceilingBytes: Math.max(memoryBytes - LARGE_REPLY_BYTES - BLOCK_BYTES - UPLOAD_BYTES, 0.75 * memoryBytes),
    heapBytes: Math.max(64 * MB, memoryBytes / 4),
    room: whole && { ...whole, bytes: besideDocument - workers * WORKER_BYTES, memoryBytes },
  }
}

/**
 * What a document takes, where a format has its text whole: in a row of Parquet while it is in a page, too, or in a JSON
 * chunk; once otherwise. And what does not compress is in each of the other parts.
 */
function wholeText(formats: readonly Format[]): Pick<DocumentRoom, 'perText' | 'perBson'> | undefined {
  const perBson = formats.filter(format => format.endsWith('.gz')).length
  if (perBson === formats.length) return undefined
  return { perText: formats.includes('parquet') ? 2 : 1, perBson }
}

/**
 * How many cursors to read a collection with: by its size, so that a small one is one cursor, and no more than keep the
 * transcoding threads busy, which are slower than a cursor by half and more (docs/benchmarks.md), or than there is memory
 * for the replies of.
 *
 * @param atMost - the user's bound, instead of the one by threads
 */
export function readersFor(
  facts: CollectionFacts,
  { workers, readersMost }: Pick<Resources, 'workers' | 'readersMost'>,
  atMost: number = Math.ceil(workers / 2),
): number {
  return Math.max(1, Math.min(atMost, readersMost, Math.ceil(facts.bytes / RANGE_BYTES)))
}

/** Whether the collection's size decides anything: with one reader it does not, and some servers work to find it out. */
export function needsSize(resources: Pick<Resources, 'workers' | 'readersMost'>, atMost?: number): boolean {
  return readersFor({ kind: 'collection', bytes: Number.POSITIVE_INFINITY }, resources, atMost) > 1
}

/** Formats in the order of {@link FORMATS}' names, each once, so that a manifest does not depend on how they were typed. */
export function orderedFormats(formats: readonly Format[]): Format[] {
  return [...new Set(formats)].sort()
}
