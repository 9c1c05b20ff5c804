import { JSON_CHUNK_DOCUMENTS } from '../model/format.js'

/** Transcoding threads, at most: each holds the buffers of one segment, and past these the readers do not keep up. */
export const MAX_WORKERS = 4

/** Bytes of BSON in one segment, which becomes one part of each format: bounds a worker's memory. */
export const SEGMENT_BYTES: number = 16 * 1024 * 1024

/**
 * JSON chunks want segments of whole thousands of documents. Past this, a segment ends all the same: with documents of
 * 16 MB a thousand of them would be 16 GB. The chunk that is cut is then shorter.
 */
export const SEGMENT_BYTES_MOST: number = 4 * SEGMENT_BYTES

/** Documents that a segment is a multiple of when JSON chunks are written. */
export const SEGMENT_DOCUMENTS_MULTIPLE: number = JSON_CHUNK_DOCUMENTS

/**
 * Bytes of BSON fetched and not yet transcoded, in all. More than one segment, because the segments of one cursor go to
 * the workers in turn: the second worker gets its first block only after the whole of the first segment was fetched.
 */
export const IN_FLIGHT_BYTES: number = 2 * SEGMENT_BYTES

/** Segments that may be under way beyond one for each worker: encoded and on their way to the lake, or waiting. */
export const SEGMENTS_AHEAD = 2

/** How often the main thread collects its garbage, which is mostly replies that were copied on. */
export const SEGMENTS_PER_COLLECTION = 4

/** Bytes of encoded parts that may wait for the lake before the readers are held up. */
export const UPLOADING_BYTES: number = 16 * 1024 * 1024

/** Data behind one reader: a small collection is one cursor, because splitting costs something on every server. */
export const RANGE_BYTES: number = 256 * 1024 * 1024

/** Objects being written to the lake at once. */
export const MAX_UPLOADS = 4
