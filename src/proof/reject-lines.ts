import { LineFramer } from '../ingest/line-framer.js'
import { DamagedPart } from '../ingest/read-lossless.js'
import type { LakeFile } from './lake-file.js'

/** One document of `_rejects/`: docs/lake-format.md, "Rejects". */
export interface RejectedDocument {
  /** Canonical Extended JSON, null when it could not be read. */
  readonly id: string | null
  /** As it was read from the source. */
  readonly bson: Uint8Array
  readonly code: string
  readonly path: string
  readonly detail: string
}

/** One line, with a document of 16 MiB in base64. */
const MAX_LINE_BYTES = 32 * 1024 * 1024

/** The rejected documents of one object, in its order, with memory for one. @throws {@link DamagedPart} */
export async function* readRejects(
  file: LakeFile,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly RejectedDocument[]> {
  const framer = new LineFramer(MAX_LINE_BYTES)
  const documents = (framed: ReturnType<LineFramer['push']>): RejectedDocument[] => {
    const found: RejectedDocument[] = []
    for (const piece of framed) {
      if (piece.kind === 'problem') throw new DamagedPart(`line ${piece.line} is ${piece.reason}`, piece.line - 1)
      found.push(parseLine(piece.bytes, piece.line))
    }
    return found
  }
  for await (const chunk of file.chunks(signal)) yield documents(framer.push(chunk))
  yield documents(framer.end())
}

const decoder = new TextDecoder('utf-8', { fatal: true })

function parseLine(bytes: Uint8Array, line: number): RejectedDocument {
  try {
    const value: { _id?: unknown; bson?: unknown; reason?: { code?: unknown; path?: unknown; detail?: unknown } } =
      JSON.parse(decoder.decode(bytes))
    if (typeof value.bson !== 'string') throw new TypeError('it has no bson')
    return {
      id: typeof value._id === 'string' ? value._id : null,
      bson: Buffer.from(value.bson, 'base64'),
      code: String(value.reason?.code),
      path: String(value.reason?.path),
      detail: String(value.reason?.detail),
    }
  } catch (error) {
    throw new DamagedPart(`line ${line} is no rejected document: ${(error as Error).message}`, line - 1, {
      cause: error,
    })
  }
}
