import { writeHex } from './binary-text.js'
import { ByteSink } from './byte-sink.js'
import { writeExtendedJsonValue } from './extended-json.js'
import { textDecoder } from './utf8.js'
import { cstringEnd, documentEnd, valueEnd } from './walk.js'

/**
 * Writes the text of the `_id` column for the document that begins at `start`: a string as it is, an ObjectId as 24 hex
 * digits, anything else as canonical Extended JSON v2.
 *
 * @returns false, with nothing written, when the document has no `_id` (views may leave it out): the column is null then
 */
export function writeIdText(sink: ByteSink, bytes: Uint8Array, view: DataView, start: number): boolean {
  const element = findId(bytes, view, start)
  if (element === -1) return false
  const offset = element + ID_HEADER
  const type = bytes[element]!
  if (type === 0x02) sink.copy(bytes, offset + 4, valueEnd(type, bytes, view, offset) - 1)
  else if (type === 0x07) writeHex(sink, bytes, offset, offset + 12)
  else writeExtendedJsonValue(sink, type, bytes, view, offset)
  return true
}

/** The same as a string; null without an `_id`. Not for the hot path. */
export function idText(bytes: Uint8Array, view: DataView, start: number): string | null {
  const sink = new ByteSink()
  return writeIdText(sink, bytes, view, start) ? textDecoder.decode(sink.view()) : null
}

/**
 * Canonical Extended JSON v2 of the `_id`. `null` without one, as for an `_id` that is null: MongoDB sorts and compares
 * the two as equals.
 */
export function idExtendedJson(bytes: Uint8Array, view: DataView, start: number): string {
  const element = findId(bytes, view, start)
  if (element === -1) return 'null'
  const sink = new ByteSink()
  writeExtendedJsonValue(sink, bytes[element]!, bytes, view, element + ID_HEADER)
  return textDecoder.decode(sink.view())
}

/**
 * The same, or null where the value is larger than this in bytes: for a manifest, which has two for each part and may not
 * grow with what an `_id` holds.
 */
export function shortIdExtendedJson(bytes: Uint8Array, view: DataView, start: number, most = 1024): string | null {
  const element = findId(bytes, view, start)
  if (element === -1) return 'null'
  const end = valueEnd(bytes[element]!, bytes, view, element + ID_HEADER)
  return end - element > most ? null : idExtendedJson(bytes, view, start)
}

/** Bytes before the value of `_id`: its type and `_id\0`. */
export const ID_HEADER = 5

/** The offset of the top-level element `_id`, or -1. It is the first one in whatever a collection stores. */
export function findId(bytes: Uint8Array, view: DataView, start: number): number {
  const last = documentEnd(bytes, view, start) - 1
  let at = start + 4
  while (at < last) {
    if (bytes[at + 1] === 0x5f && bytes[at + 2] === 0x69 && bytes[at + 3] === 0x64 && bytes[at + 4] === 0) {
      // Proves that the value lies within the document.
      valueEnd(bytes[at]!, bytes, view, at + ID_HEADER, last)
      return at
    }
    at = valueEnd(bytes[at]!, bytes, view, cstringEnd(bytes, at + 1, last) + 1, last)
  }
  return -1
}
