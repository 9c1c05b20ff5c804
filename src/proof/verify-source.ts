import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { DigestSum } from '../bson/digest-sum.js'
import { viewOf } from '../bson/walk.js'
import { isLakeferryError } from '../errors.js'
import { DamagedPart } from '../ingest/read-lossless.js'
import type { ClusterTime } from '../model/cluster-time.js'
import { addDigests, type Digest } from '../model/digest.js'
import type { Format } from '../model/format.js'
import type { Guarantee } from '../model/manifest.js'
import type { DocumentSource, RawBlock, SourceSnapshot } from '../ports/document-source.js'
import type { ObjectStore } from '../ports/object-store.js'
import { compareSpills, type Difference, type IdList } from './compare-spills.js'
import { Fingerprinter, type Likeness, likenessOf } from './fingerprint.js'
import { openLakeFile } from './lake-file.js'
import { readRejects } from './reject-lines.js'
import { bucketsFor, Spill } from './spill.js'
import { bestFormat, type SpillRunDeps, spillRun } from './spill-run.js'
import type { VerifyPartsRequest } from './verify-parts.js'

export interface SourceVerdict {
  /** `run`: the source as it was at the run's own cluster time; `now`: as it is while it is compared. */
  readonly at: 'run' | 'now'
  readonly guarantee: Guarantee
  /** Of the source; rejected ones are among them. */
  readonly documents: number
  readonly digest: Digest
  /** Undefined when it could not be told: an old run whose rejected documents are damaged. */
  readonly matches: boolean | undefined
  /** Undefined when the run's side could not be read; `notes` say why. */
  readonly missing: IdList | undefined
  readonly extra: IdList | undefined
  /** Undefined also when the run has its documents in Parquet only. */
  readonly changed: IdList | undefined
  /** Whose documents were compared one by one; undefined when that was not needed or not possible. */
  readonly comparedWith: Format | undefined
  /** Sentences for people. */
  readonly notes: readonly string[]
}

export interface VerifySourceDeps extends SpillRunDeps {
  readonly source: DocumentSource
}

const NONE: IdList = { count: 0, ids: [] }

/**
 * Reads the run's source again, with its filter, at the run's point in time where the server still has it. Equal counts and
 * digests prove that the two are the same; else all documents are compared one by one, on disk, to tell which differ.
 *
 * @throws {@link LakeferryError} of the SOURCE_ and LAKE_ families, `COLLECTION_MISSING`, `INTERRUPTED`: not to be able to look
 * is never the same as to find nothing
 */
export async function verifySource(deps: VerifySourceDeps, request: VerifyPartsRequest): Promise<SourceVerdict> {
  const { source } = deps
  const { guarantee, source: origin } = request.manifest
  const notes: string[] = []
  if (source.server !== origin.server || source.database !== origin.database) {
    const [was, is] = [`${origin.database} on ${origin.server}`, `${source.database} on ${source.server}`]
    notes.push(`The run was exported from ${was}, and is compared with ${is}.`)
  }
  if (guarantee.kind === 'snapshot') {
    try {
      return await compareAt(deps, request, guarantee.clusterTime, notes)
    } catch (error) {
      if (!isLakeferryError(error, 'SOURCE_SNAPSHOT_EXPIRED')) throw error
      notes.push(
        'The server no longer has the run’s point in time, so the source was read as it is now: what was written since the run differs, too.',
      )
    }
  } else if (guarantee.kind === 'majority') {
    notes.push('The run was not read at one point in time: what was written while it ran, or since, differs, too.')
  }
  return compareAt(deps, request, undefined, notes)
}

async function compareAt(
  deps: VerifySourceDeps,
  request: VerifyPartsRequest,
  at: ClusterTime | undefined,
  earlier: readonly string[],
): Promise<SourceVerdict> {
  const { manifest } = request
  const { dataset, runId, source: origin } = manifest
  const notes = [...earlier]
  const snapshot = await deps.source.open({
    collection: origin.collection,
    comment: `lakeferry verify ${dataset} ${runId}`,
    onNotice: text => notes.push(text),
    ...(origin.filter === undefined ? {} : { filter: origin.filter }),
    ...(at === undefined ? {} : { at }),
  })
  try {
    const wanted = await wholeDigest(deps.lake, request)
    let found = new DigestSum()
    await eachBlock(snapshot, request, block => addBlock(block, (...where) => found.add(...where)))
    let difference: Partial<Difference> = { missing: NONE, extra: NONE, changed: NONE }
    let format: Format | undefined
    const verdict = (): boolean | undefined => {
      if (found.documents !== manifest.documents) return false
      return wanted === undefined ? undefined : found.digest() === wanted
    }
    if (verdict() !== true) {
      format = bestFormat(manifest)
      // Read a second time, so what it tells is of this time: where the source is not held still, it may have moved on.
      found = new DigestSum()
      difference = format === undefined ? {} : await compareAll(deps, request, { snapshot, format, found, notes })
    }
    const matches = verdict()
    if (matches === undefined)
      notes.push('The manifest has no digest of the rejected documents, and they cannot be read: it cannot be told.')
    return {
      at: at === undefined ? 'now' : 'run',
      guarantee: snapshot.guarantee,
      documents: found.documents,
      digest: found.digest(),
      matches,
      missing: difference.missing,
      extra: difference.extra,
      changed: difference.changed,
      comparedWith: format,
      notes,
    }
  } finally {
    await snapshot.close().catch(() => undefined)
  }
}

interface Comparison {
  readonly snapshot: SourceSnapshot
  readonly format: Format
  /** Gets what is read. */
  readonly found: DigestSum
  readonly notes: string[]
}

async function compareAll(
  deps: VerifySourceDeps,
  request: VerifyPartsRequest,
  { snapshot, format, found, notes }: Comparison,
): Promise<Partial<Difference>> {
  const { manifest, scratch, signal } = request
  const buckets = bucketsFor(Math.max(manifest.documents, 1))
  const likeness: Likeness = likenessOf(format)
  // Its own folder: an earlier attempt, at a point in time that went away meanwhile, may have left its files.
  const folder = await mkdtemp(join(scratch, 'compare-'))
  const sourceSide = new Spill(folder, 'source', buckets)
  const fingerprints = new Fingerprinter(sourceSide, likeness)
  await eachBlock(snapshot, request, block => {
    const view = viewOf(block.bytes)
    addBlock(block, (bytes, start, end) => {
      found.add(bytes, start, end)
      fingerprints.add(bytes, view, start, end)
    })
  })
  const runSide = new Spill(folder, 'run', buckets)
  try {
    await spillRun(deps, { manifest, format, likeness, spill: runSide, scratch, signal })
  } catch (error) {
    if (!isLakeferryError(error, 'LAKE_OBJECT_MISSING', 'LAKE_OBJECT_DAMAGED')) throw error
    notes.push(`Which documents differ cannot be told: ${error.message}.`)
    return {}
  }
  const difference = await compareSpills(sourceSide, runSide, buckets, signal)
  if (likeness !== 'id') {
    if (likeness === 'json') notes.push(JSON_NOTE)
    return difference
  }
  notes.push(ID_NOTE)
  return { missing: difference.missing, extra: difference.extra }
}

const JSON_NOTE =
  'The run has no lossless format (bson.gz, ejson.gz), so documents were compared as plain JSON: a change of type only, such as from int 1 to long 1, is in the digest and not in the list of changed ids.'
const ID_NOTE =
  'The run has its documents in Parquet only, so only their ids were compared: which of them were changed cannot be told. Add bson.gz or ejson.gz to the formats for that.'

async function eachBlock(
  snapshot: SourceSnapshot,
  { manifest, signal, onProgress }: VerifyPartsRequest,
  take: (block: RawBlock) => void,
): Promise<void> {
  const progress = { documents: 0, expected: manifest.documents, bytes: 0 }
  const options = signal === undefined ? {} : { signal }
  for (const range of await snapshot.ranges(1)) {
    for await (const block of snapshot.read(range, options)) {
      take(block)
      progress.documents += block.starts.length
      progress.bytes += block.bytes.length
      onProgress?.(progress)
    }
  }
}

function addBlock({ bytes, starts }: RawBlock, add: (bytes: Uint8Array, start: number, end: number) => void): void {
  const view = viewOf(bytes)
  for (const start of starts) add(bytes, start, start + view.getInt32(start, true))
}

/** Of all that the run read: what it carried and what it rejected. Undefined when an old run's rejects cannot be read. */
async function wholeDigest(
  lake: ObjectStore,
  { manifest, scratch, signal }: VerifyPartsRequest,
): Promise<Digest | undefined> {
  const { documents, digest, keys } = manifest.rejects
  if (documents === 0) return manifest.digest
  if (digest !== undefined) return addDigests(manifest.digest, digest)
  const sum = new DigestSum()
  for (const key of keys) {
    const file = await openLakeFile(lake, key, scratch, signal)
    if (file === undefined) return undefined
    try {
      for await (const found of readRejects(file, signal)) for (const { bson } of found) sum.add(bson, 0, bson.length)
    } catch (error) {
      if (error instanceof DamagedPart) return undefined
      throw error
    } finally {
      await file.close()
    }
  }
  return sum.documents === documents ? addDigests(manifest.digest, sum.digest()) : undefined
}
