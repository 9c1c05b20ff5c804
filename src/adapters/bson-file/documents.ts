import type { RawBlock } from '../../ports/document-source.js'
import { damaged } from './backup-error.js'
import type { ByteWindow } from './byte-window.js'

/**
 * The largest document, in bytes: MongoDB takes 16 MiB from users and 16 KiB more for what it adds itself
 * (`BSONObjMaxInternalSize` in `src/mongo/bson/util/builder.h`).
 */
export const LARGEST_DOCUMENT: number = 16 * 1024 * 1024 + 16 * 1024
/** A length and the zero byte at the end. */
const SMALLEST_DOCUMENT = 5
/** Where a document's length would be, this ends a part of an archive. */
export const TERMINATOR = -1

/**
 * The whole documents that are next and at hand, one at least. Undefined where there is none: at the end of the file, or in
 * front of a {@link TERMINATOR}.
 *
 * @param most documents to take
 * @throws `SOURCE_FILE_DAMAGED` for a length that none has, and a document that is cut off or does not end as one
 */
export async function nextDocuments(
  window: ByteWindow,
  most: number = Number.POSITIVE_INFINITY,
): Promise<RawBlock | undefined> {
  if (!(await window.has(1))) return undefined
  if (!(await window.has(4))) {
    throw damaged(window.place(), `it ends after ${window.length} of the 4 bytes of a document's length`)
  }
  const length = window.int32(0)
  if (length === TERMINATOR) return undefined
  checkLength(window, 0, length)
  if (!(await window.has(length))) {
    const there = `a document of ${length} bytes begins here, and the file ends after ${window.length} of them`
    throw damaged(window.place(), there + gzipHint(length))
  }
  const starts = [0]
  let end = length
  checkEnd(window, 0, length)
  while (starts.length < most && end + 4 <= window.length) {
    const next = window.int32(end)
    if (next === TERMINATOR) break
    checkLength(window, end, next)
    if (end + next > window.length) break
    checkEnd(window, end, next)
    starts.push(end)
    end += next
  }
  return { bytes: window.take(end), starts: Uint32Array.from(starts) }
}

/** The block without its first documents. */
export function withoutFirst({ bytes, starts }: RawBlock, documents: number): RawBlock {
  if (documents === 0) return { bytes, starts }
  const from = starts[documents]
  if (from === undefined) return { bytes: bytes.subarray(bytes.length), starts: new Uint32Array() }
  return { bytes: bytes.subarray(from), starts: starts.subarray(documents).map(start => start - from) }
}

/** Its first `documents`, at most. */
export function firstOf(block: RawBlock, documents: number): RawBlock {
  const end = block.starts[documents]
  return end === undefined
    ? block
    : { bytes: block.bytes.subarray(0, end), starts: block.starts.subarray(0, documents) }
}

/** The document at `index`. */
export function documentAt({ bytes, starts }: RawBlock, index: number): Uint8Array {
  return bytes.subarray(starts[index], starts[index + 1] ?? bytes.length)
}

function checkLength(window: ByteWindow, ahead: number, length: number): void {
  if (length >= SMALLEST_DOCUMENT && length <= LARGEST_DOCUMENT) return
  throw damaged(
    window.place(ahead),
    `wanted a document, of ${SMALLEST_DOCUMENT} to ${LARGEST_DOCUMENT} bytes, got a length of ${length}${gzipHint(length)}`,
  )
}

/** A length whose bytes are how gzip data begin may be of a document all the same: so only where something is wrong. */
function gzipHint(length: number): string {
  return (length & 0xffff) === 0x8b1f ? '; it looks like gzip data, whose name should end in .gz' : ''
}

function checkEnd(window: ByteWindow, ahead: number, length: number): void {
  if (window.byte(ahead + length - 1) === 0) return
  throw damaged(window.place(ahead), `a document of ${length} bytes begins here, and does not end with a zero byte`)
}
