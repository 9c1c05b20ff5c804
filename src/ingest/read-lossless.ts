import type { Format } from '../model/format.js'
import type { RawBlock } from '../ports/document-source.js'
import { BlockBuilder } from './block-builder.js'
import { BsonFramer } from './bson-framer.js'
import type { Framer } from './framed-text.js'
import { GzipDamage, gunzipped } from './gunzip.js'
import { JsonProblem } from './json-problem.js'
import { JsonToBson } from './json-to-bson.js'
import { LineFramer } from './line-framer.js'

/** Formats that documents can be read back from byte for byte. */
export type LosslessFormat = Extract<Format, 'bson.gz' | 'ejson.gz'>

/** A part is not what an export wrote. `message` says what is wrong and where, for the `reason` of an error of ours. */
export class DamagedPart extends Error {
  override readonly name = 'DamagedPart'
  /** Documents before the damage. They may be wrong as well where gzip's checksum, which comes last, is. */
  readonly documents: number

  constructor(reason: string, documents: number, options?: ErrorOptions) {
    super(reason, options)
    this.documents = documents
  }
}

/**
 * Text of one document in canonical Extended JSON, in bytes, at most. 16 MiB of BSON become ten times as much at worst:
 * small documents of `undefined` under names of one control character, 3 bytes that are written in 29.
 */
const MAX_LINE_BYTES = 256 * 1024 * 1024

/**
 * The documents of a part of a lossless format, in their order and as they were, byte for byte: a document without `_id`
 * gets none. The digest of what comes out is the part's own in the manifest, which is the caller's to compare; of the BSON
 * of `bson.gz` only lengths and terminators are looked at here.
 *
 * Blocks are the reader's to keep. It ends only at the end of a part that is whole. Memory: a block of a MiB or one larger document, and one line of text.
 *
 * In this room because it is the parser of `import` that reads the text back: what `proof/` proves of a part is what an
 * import would make of it.
 *
 * @param stream - the object's bytes, still gzipped. What it throws is passed on; leaving the loop early returns it.
 * @throws {@link DamagedPart} cut off, a wrong checksum, bytes after the end, a length that is none, a line that is no
 * document
 */
export async function* readLosslessPart(
  format: LosslessFormat,
  stream: AsyncIterable<Uint8Array>,
): AsyncGenerator<RawBlock> {
  const [framer, documentOf] = format === 'bson.gz' ? bsonReader() : lineReader()
  const blocks = new BlockBuilder()
  let documents = 0
  const damaged = (reason: string, cause?: unknown): DamagedPart =>
    new DamagedPart(reason, documents, cause === undefined ? {} : { cause })

  function* take(framed: ReturnType<Framer['push']>): Generator<RawBlock> {
    for (const piece of framed) {
      if (piece.kind === 'problem') throw damaged(piece.reason)
      let bson: Uint8Array
      try {
        bson = documentOf(piece.bytes)
      } catch (error) {
        if (!(error instanceof JsonProblem)) throw error
        throw damaged(`document ${documents + 1}: ${error.message} (byte ${error.offset + 1})`, error)
      }
      documents += 1
      const full = blocks.add(bson)
      if (full !== undefined) yield full
    }
  }

  try {
    for await (const chunk of gunzipped(stream)) yield* take(framer.push(chunk))
  } catch (error) {
    if (!(error instanceof GzipDamage)) throw error
    throw damaged(`the gzip is damaged or cut off: ${error.message}`, error)
  }
  yield* take(framer.end())
  const last = blocks.take()
  if (last !== undefined) yield last
}

type DocumentReader = readonly [framer: Framer, documentOf: (framed: Uint8Array) => Uint8Array]

function bsonReader(): DocumentReader {
  return [
    new BsonFramer(),
    bytes => {
      if (bytes[bytes.length - 1] !== 0) throw new JsonProblem('a document without its terminator', bytes.length - 1)
      return bytes
    },
  ]
}

function lineReader(): DocumentReader {
  const parser = new JsonToBson({ addId: false })
  return [
    new LineFramer(MAX_LINE_BYTES),
    text => {
      if (text[0] !== 0x7b) throw new JsonProblem('a line that does not begin with {', 0)
      const { bson, end } = parser.parse(text, 0, text.length)
      if (end !== text.length) throw new JsonProblem('text after the document', end)
      return bson
    },
  ]
}
