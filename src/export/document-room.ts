import { writeJsonDocument } from '../bson/json-text.js'
import { MEASURED_BYTES, measuredSize } from '../bson/text-size.js'
import { LakeferryError } from '../errors.js'
import type { DocumentRoom } from './segment-message.js'

/**
 * Makes sure that there is memory for what a document comes to, before any of it is written. Text that is compressed as it
 * is written needs none; a JSON chunk has the text of a document whole, and a page of Parquet may.
 *
 * @throws {@link LakeferryError} `LIMITS_TOO_SMALL`
 */
export function checkRoom(room: DocumentRoom, bytes: Uint8Array, view: DataView, start: number, end: number): void {
  const size = end - start
  if (size < MEASURED_BYTES) return
  const text = measuredSize(sink => writeJsonDocument(sink, bytes, view, start))
  const missing = text * room.perText + size * room.perBson - room.bytes
  if (missing <= 0) return
  throw new LakeferryError('LIMITS_TOO_SMALL', {
    what: `a document of ${size} bytes, which is ${text} bytes of JSON, needs`,
    memoryBytes: room.memoryBytes,
    leastBytes: room.memoryBytes + missing,
  })
}
