import { type Document, serialize } from 'bson'
import { PartWriter } from '../../src/export/part-writer.js'
import { RunTotals } from '../../src/export/run-totals.js'
import { SegmentEncoder } from '../../src/export/segment-encoder.js'
import type { EncodedPart } from '../../src/export/segment-message.js'
import type { Column } from '../../src/model/column.js'
import type { Format } from '../../src/model/format.js'
import type { Manifest } from '../../src/model/manifest.js'
import { DEFAULT_COMPRESSION } from '../../src/model/part-options.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { commit, runAt } from '../catalog/lake-fixture.js'

export interface MadeRunOptions {
  readonly dataset?: string
  /** Of 2026, which makes the run's id. */
  readonly minute: number
  readonly formats?: readonly Format[]
  readonly columns?: readonly Column[]
  /** Documents in one part. @defaultValue 10 */
  readonly perPart?: number
}

/** A committed run as the exporter writes it, in this thread. Documents may be BSON already. */
export async function makeRun(
  lake: ObjectStore,
  documents: readonly (Document | Uint8Array)[],
  { dataset = 'papers', minute, formats = ['parquet'], columns = [], perPart = 10 }: MadeRunOptions,
): Promise<Manifest> {
  const runId = runAt(minute)
  const writer = new PartWriter(lake, dataset, runId)
  const totals = new RunTotals()
  const encoded: EncodedPart[] = []
  const settings = { formats, columns, compression: DEFAULT_COMPRESSION, partitionBy: undefined, tool: 'a test' }
  const encoder = new SegmentEncoder(settings, part => encoded.push(part))
  for (let from = 0; from === 0 || from < documents.length; from += perPart) {
    for (const document of documents.slice(from, from + perPart))
      encoder.add(document instanceof Uint8Array ? document : serialize(document), Uint32Array.of(0))
    const { rejects, ...segment } = encoder.close(documents.length === 0)
    totals.add(segment)
    for (const part of encoded.splice(0)) await writer.put(part)
    if (rejects) await writer.putRejects(rejects)
  }
  return commit(lake, runId, {
    dataset,
    documents: totals.documents,
    digest: totals.digest,
    formats: [...formats].sort(),
    parts: totals.checkedParts(writer.parts, formats),
    rejects: { documents: totals.rejected, keys: writer.rejectKeys, digest: totals.rejectsDigest },
    columns,
  })
}

/** The lake, with a note of each part that is read; as S3 it has no local files when asked so. */
export function watched(
  lake: ObjectStore,
  { local = true }: { readonly local?: boolean } = {},
): { lake: ObjectStore; read: string[] } {
  const read: string[] = []
  const watching = new Proxy(lake, {
    get: (target, name) => {
      if (name === 'localPath' && !local) return undefined
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (...args: unknown[]) => {
        if ((name === 'localPath' || name === 'download') && !read.includes(String(args[0]))) read.push(String(args[0]))
        return member.apply(target, args)
      }
    },
  })
  return { lake: watching, read }
}
