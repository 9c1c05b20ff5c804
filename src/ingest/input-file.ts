import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { LakeferryError, reasonOf } from '../errors.js'
import { gunzipped } from './gunzip.js'
import { isSpace, JsonToBson } from './json-to-bson.js'

/** What a file holds, by its first bytes: names say little. */
export interface InputFile {
  readonly path: string
  /** On disk. */
  readonly bytes: number
  readonly gzip: boolean
  /** `lines`: JSON Lines; `structure`: an array, or documents one after another, over any number of lines. */
  readonly kind: 'empty' | 'lines' | 'structure' | 'bson'
}

const READ_BYTES = 256 * 1024
const LINES_TRIED = 10
const [LF, OPEN, OPEN_ARRAY] = [0x0a, 0x7b, 0x5b]

/** @throws {@link LakeferryError} `IMPORT_FILE` when it cannot be read, or is nothing that can be imported */
export async function lookInto(path: string): Promise<InputFile> {
  try {
    const file = await open(path)
    let bytes: number
    let gzip: boolean
    try {
      const facts = await file.stat()
      if (!facts.isFile()) throw new Error('not a regular file')
      bytes = facts.size
      const magic = Buffer.alloc(2)
      await file.read(magic, 0, 2, 0)
      gzip = magic[0] === 0x1f && magic[1] === 0x8b
    } finally {
      await file.close()
    }
    const { head, whole } = await headOf(path, gzip)
    return { path, bytes, gzip, kind: kindOf(head, whole) }
  } catch (error) {
    throw new LakeferryError('IMPORT_FILE', { file: path, reason: reasonOf(error) }, { cause: error })
  }
}

/** The file's content, unpacked, without a byte order mark; `position` is in the file on disk. */
export async function* contentOf(
  { path, gzip }: Pick<InputFile, 'path' | 'gzip'>,
  position: (bytes: number) => void = () => undefined,
): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path, { highWaterMark: READ_BYTES })
  const stream: AsyncIterable<Uint8Array> = gzip ? gunzipped(file) : file
  let head: Uint8Array | undefined = new Uint8Array()
  try {
    for await (const chunk of stream) {
      position(file.bytesRead)
      if (head === undefined) {
        yield chunk
        continue
      }
      head = Buffer.concat([head, chunk])
      if (head.length < 3) continue
      yield withoutMark(head)
      head = undefined
    }
    if (head !== undefined && head.length > 0) yield head
  } finally {
    file.destroy()
  }
}

async function headOf(path: string, gzip: boolean): Promise<{ head: Uint8Array; whole: boolean }> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of contentOf({ path, gzip })) {
    chunks.push(chunk)
    length += chunk.length
    if (length >= READ_BYTES) return { head: Buffer.concat(chunks), whole: false }
  }
  return { head: Buffer.concat(chunks), whole: true }
}

function withoutMark(head: Uint8Array): Uint8Array {
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? head.subarray(3) : head
}

function kindOf(head: Uint8Array, whole: boolean): InputFile['kind'] {
  const first = head.findIndex(byte => !isSpace(byte))
  if (first < 0) return 'empty'
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff))
    throw new Error('this is UTF-16; wanted UTF-8')
  // A document's length: its fourth byte is below 2, which no text's is.
  if (head.length >= 5 && head[3]! < 2) return 'bson'
  if (head[first] === OPEN_ARRAY) return 'structure'
  if (head[first] === OPEN) return hasDocumentLine(head, whole) ? 'lines' : 'structure'
  const start = JSON.stringify(Buffer.from(head.subarray(first, first + 20)).toString('latin1'))
  throw new Error(`it begins with ${start}, which is neither JSON nor BSON`)
}

/** Whether some line that begins with `{` is a document as it is; inside a document over several lines none would be. */
function hasDocumentLine(head: Uint8Array, whole: boolean): boolean {
  const parser = new JsonToBson()
  let from = 0
  for (let tried = 0; tried < LINES_TRIED && from < head.length; tried++) {
    const newline = head.indexOf(LF, from)
    if (newline < 0 && !whole) return false
    const end = newline < 0 ? head.length : newline
    if (head[from] === OPEN) {
      try {
        parser.parse(head, from, end)
        return true
      } catch {
        // A broken line, or the first of several that belong together: the next one may tell.
      }
    }
    from = end + 1
  }
  return false
}
