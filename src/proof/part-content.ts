import { DigestSum } from '../bson/digest-sum.js'
import { GzipDamage, gunzipped } from '../ingest/gunzip.js'
import { LineFramer } from '../ingest/line-framer.js'
import { DamagedPart, type LosslessFormat, readLosslessPart } from '../ingest/read-lossless.js'
import type { Digest } from '../model/digest.js'
import { type Format, LOSSLESS_FORMATS } from '../model/format.js'
import { footerLength, footerRows, PARQUET_TAIL_BYTES } from '../parquet/footer.js'
import { ArrayFramer } from './array-framer.js'
import type { LakeFile } from './lake-file.js'

/** Bytes of one line of plain JSON, at most: 16 MiB of BSON become less than ten times as much. */
const MAX_LINE_BYTES = 256 * 1024 * 1024

/** What is in a part, found by reading it. */
export interface PartContent {
  readonly documents: number
  /** Undefined for formats that the documents cannot be had back from byte for byte. */
  readonly digest: Digest | undefined
}

export function isLossless(format: Format): format is LosslessFormat {
  return LOSSLESS_FORMATS.includes(format)
}

/**
 * Reads a part to its end and counts. Of Parquet only the footer is read: its pages are covered by the object's SHA-256.
 *
 * @throws {@link DamagedPart}
 */
export async function readContent(
  file: LakeFile,
  format: Format,
  signal: AbortSignal | undefined,
): Promise<PartContent> {
  if (format === 'parquet') return { documents: await parquetRows(file), digest: undefined }
  let documents = 0
  if (!isLossless(format)) {
    await eachText(file, format, signal, () => {
      documents += 1
    })
    return { documents, digest: undefined }
  }
  const sum = new DigestSum()
  for await (const { bytes, starts } of readLosslessPart(format, file.chunks(signal))) {
    for (let index = 0; index < starts.length; index++)
      sum.add(bytes, starts[index]!, starts[index + 1] ?? bytes.length)
  }
  return { documents: sum.documents, digest: sum.digest() }
}

/** The text of each document of a part of plain JSON, valid during the call. @throws {@link DamagedPart} */
export async function eachText(
  file: LakeFile,
  format: Extract<Format, 'ndjson.gz' | 'json'>,
  signal: AbortSignal | undefined,
  take: (text: Uint8Array) => void,
): Promise<void> {
  if (format === 'json') {
    const framer = new ArrayFramer()
    for await (const chunk of file.chunks(signal)) for (const text of framer.push(chunk)) take(text)
    framer.end()
    return
  }
  const framer = new LineFramer(MAX_LINE_BYTES)
  const told = (framed: ReturnType<LineFramer['push']>): void => {
    for (const piece of framed) {
      if (piece.kind === 'problem') throw new DamagedPart(`line ${piece.line} is ${piece.reason}`, piece.line - 1)
      take(piece.bytes)
    }
  }
  try {
    for await (const chunk of gunzipped(file.chunks(signal))) told(framer.push(chunk))
  } catch (error) {
    if (!(error instanceof GzipDamage)) throw error
    throw new DamagedPart(`the gzip is damaged or cut off: ${error.message}`, framer.line - 1, { cause: error })
  }
  told(framer.end())
}

async function parquetRows(file: LakeFile): Promise<number> {
  try {
    const length = footerLength(await file.tail(PARQUET_TAIL_BYTES))
    const end = await file.tail(length + PARQUET_TAIL_BYTES)
    return footerRows(end.subarray(0, end.length - PARQUET_TAIL_BYTES))
  } catch (error) {
    if (error instanceof RangeError) throw new DamagedPart(error.message, 0, { cause: error })
    throw error
  }
}
