import { DigestSum } from '../bson/digest-sum.js'
import { DamagedPart } from '../ingest/read-lossless.js'
import { atOnce } from '../model/at-once.js'
import { addDigests, type Digest, EMPTY_DIGEST } from '../model/digest.js'
import type { Format } from '../model/format.js'
import { lakeKey } from '../model/lake-key.js'
import { type Manifest, manifestBytes, type Part } from '../model/manifest.js'
import type { ObjectStore } from '../ports/object-store.js'
import { type LakeFile, openLakeFile } from './lake-file.js'
import { isLossless, type PartContent, readContent } from './part-content.js'
import { readRejects } from './reject-lines.js'

/** Something on the lake that is not as the manifest says. */
export interface Problem {
  /** Of the object, relative to the lake's root. */
  readonly key: string
  /** A sentence's end: `it is not there`. */
  readonly problem: string
}

export interface PartsVerdict {
  /** All of them, in the manifest's order. None: the parts are what was committed. */
  readonly problems: readonly Problem[]
  /** Objects in the run's folder that the manifest does not name. */
  readonly orphans: readonly string[]
  /** By the documents themselves, of the formats that have them as they were; undefined when no such format is whole. */
  readonly recomputed: { readonly format: Format; readonly documents: number; readonly digest: Digest } | undefined
}

export interface ProofProgress {
  /** Read so far. */
  readonly documents: number
  readonly expected: number
  /** Bytes read so far. */
  readonly bytes: number
  /** From 0 to 1, where something better than the number of documents tells it. */
  readonly share?: number
}

export interface VerifyPartsRequest {
  readonly manifest: Manifest
  /** A folder for copies of parts. */
  readonly scratch: string
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: ProofProgress) => void
}

/** Parts that are fetched or read at once. */
const AT_ONCE = 3

/**
 * Holds every object of a run to the manifest: size, SHA-256, number of documents, and, where a format has the documents
 * as they were, their digest. One problem hides no other. Memory does not grow with the run.
 *
 * @throws {@link LakeferryError} of the LAKE_ family when the lake cannot be asked; `INTERRUPTED`
 */
export async function verifyParts(lake: ObjectStore, request: VerifyPartsRequest): Promise<PartsVerdict> {
  const { manifest } = request
  const checked = await checkAll(lake, request)
  const problems = checked.flatMap(({ key, problems }) => problems.map(problem => ({ key, problem })))
  problems.push(...(await checkRejects(lake, request)))
  const own = lakeKey.manifest(manifest.dataset, manifest.runId)
  problems.push(...contradictions(manifest).map(problem => ({ key: own, problem })))
  return { problems, orphans: await findOrphans(lake, manifest), recomputed: recompute(manifest, checked) }
}

interface CheckedPart {
  readonly key: string
  readonly problems: readonly string[]
  /** Undefined when it could not be read. */
  readonly content: PartContent | undefined
}

async function checkAll(lake: ObjectStore, request: VerifyPartsRequest): Promise<CheckedPart[]> {
  const { manifest, scratch, signal, onProgress } = request
  const { parts } = manifest
  const total = manifestBytes(manifest)
  const expected = parts.reduce((sum, part) => sum + part.documents, 0)
  const progress = { documents: 0, bytes: 0 }
  return atOnce(AT_ONCE, parts, async part => {
    const file = await openLakeFile(lake, part.key, scratch, signal)
    const checked = await checkPart(part, file, signal).finally(() => file?.close())
    progress.documents += part.documents
    progress.bytes += part.bytes
    onProgress?.({ ...progress, expected, share: total === 0 ? 1 : progress.bytes / total })
    return checked
  })
}

async function checkPart(
  part: Part,
  file: LakeFile | undefined,
  signal: AbortSignal | undefined,
): Promise<CheckedPart> {
  const { key } = part
  if (file === undefined) return { key, problems: ['it is not there'], content: undefined }
  const problems: string[] = []
  const compare = (what: string, got: number | string, wanted: number | string): void => {
    if (got !== wanted) problems.push(`${what} ${got}, and the manifest says ${wanted}`)
  }
  compare('its size in bytes is', file.bytes, part.bytes)
  compare('its SHA-256 is', file.sha256, part.sha256)
  let content: PartContent | undefined
  try {
    // Read even when its bytes are others: how much of it is left is what whoever has to mend it asks next.
    content = await readContent(file, part.format, signal)
    compare('the number of its documents is', content.documents, part.documents)
    if (content.digest !== undefined) compare('the digest of its documents is', content.digest, part.digest)
  } catch (error) {
    if (!(error instanceof DamagedPart)) throw error
    problems.push(`it cannot be read to its end: ${error.message}`)
  }
  return { key, problems, content }
}

async function checkRejects(lake: ObjectStore, request: VerifyPartsRequest): Promise<Problem[]> {
  const { manifest, scratch, signal } = request
  const { keys, documents, digest } = manifest.rejects
  const problems: Problem[] = []
  const sum = new DigestSum()
  for (const key of keys) {
    const file = await openLakeFile(lake, key, scratch, signal)
    if (file === undefined) {
      problems.push({ key, problem: 'it is not there' })
      continue
    }
    try {
      for await (const found of readRejects(file, signal)) for (const { bson } of found) sum.add(bson, 0, bson.length)
    } catch (error) {
      if (!(error instanceof DamagedPart)) throw error
      problems.push({ key, problem: `it cannot be read to its end: ${error.message}` })
    } finally {
      await file.close()
    }
  }
  // With an object missing the sums are wrong for a reason that is told already.
  if (problems.length > 0) return problems
  const key = lakeKey.manifest(manifest.dataset, manifest.runId)
  if (sum.documents !== documents) {
    const problem = `it says that ${documents} documents were rejected, and ${sum.documents} are in _rejects/`
    problems.push({ key: keys[0] ?? key, problem })
  }
  if (digest !== undefined && sum.digest() !== digest) {
    const problem = `the digest of the rejected documents is ${sum.digest()}, and the manifest says ${digest}`
    problems.push({ key: keys[0] ?? key, problem })
  }
  return problems
}

/** What the manifest says of the parts has to add up to what it says of the run. */
function contradictions(manifest: Manifest): string[] {
  const problems: string[] = []
  const carried = manifest.documents - manifest.rejects.documents
  for (const format of manifest.formats) {
    const parts = manifest.parts.filter(part => part.format === format)
    const documents = parts.reduce((sum, part) => sum + part.documents, 0)
    const digest = parts.reduce((sum, part) => addDigests(sum, part.digest), EMPTY_DIGEST)
    if (documents !== carried)
      problems.push(`its ${format} parts have ${documents} documents together, and it says ${carried} were carried`)
    if (digest !== manifest.digest)
      problems.push(`the digests of its ${format} parts add up to ${digest}, and it says ${manifest.digest}`)
  }
  return problems
}

/** Of the first format, by its cost to read, that could be read whole. */
function recompute(manifest: Manifest, checked: readonly CheckedPart[]): PartsVerdict['recomputed'] {
  for (const format of manifest.formats.filter(isLossless)) {
    const contents = checked.filter((_, index) => manifest.parts[index]?.format === format).map(one => one.content)
    if (contents.includes(undefined)) continue
    let [documents, digest] = [0, EMPTY_DIGEST]
    for (const content of contents) {
      documents += content?.documents ?? 0
      digest = addDigests(digest, content?.digest ?? EMPTY_DIGEST)
    }
    return { format, documents, digest }
  }
  return undefined
}

async function findOrphans(lake: ObjectStore, manifest: Manifest): Promise<string[]> {
  const { dataset, runId, parts, rejects } = manifest
  const named = new Set([lakeKey.manifest(dataset, runId), ...parts.map(part => part.key), ...rejects.keys])
  const orphans: string[] = []
  for await (const { key } of lake.list(lakeKey.run(dataset, runId))) if (!named.has(key)) orphans.push(key)
  return orphans
}
