import { JSON_CHUNK_DOCUMENTS } from '../model/format.js'

/** Memory of the whole process where nobody says: `limits.memory` of lakeferry.yaml has the same default. */
export const DEFAULT_MEMORY_BYTES: number = 512 * 1024 * 1024

/** Transcoding threads, at most: past these the readers do not keep up. */
export const MAX_WORKERS = 8

/**
 * JSON chunks want segments of whole thousands of documents. At this many bytes of BSON a segment ends all the same, if it
 * has a part's worth: with documents of 16 MB a thousand of them would be 16 GB. The chunk that is cut is then shorter.
 */
export const SEGMENT_BYTES_MOST: number = 16 * 1024 * 1024

/** Documents that a segment is a multiple of when JSON chunks are written. */
export const SEGMENT_DOCUMENTS_MULTIPLE: number = JSON_CHUNK_DOCUMENTS

/** A document from here on is one whose text may be larger than a worker's warm buffers. */
export const LARGE_DOCUMENT_BYTES: number = 1024 * 1024

/** JSON text of a document by its BSON: a control character is one byte there and six here. Nothing real comes to more. */
export const TEXT_GROWTH = 6

/** Memory for blocks on their way, by what may be: blocks are of several sizes, and a slot too few is made anew each time. */
export const SLOTS_PER_FLIGHT = 1.5

/** How often the main thread collects its garbage, which is replies that were copied on and parts that are on the lake. */
export const COLLECTION_BYTES: number = 32 * 1024 * 1024

/** Data behind one reader: a small collection is one cursor, because splitting costs something on every server. */
export const RANGE_BYTES: number = 256 * 1024 * 1024

/** Objects being written to the lake at once. */
export const MAX_UPLOADS = 4
