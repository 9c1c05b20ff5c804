import { ByteSink } from '../bson/byte-sink.js'
import { writeExtendedJsonValue } from '../bson/extended-json.js'
import { textDecoder } from '../bson/utf8.js'
import { cstringEnd, documentEnd, valueEnd } from '../bson/walk.js'
import type { DocumentFields } from './field-changes.js'

/** For one value at a time: a sink of its own for each would be most of the work. */
const sink = new ByteSink()

/** The fields of the document that begins at `start`, each as canonical Extended JSON v2, so that types are not lost. */
export function bsonFields(bytes: Uint8Array, view: DataView, start: number): DocumentFields {
  const fields = new Map<string, string>()
  eachElement(bytes, view, start, (name, type, offset) => {
    sink.clear()
    writeExtendedJsonValue(sink, type, bytes, view, offset)
    fields.set(name, textDecoder.decode(sink.view()))
    return true
  })
  return fields
}

/** One top-level field in canonical Extended JSON v2; undefined when the document has none of that name. */
export function bsonField(bytes: Uint8Array, view: DataView, start: number, wanted: string): string | undefined {
  let text: string | undefined
  eachElement(bytes, view, start, (name, type, offset) => {
    if (name !== wanted) return true
    sink.clear()
    writeExtendedJsonValue(sink, type, bytes, view, offset)
    text = textDecoder.decode(sink.view())
    return false
  })
  return text
}

/** @param take - gives false when it has seen enough */
function eachElement(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  take: (name: string, type: number, offset: number) => boolean,
): void {
  const last = documentEnd(bytes, view, start) - 1
  let at = start + 4
  while (at < last) {
    const type = bytes[at]!
    const nameEnd = cstringEnd(bytes, at + 1, last)
    if (!take(textDecoder.decode(bytes.subarray(at + 1, nameEnd)), type, nameEnd + 1)) return
    at = valueEnd(type, bytes, view, nameEnd + 1, last)
  }
}
