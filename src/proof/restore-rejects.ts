import { DigestSum } from '../bson/digest-sum.js'
import { interruption, isLakeferryError, LakeferryError } from '../errors.js'
import { DamagedPart } from '../ingest/read-lossless.js'
import type { DocumentSink } from '../ports/document-sink.js'
import type { ObjectStore } from '../ports/object-store.js'
import { type LakeFile, openLakeFile } from './lake-file.js'
import { type RejectedDocument, readRejects } from './reject-lines.js'
import type { RestoreRequest } from './restore-run.js'
import type { Restored } from './restored.js'

/**
 * What no server takes. A command with one of these in it is refused as a whole, or ends the connection, so they are not
 * even tried.
 */
const NOT_BSON: ReadonlySet<string> = new Set(['malformed', 'too-deep'])

/** The documents of `_rejects/`, as far as the server takes them: each by itself, so that one costs no other. */
export async function restoreRejects(
  deps: { readonly lake: ObjectStore; readonly sink: DocumentSink },
  request: RestoreRequest,
  scratch: string,
  restored: Restored,
): Promise<void> {
  const { lake } = deps
  const { manifest, signal } = request
  const sum = new DigestSum()
  for (const key of manifest.rejects.keys) {
    const file = await openLakeFile(lake, key, scratch, signal)
    if (file === undefined) throw new LakeferryError('LAKE_OBJECT_MISSING', { lake: lake.url, key })
    try {
      await restoreFile(deps, request, file, sum, restored)
    } catch (error) {
      if (!(error instanceof DamagedPart)) throw error
      const details = { lake: lake.url, key, wanted: 'rejected documents', got: error.message }
      throw new LakeferryError('LAKE_OBJECT_DAMAGED', details, { cause: error })
    } finally {
      await file.close()
    }
  }
  const { documents, digest, keys } = manifest.rejects
  const whole = sum.documents === documents && (digest === undefined || digest === sum.digest())
  if (whole) return
  throw new LakeferryError('LAKE_OBJECT_DAMAGED', {
    lake: lake.url,
    key: keys[0] ?? '_rejects/',
    wanted: `${documents} rejected documents${digest === undefined ? '' : ` with digest ${digest}`}`,
    got: `${sum.documents} with digest ${sum.digest()}`,
  })
}

async function restoreFile(
  { sink }: { readonly sink: DocumentSink },
  { collection, signal }: RestoreRequest,
  file: LakeFile,
  sum: DigestSum,
  restored: Restored,
): Promise<void> {
  for await (const found of readRejects(file, signal)) {
    for (const document of found) {
      if (signal?.aborted) throw interruption(signal)
      sum.add(document.bson, 0, document.bson.length)
      const refusal = NOT_BSON.has(document.code)
        ? reasonText(document)
        : await insertOne(sink, collection, document, signal)
      if (refusal === undefined) {
        restored.rejected += 1
        restored.settle([document.bson], new Set())
      } else restored.refuse({ id: document.id, reason: refusal })
    }
  }
}

/** @returns why it is not in the collection */
async function insertOne(
  sink: DocumentSink,
  collection: string,
  document: RejectedDocument,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  try {
    return (await sink.insert(collection, [document.bson], signal))[0]?.reason
  } catch (error) {
    // A server may refuse the whole command for what is in it. Should it have been the network instead, and the document
    // be in after all, reading back shows it.
    if (isLakeferryError(error, 'SINK_INTERRUPTED')) return `${reasonText(document)} (${error.details.reason})`
    throw error
  }
}

function reasonText({ code, path, detail }: RejectedDocument): string {
  return `${code}: ${detail}${path === '' ? '' : ` at ${path}`}`
}
