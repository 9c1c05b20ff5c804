import { createHash } from 'node:crypto'
import { SegmentEncoder } from '../../src/export/segment-encoder.js'
import type { EncodedPart, SegmentTotals, WorkerSettings } from '../../src/export/segment-message.js'
import type { LosslessFormat } from '../../src/ingest/read-lossless.js'
import { readLosslessPart } from '../../src/ingest/read-lossless.js'
import type { Format } from '../../src/model/format.js'
import { DEFAULT_COMPRESSION } from '../../src/model/part-options.js'

export interface EncodedSegment {
  readonly parts: readonly EncodedPart[]
  readonly totals: SegmentTotals
  readonly rejects: readonly Reject[]
}

export interface Reject {
  readonly _id: string | null
  readonly bson: string
  readonly reason: { readonly code: string; readonly path: string; readonly detail: string }
}

export function settingsFor(formats: readonly Format[], more: Partial<WorkerSettings> = {}): WorkerSettings {
  return {
    formats,
    columns: [],
    compression: DEFAULT_COMPRESSION,
    partitionBy: undefined,
    tool: 'lakeferry test',
    ...more,
  }
}

/** Documents through the real encoder, as the worker has them: in blocks of shared memory that is used again. */
export function encodeSegment(
  settings: WorkerSettings,
  documents: readonly Uint8Array[],
  blockDocuments = 3,
): EncodedSegment {
  const parts: EncodedPart[] = []
  const encoder = new SegmentEncoder(settings, part => parts.push(part))
  return feed(encoder, documents, parts, blockDocuments)
}

export function feed(
  encoder: SegmentEncoder,
  documents: readonly Uint8Array[],
  parts: EncodedPart[],
  blockDocuments = 3,
): EncodedSegment {
  let bytes: Uint8Array = new Uint8Array()
  for (let from = 0; from < documents.length; from += blockDocuments) {
    const block = documents.slice(from, from + blockDocuments)
    const size = block.reduce((sum, { length }) => sum + length, 0)
    if (size !== bytes.length) bytes = new Uint8Array(new SharedArrayBuffer(size))
    const starts = new Uint32Array(block.length)
    let at = 0
    for (const [index, document] of block.entries()) {
      starts[index] = at
      bytes.set(document, at)
      at += document.length
    }
    encoder.add(bytes, starts)
    bytes.fill(0xee)
  }
  const totals = encoder.close(documents.length === 0)
  const lines = totals.rejects === undefined ? [] : Buffer.from(totals.rejects).toString().trimEnd().split('\n')
  return { parts, totals, rejects: lines.map(line => JSON.parse(line)) }
}

export function partIn(segment: EncodedSegment, format: Format): EncodedPart {
  const parts = segment.parts.filter(part => part.format === format)
  if (parts.length !== 1) throw new Error(`wanted one part of ${format}, got ${parts.length}`)
  return parts[0]!
}

export async function documentsOf(format: LosslessFormat, body: Uint8Array): Promise<Uint8Array[]> {
  const documents: Uint8Array[] = []
  async function* stream(): AsyncGenerator<Uint8Array> {
    yield body
  }
  for await (const { bytes, starts } of readLosslessPart(format, stream())) {
    const ends = [...starts.subarray(1), bytes.length]
    for (const [index, start] of starts.entries()) documents.push(bytes.subarray(start, ends[index]))
  }
  return documents
}

/** The digest as docs/lake-format.md has it. */
export function digestOf(documents: readonly Uint8Array[]): string {
  const sum = documents.reduce(
    (total, document) => total + BigInt(`0x${createHash('sha256').update(document).digest('hex')}`),
    0n,
  )
  return (sum % 2n ** 256n).toString(16).padStart(64, '0')
}

export const hexOf = (documents: readonly Uint8Array[]): string[] =>
  documents.map(document => Buffer.from(document).toString('hex'))
