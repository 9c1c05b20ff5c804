import { ByteSink } from '../bson/byte-sink.js'
import { checkDocument } from '../bson/check-document.js'
import { idText } from '../bson/id-text.js'
import { writeJsonDocument } from '../bson/json-text.js'
import { documentEnd, viewOf } from '../bson/walk.js'
import type { RawBlock } from '../ports/document-source.js'

/** Room that is kept between pages, in bytes. */
const KEPT = 1024 * 1024

const sink = new ByteSink(64 * 1024)

/** A JSON array of the first `count` documents, straight from their bytes. */
export function pageJson({ bytes, starts }: RawBlock, count: number): Uint8Array {
  const view = viewOf(bytes)
  sink.clear()
  sink.byte(0x5b)
  for (let index = 0; index < count; index++) {
    if (index > 0) sink.byte(0x2c)
    writeChecked(bytes, view, starts[index]!)
  }
  sink.byte(0x5d)
  return taken()
}

/** One document as a JSON object. */
export function documentJson(bytes: Uint8Array, start = 0): Uint8Array {
  sink.clear()
  writeChecked(bytes, viewOf(bytes), start)
  return taken()
}

/** What JSON cannot hold (text that is no UTF-8, a name that is there twice) is told in the document's place. */
function writeChecked(bytes: Uint8Array, view: DataView, start: number): void {
  const problem = checkDocument(bytes, start, documentEnd(bytes, view, start), view)
  if (problem === undefined) writeJsonDocument(sink, bytes, view, start)
  else {
    const _id = problem.code === 'malformed' ? '' : (idText(bytes, view, start) ?? '')
    const { code, path, detail } = problem
    const text = Buffer.from(JSON.stringify({ _id, _unreadable: { code, path, detail } }))
    sink.copy(text, 0, text.length)
  }
}

function taken(): Uint8Array {
  const json = sink.take()
  sink.shrink(KEPT)
  return json
}
