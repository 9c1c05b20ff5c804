import { viewOf } from '../bson/walk.js'
import { LakeferryError } from '../errors.js'
import { DamagedPart, readLosslessPart } from '../ingest/read-lossless.js'
import { ID_COLUMN } from '../model/column.js'
import { FORMATS, type Format, LOSSLESS_FORMATS } from '../model/format.js'
import type { Manifest, Part } from '../model/manifest.js'
import type { ObjectStore } from '../ports/object-store.js'
import type { QueryEngine } from '../ports/query-engine.js'
import { Fingerprinter, type Likeness, NO_ID } from './fingerprint.js'
import { jsonMember } from './json-member.js'
import { type LakeFile, openLakeFile } from './lake-file.js'
import { eachText, isLossless } from './part-content.js'
import { readRejects } from './reject-lines.js'
import { documentHash, type Spill } from './spill.js'

/** The format whose parts say most of the documents; plain JSON before Parquet. */
export function bestFormat({ formats }: Manifest): Format | undefined {
  const order: readonly Format[] = [...LOSSLESS_FORMATS, 'ndjson.gz', 'json', ...FORMATS]
  return order.find(format => formats.includes(format))
}

export interface SpillRunDeps {
  readonly lake: ObjectStore
  /** Opened only when the run has nothing but Parquet. */
  readonly engine: () => Promise<QueryEngine>
}

export interface SpillRunRequest {
  readonly manifest: Manifest
  readonly format: Format
  readonly likeness: Likeness
  readonly spill: Spill
  readonly scratch: string
  readonly signal: AbortSignal | undefined
}

/**
 * The run's side of a comparison: the documents in the parts of one format, and the rejected ones.
 *
 * @throws {@link LakeferryError} `LAKE_OBJECT_MISSING` or `LAKE_OBJECT_DAMAGED` when a part is not what was committed: what it
 * has is then no evidence of what the run had
 */
export async function spillRun({ lake, engine }: SpillRunDeps, request: SpillRunRequest): Promise<void> {
  const { manifest, format, likeness, spill, scratch, signal } = request
  const fingerprints = new Fingerprinter(spill, likeness)
  const ofBson = (bson: Uint8Array): void => fingerprints.add(bson, viewOf(bson), 0, bson.length)
  for (const key of manifest.rejects.keys) {
    await withFile(lake, key, undefined, scratch, signal, async file => {
      for await (const found of readRejects(file, signal)) for (const { bson } of found) ofBson(bson)
    })
  }
  if (format === 'parquet') return await spillIds(await engine(), manifest, spill, signal)
  for (const part of manifest.parts.filter(part => part.format === format)) {
    await withFile(lake, part.key, part, scratch, signal, async file => {
      if (!isLossless(format)) {
        return await eachText(file, format, signal, text => {
          spill.add(jsonMember(text, ID_COLUMN) ?? NO_ID, documentHash(text))
        })
      }
      for await (const { bytes, starts } of readLosslessPart(format, file.chunks(signal))) {
        const view = viewOf(bytes)
        for (let index = 0; index < starts.length; index++)
          fingerprints.add(bytes, view, starts[index]!, starts[index + 1] ?? bytes.length)
      }
    })
  }
}

const encoder = new TextEncoder()

async function spillIds(
  engine: QueryEngine,
  manifest: Manifest,
  spill: Spill,
  signal: AbortSignal | undefined,
): Promise<void> {
  await engine.run({
    manifest,
    columns: manifest.columns,
    statements: [{ name: 'ids', sql: `SELECT "${ID_COLUMN}" FROM data` }],
    onPage: async (_, rows) => {
      for (const [id] of rows) spill.add(id === null ? NO_ID : encoder.encode(String(id)), '')
    },
    ...(signal === undefined ? {} : { signal }),
  })
}

async function withFile(
  lake: ObjectStore,
  key: string,
  part: Part | undefined,
  scratch: string,
  signal: AbortSignal | undefined,
  work: (file: LakeFile) => Promise<void>,
): Promise<void> {
  const file = await openLakeFile(lake, key, scratch, signal)
  if (file === undefined) throw new LakeferryError('LAKE_OBJECT_MISSING', { lake: lake.url, key })
  const damaged = (wanted: string, got: string, cause?: unknown): LakeferryError =>
    new LakeferryError('LAKE_OBJECT_DAMAGED', { lake: lake.url, key, wanted, got }, { cause })
  try {
    if (part !== undefined && file.sha256 !== part.sha256) throw damaged(`SHA-256 ${part.sha256}`, file.sha256)
    await work(file)
  } catch (error) {
    if (!(error instanceof DamagedPart)) throw error
    throw damaged('what an export writes', error.message, error)
  } finally {
    await file.close()
  }
}
