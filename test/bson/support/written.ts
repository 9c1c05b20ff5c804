import { ByteSink } from '../../../src/bson/byte-sink.js'
import { writeExtendedJsonDocument } from '../../../src/bson/extended-json.js'
import { writeJsonDocument } from '../../../src/bson/json-text.js'
import { type Bytes, bytesOf, document, element } from './hand-made.js'

const decoder = new TextDecoder('utf-8', { fatal: true })

/** What a writer makes of the document at `start`, as text; begins in a tiny sink so that growing is exercised. */
function written(write: typeof writeJsonDocument, document: Uint8Array | Bytes, start = 0): string {
  const { bytes, view } = bytesOf([...document])
  const sink = new ByteSink(1)
  write(sink, bytes, view, start)
  return decoder.decode(sink.view())
}

export function jsonOf(document: Uint8Array | Bytes, start = 0): string {
  return written(writeJsonDocument, document, start)
}

export function extendedJsonOf(document: Uint8Array | Bytes, start = 0): string {
  return written(writeExtendedJsonDocument, document, start)
}

/** The text of one value: what stands between `{"v":` and `}`. */
export function jsonOfValue(type: number, value: Bytes): string {
  return jsonOf(document(element(type, 'v', value))).slice(5, -1)
}

export function extendedJsonOfValue(type: number, value: Bytes): string {
  return extendedJsonOf(document(element(type, 'v', value))).slice(5, -1)
}
