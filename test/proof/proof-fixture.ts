import { createHash } from 'node:crypto'
import { type Document, serialize } from 'bson'
import { PartWriter } from '../../src/export/part-writer.js'
import { RunTotals } from '../../src/export/run-totals.js'
import { SegmentEncoder } from '../../src/export/segment-encoder.js'
import type { EncodedPart } from '../../src/export/segment-message.js'
import type { Format } from '../../src/model/format.js'
import type { Manifest } from '../../src/model/manifest.js'
import { DEFAULT_COMPRESSION } from '../../src/model/part-options.js'
import { newRunId } from '../../src/model/run-id.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { commit } from '../catalog/lake-fixture.js'

/** Documents in one segment: enough for parts of several chunks, few enough for several parts. */
const SEGMENT_DOCUMENTS = 1_200

interface MadeRun {
  readonly formats: readonly Format[]
  readonly filter?: string
}

/** A committed run of these documents, as the exporter writes it, but in this thread: hundreds of them cost little. */
export async function exportRun(
  lake: ObjectStore,
  documents: readonly Uint8Array[],
  { formats, filter }: MadeRun,
): Promise<Manifest> {
  const runId = newRunId(new Date())
  const writer = new PartWriter(lake, 'papers', runId)
  const totals = new RunTotals()
  const encoded: EncodedPart[] = []
  const settings = { formats, columns: [], compression: DEFAULT_COMPRESSION, partitionBy: undefined, tool: 'a test' }
  const encoder = new SegmentEncoder(settings, part => encoded.push(part))
  for (let from = 0; from === 0 || from < documents.length; from += SEGMENT_DOCUMENTS) {
    for (const bytes of documents.slice(from, from + SEGMENT_DOCUMENTS)) encoder.add(bytes, Uint32Array.of(0))
    const { rejects, ...segment } = encoder.close(documents.length === 0)
    totals.add(segment)
    for (const part of encoded.splice(0)) await writer.put(part)
    if (rejects) await writer.putRejects(rejects)
  }
  const source = {
    server: 'memory',
    database: 'test',
    collection: 'papers',
    ...(filter === undefined ? {} : { filter }),
  }
  return commit(lake, runId, {
    source,
    documents: totals.documents,
    digest: totals.digest,
    formats: [...formats].sort(),
    parts: totals.checkedParts(writer.parts, formats),
    rejects: { documents: totals.rejected, keys: writer.rejectKeys, digest: totals.rejectsDigest },
  })
}

/** By its definition, with BigInt: docs/lake-format.md. */
export function digestOf(documents: readonly Uint8Array[]): string {
  let sum = 0n
  for (const document of documents) sum += BigInt(`0x${createHash('sha256').update(document).digest('hex')}`)
  return (sum % (1n << 256n)).toString(16).padStart(64, '0')
}

export const papers = (count: number, changes: Document = {}): Uint8Array[] =>
  Array.from({ length: count }, (_, n) => serialize({ _id: `p${n}`, title: `Title ${n}`, ...changes }))

/** A field called `a` twice, which no format but BSON can hold: rejected. */
export function duplicateField(id: number): Uint8Array {
  const bytes = serialize({ _id: id, a: 1, b: 2 })
  const name = Buffer.from(bytes).indexOf('b\0')
  bytes[name] = 0x61
  return bytes
}

/** A boolean that is 7: rejected, and taken by no server. */
export function malformed(id: number): Uint8Array {
  const bytes = serialize({ _id: id, ok: true })
  bytes[bytes.length - 2] = 7
  return bytes
}
