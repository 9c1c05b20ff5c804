import { interruption, LakeferryError, reasonOf } from '../errors.js'
import type { DocumentSink } from '../ports/document-sink.js'
import { BsonFramer } from './bson-framer.js'
import { jsonParser, parseBson, Unreadable } from './document-parser.js'
import type { Framed, Framer } from './framed-text.js'
import { GzipDamage } from './gunzip.js'
import { contentOf, type InputFile, lookInto } from './input-file.js'
import { InsertQueue } from './insert-queue.js'
import { LineFramer } from './line-framer.js'
import { StructureFramer } from './structure-framer.js'

export interface ImportDeps {
  readonly sink: DocumentSink
}

export interface ImportRequest {
  /** Paths of JSON, JSON Lines, Extended JSON or BSON, each plain or gzipped. */
  readonly files: readonly string[]
  readonly collection: string
  /** Removes the collection first; but not before every file was seen to be one that can be imported. */
  readonly drop?: boolean
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: ImportProgress) => void
}

export interface ImportProgress {
  readonly file: string
  /** Of all files, on disk. */
  readonly bytesRead: number
  readonly bytesTotal: number
  readonly documents: number
  readonly rejected: number
}

export interface ImportOutcome {
  /** In the collection because of this import. */
  readonly documents: number
  /** How many were not imported. */
  readonly rejected: number
  /** The first of them, no more than {@link MAX_REJECTIONS}, in the order of the files and their lines. */
  readonly rejections: readonly Rejection[]
}

export interface Rejection {
  readonly file: string
  /** Where the document begins, from 1; in BSON the number of the document. */
  readonly line: number
  readonly reason: string
}

/** However many there are, so many are kept, and what is said of a file as a whole. */
export const MAX_REJECTIONS = 1_000

/**
 * Imports files one after another. Every document is either in the collection or among the rejected; a rejected one
 * stops nothing. Documents without `_id` get an ObjectId.
 *
 * @throws {@link LakeferryError} `IMPORT_FILE` before anything was changed; `SINK_INTERRUPTED`, `SOURCE_FORBIDDEN` and
 * `INTERRUPTED` in the middle, when what was written stays
 */
export async function importFiles({ sink }: ImportDeps, request: ImportRequest): Promise<ImportOutcome> {
  const { collection, signal, onProgress } = request
  const files: InputFile[] = []
  for (const path of request.files) files.push(await lookInto(path))
  stopIfAborted(signal)
  if (request.drop) await sink.drop(collection)

  let documents = 0
  let rejected = 0
  const rejections: Rejection[] = []
  const reject = (file: string, line: number, reason: string, fatal = false): void => {
    rejected += 1
    if (rejections.length < MAX_REJECTIONS || fatal) rejections.push({ file, line, reason })
  }
  const queue = new InsertQueue({
    sink,
    collection,
    signal,
    inserted: count => {
      documents += count
    },
    refused: ({ file, line }, reason) => reject(file, line, reason),
  })

  const bytesTotal = files.reduce((sum, file) => sum + file.bytes, 0)
  let before = 0
  for (const file of files) {
    const { path } = file
    const report = (bytes: number): void =>
      onProgress?.({ file: path, bytesRead: before + bytes, bytesTotal, documents, rejected })
    const parse = file.kind === 'bson' ? parseBson : jsonParser()
    const documentsIn = (text: Uint8Array, line: number): readonly Uint8Array[] => {
      try {
        return parse(text, line)
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error
        reject(path, line, error.message)
        return []
      }
    }
    for await (const framed of framedIn(file, report)) {
      if (framed.kind === 'problem') {
        reject(path, framed.line, framed.reason, framed.fatal)
        continue
      }
      const place = { file: path, line: framed.line }
      for (const document of documentsIn(framed.bytes, framed.line)) {
        const full = queue.add(document, place)
        if (full === undefined) continue
        await full
        stopIfAborted(signal)
      }
    }
    before += file.bytes
    report(0)
  }
  await queue.finish()
  onProgress?.({ file: files.at(-1)?.path ?? '', bytesRead: before, bytesTotal, documents, rejected })
  const order = new Map(request.files.map((path, index) => [path, index]))
  rejections.sort((a, b) => order.get(a.file)! - order.get(b.file)! || a.line - b.line)
  return { documents, rejected, rejections }
}

async function* framedIn(file: InputFile, position: (bytes: number) => void): AsyncGenerator<Framed> {
  const framer = framerFor(file.kind)
  try {
    for await (const chunk of contentOf(file, position)) yield* framer.push(chunk)
  } catch (error) {
    if (!(error instanceof GzipDamage))
      throw new LakeferryError('IMPORT_FILE', { file: file.path, reason: reasonOf(error) }, { cause: error })
    // The checksum comes last: what was unpacked before it is imported by now.
    const reason = `the gzipped file is damaged or cut off (${reasonOf(error)}): what follows this line is missing, and what came before it may be wrong`
    yield { kind: 'problem', line: framer.line, reason, fatal: true }
    return
  }
  yield* framer.end()
}

function framerFor(kind: InputFile['kind']): Framer {
  if (kind === 'bson') return new BsonFramer()
  return kind === 'structure' ? new StructureFramer() : new LineFramer()
}

function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw interruption(signal)
}

/** What a command fails with after telling its outcome; undefined when nothing was rejected. */
export function rejectedError({ rejected, rejections }: ImportOutcome): LakeferryError<'IMPORT_REJECTED'> | undefined {
  const [first] = rejections
  if (first === undefined) return undefined
  return new LakeferryError('IMPORT_REJECTED', { rejected, first: `${first.file}:${first.line}: ${first.reason}` })
}
