import { DigestSum } from '../bson/digest-sum.js'
import { findId, idExtendedJson } from '../bson/id-text.js'
import { viewOf } from '../bson/walk.js'
import { interruption, LakeferryError } from '../errors.js'
import { DamagedPart, type LosslessFormat, readLosslessPart } from '../ingest/read-lossless.js'
import { addDigests, type Digest, EMPTY_DIGEST } from '../model/digest.js'
import { LOSSLESS_FORMATS } from '../model/format.js'
import { lakeKey } from '../model/lake-key.js'
import type { Manifest, Part } from '../model/manifest.js'
import type { DocumentSink } from '../ports/document-sink.js'
import type { DocumentSource, RawBlock } from '../ports/document-source.js'
import type { ObjectStore } from '../ports/object-store.js'
import { openLakeFile, withScratch } from './lake-file.js'
import { isLossless } from './part-content.js'
import { restoreRejects } from './restore-rejects.js'
import { type Refusal, Restored } from './restored.js'
import type { ProofProgress } from './verify-parts.js'

export interface RestoreDeps {
  readonly lake: ObjectStore
  readonly sink: DocumentSink
  /** Of the same database as the sink: reads back what was restored. Asked once, at the end, and closed again. */
  readonly openSource: () => Promise<DocumentSource>
}

export interface RestoreRequest {
  readonly manifest: Manifest
  readonly collection: string
  /** Removes the collection first; but not before every part was seen to be there. */
  readonly drop: boolean
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: ProofProgress) => void
  /** Told once documents have begun to go in, and how many: what is there when it ends in an error. */
  readonly onInserted?: (documents: number) => void
}

export interface RestoreOutcome {
  readonly format: LosslessFormat
  /** In the collection, by reading it back. */
  readonly documents: number
  readonly digest: Digest
  /** Documents that were in `_rejects/` and are in the collection now. */
  readonly rejected: number
  /** How many are not in the collection. */
  readonly refused: number
  /** The first of them, no more than `MAX_REFUSALS`. */
  readonly refusals: readonly Refusal[]
}

/**
 * Puts the documents of a committed run into a collection, byte for byte, the rejected ones too as far as a server takes
 * them. Each part's size and SHA-256 are right before the first of its documents goes in, and its digest before the next
 * part's; then the collection is read back, and its count and digest have to be those of what went in.
 *
 * @throws {@link LakeferryError} before anything is changed: `RUN_NOT_LOSSLESS`, `RESTORE_TARGET`; in the middle, when what
 * was inserted stays: `LAKE_OBJECT_DAMAGED`, `LAKE_OBJECT_MISSING`, `SINK_INTERRUPTED`, `INTERRUPTED`, others of SOURCE_
 * and LAKE_; at the end `RESTORE_MISMATCH`
 */
export async function restoreRun(deps: RestoreDeps, request: RestoreRequest): Promise<RestoreOutcome> {
  const { lake, sink } = deps
  const { manifest, collection, drop, signal } = request
  const format = LOSSLESS_FORMATS.filter(isLossless).find(name => manifest.formats.includes(name))
  if (format === undefined) throw new LakeferryError('RUN_NOT_LOSSLESS', manifest)
  const parts = manifest.parts.filter(part => part.format === format)
  requireSum(manifest, parts)
  const there = await sink.count(collection)
  if (there > 0 && !drop)
    throw new LakeferryError('RESTORE_TARGET', { namespace: `${sink.database}.${collection}`, documents: there })
  for (const part of parts) await requirePresent(lake, part)
  stopIfAborted(signal)
  if (drop) await sink.drop(collection)

  const restored = new Restored({ ...request, expected: manifest.documents })
  await withScratch(async scratch => {
    for (const part of parts) await restorePart(deps, request, { part, format, scratch, restored })
    await restoreRejects(deps, request, scratch, restored)
  })
  await readBack(deps, request, restored)
  const { inserted, refused, refusals, rejected } = restored
  return { format, documents: inserted.documents, digest: inserted.digest(), rejected, refused, refusals }
}

/** Part by part is checked as they are read; that together they are the run is checked here. */
function requireSum(manifest: Manifest, parts: readonly Part[]): void {
  const documents = parts.reduce((sum, part) => sum + part.documents, 0)
  const digest = parts.reduce((sum, part) => addDigests(sum, part.digest), EMPTY_DIGEST)
  if (documents === manifest.documents - manifest.rejects.documents && digest === manifest.digest) return
  const key = lakeKey.manifest(manifest.dataset, manifest.runId)
  throw new LakeferryError('MANIFEST_INVALID', { key, problem: 'its parts do not add up to its documents and digest' })
}

/** Cheap, and before anything is dropped: a run with a hole in it must not cost the collection it should replace. */
async function requirePresent(lake: ObjectStore, part: Part): Promise<void> {
  const found = await lake.head(part.key)
  if (found === undefined) throw new LakeferryError('LAKE_OBJECT_MISSING', { lake: lake.url, key: part.key })
  if (found.bytes !== part.bytes) throw damaged(lake, part, `${part.bytes} bytes`, `${found.bytes}`)
}

interface PartWork {
  readonly part: Part
  readonly format: LosslessFormat
  readonly scratch: string
  readonly restored: Restored
}

async function restorePart({ lake, sink }: RestoreDeps, request: RestoreRequest, work: PartWork): Promise<void> {
  const { collection, signal } = request
  const { part, format, scratch, restored } = work
  stopIfAborted(signal)
  const file = await openLakeFile(lake, part.key, scratch, signal)
  if (file === undefined) throw new LakeferryError('LAKE_OBJECT_MISSING', { lake: lake.url, key: part.key })
  const sum = new DigestSum()
  try {
    if (file.sha256 !== part.sha256) throw damaged(lake, part, `SHA-256 ${part.sha256}`, file.sha256)
    for await (const block of readLosslessPart(format, file.chunks(signal))) {
      const documents = documentsOf(block)
      for (const document of documents) sum.add(document, 0, document.length)
      await insertBlock(sink, collection, documents, restored, signal)
    }
  } catch (error) {
    if (!(error instanceof DamagedPart)) throw error
    throw damaged(lake, part, 'what an export writes', error.message, error)
  } finally {
    await file.close()
  }
  if (sum.documents !== part.documents) throw damaged(lake, part, `${part.documents} documents`, `${sum.documents}`)
  if (sum.digest() !== part.digest) throw damaged(lake, part, `digest ${part.digest}`, sum.digest())
}

async function insertBlock(
  sink: DocumentSink,
  collection: string,
  all: readonly Uint8Array[],
  restored: Restored,
  signal: AbortSignal | undefined,
): Promise<void> {
  const documents = all.filter(document => {
    const problem = changedByServer(document)
    if (problem !== undefined) restored.refuse({ id: idOf(document), reason: problem })
    return problem === undefined
  })
  if (documents.length === 0) return
  const refused = await sink.insert(collection, documents, signal)
  for (const { index, reason } of refused) restored.refuse({ id: idOf(documents[index]!), reason })
  restored.settle(documents, new Set(refused.map(({ index }) => index)))
}

/** What a server does not store as it is given: views can have put such documents into the run. */
function changedByServer(document: Uint8Array): string | undefined {
  const element = findId(document, viewOf(document), 0)
  if (element < 0) return 'it has no _id, and the server would give it one'
  return element === 4 ? undefined : 'its _id is not its first field, and the server would move it there'
}

function idOf(document: Uint8Array): string | null {
  return findId(document, viewOf(document), 0) < 0 ? null : idExtendedJson(document, viewOf(document), 0)
}

async function readBack({ sink, openSource }: RestoreDeps, request: RestoreRequest, restored: Restored): Promise<void> {
  const { collection, manifest, signal } = request
  const { inserted } = restored
  // An insert makes the collection; without one there is nothing that could be read.
  if (inserted.documents === 0) return await requireEmpty(sink, collection)
  const found = new DigestSum()
  const source = await openSource()
  try {
    const snapshot = await source.open({
      collection,
      comment: `lakeferry restore ${manifest.dataset} ${manifest.runId}`,
    })
    try {
      for (const range of await snapshot.ranges(1)) {
        for await (const block of snapshot.read(range, signal === undefined ? {} : { signal })) {
          for (const document of documentsOf(block)) found.add(document, 0, document.length)
        }
      }
    } finally {
      await snapshot.close().catch(() => undefined)
    }
  } finally {
    await source.close().catch(() => undefined)
  }
  const told = (sum: DigestSum): string => `${sum.documents} documents with digest ${sum.digest()}`
  if (found.documents !== inserted.documents || found.digest() !== inserted.digest()) {
    const namespace = `${sink.database}.${collection}`
    throw new LakeferryError('RESTORE_MISMATCH', { namespace, wanted: told(inserted), got: told(found) })
  }
}

async function requireEmpty(sink: DocumentSink, collection: string): Promise<void> {
  const found = await sink.count(collection)
  if (found === 0) return
  const namespace = `${sink.database}.${collection}`
  throw new LakeferryError('RESTORE_MISMATCH', { namespace, wanted: '0 documents', got: `${found}` })
}

function documentsOf({ bytes, starts }: RawBlock): Uint8Array[] {
  const view = viewOf(bytes)
  return Array.from(starts, start => bytes.subarray(start, start + view.getInt32(start, true)))
}

function damaged(lake: ObjectStore, { key }: Part, wanted: string, got: string, cause?: unknown): LakeferryError {
  return new LakeferryError('LAKE_OBJECT_DAMAGED', { lake: lake.url, key, wanted, got }, { cause })
}

function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw interruption(signal)
}
