import { type Document, serialize } from 'bson'
import { ParquetPart, type ParquetPartOptions } from '../../src/bson/parquet-part.js'
import { viewOf } from '../../src/bson/walk.js'

/** The documents as one part. They lie in one buffer, as they do in a reply of the server. */
export function partOf(documents: readonly Document[], options: ParquetPartOptions): Uint8Array<ArrayBuffer> {
  const part = new ParquetPart(options)
  addAll(
    part,
    documents.map(document => serialize(document, { ignoreUndefined: false })),
  )
  return part.finish()
}

export function addAll(part: ParquetPart, documents: readonly Uint8Array[]): void {
  const bytes = new Uint8Array(Buffer.concat(documents))
  const view = viewOf(bytes)
  let start = 0
  for (const document of documents) {
    part.add(bytes, view, start, start + document.length)
    start += document.length
  }
}
