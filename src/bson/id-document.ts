import { findId, ID_HEADER } from './id-text.js'
import { valueEnd, viewOf } from './walk.js'

/**
 * `{_id: …}` of the document that begins at `start`, as BSON of its own: a place in the order of `_id`, byte for byte what
 * the document has. Empty (`{}`) when it has no `_id`.
 *
 * @throws MalformedBson when the document is damaged before its `_id`
 */
export function idDocument(bytes: Uint8Array, view: DataView, start: number): Uint8Array {
  const element = findId(bytes, view, start)
  const end = element === -1 ? -1 : valueEnd(bytes[element]!, bytes, view, element + ID_HEADER)
  const document = new Uint8Array(element === -1 ? 5 : end - element + 5)
  if (element !== -1) document.set(bytes.subarray(element, end), 4)
  viewOf(document).setInt32(0, document.length, true)
  return document
}
