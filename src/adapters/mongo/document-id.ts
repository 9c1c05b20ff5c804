import type { RawBlock } from '../../ports/document-source.js'
import { valueSize } from './element-size.js'

/** The `_id` of a document as the document `{_id: …}`, its bytes as they are; undefined where it has none. */
export function idDocumentAt({ bytes, starts }: RawBlock, index: number): Uint8Array | undefined {
  const start = starts[index]!
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = start + view.getInt32(start, true) - 1
  let at = start + 4
  while (at < end) {
    const nameEnd = bytes.indexOf(0, at + 1)
    const size = nameEnd < 0 ? -1 : valueSize(bytes[at]!, bytes, view, nameEnd + 1, end)
    const next = nameEnd + 1 + size
    if (size < 0 || next > end) return undefined
    // A server puts `_id` first, but for documents that it makes up itself.
    if (isId(bytes, at + 1, nameEnd)) return wrap(bytes.subarray(at, next))
    at = next
  }
  return undefined
}

function isId(bytes: Uint8Array, from: number, to: number): boolean {
  return to - from === 3 && bytes[from] === 0x5f && bytes[from + 1] === 0x69 && bytes[from + 2] === 0x64
}

function wrap(element: Uint8Array): Uint8Array {
  const document = new Uint8Array(element.length + 5)
  new DataView(document.buffer).setInt32(0, document.length, true)
  document.set(element, 4)
  return document
}
