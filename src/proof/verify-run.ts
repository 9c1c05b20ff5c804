import type { Manifest } from '../model/manifest.js'
import type { DocumentSource } from '../ports/document-source.js'
import type { ObjectStore } from '../ports/object-store.js'
import type { QueryEngine } from '../ports/query-engine.js'
import type { Against } from './against.js'
import { withScratch } from './lake-file.js'
import { type PartsVerdict, type ProofProgress, verifyParts } from './verify-parts.js'
import { type SourceVerdict, verifySource } from './verify-source.js'

export interface VerifyDeps {
  readonly lake: ObjectStore
  /** Opens where the run came from. Asked only when it is needed, and closed again. */
  readonly openSource: (origin: Manifest['source']) => Promise<DocumentSource>
  /** Needed when a run has nothing but Parquet, and differs from its source. */
  readonly openEngine: () => Promise<QueryEngine>
}

export interface VerifyRequest {
  readonly manifest: Manifest
  readonly against: Against
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: ProofProgress) => void
}

export interface Verification {
  readonly manifest: Manifest
  /** Undefined: it cannot be told. */
  readonly matches: boolean | undefined
  readonly parts: PartsVerdict | undefined
  readonly source: SourceVerdict | undefined
}

/**
 * Holds a committed run to its manifest, to its source, or to both. What is wrong with the run is data; what keeps us from
 * looking is thrown.
 *
 * @throws {@link LakeferryError} of the LAKE_, SOURCE_ and ENGINE_ families, `COLLECTION_MISSING`, `INTERRUPTED`
 */
export async function verifyRun(deps: VerifyDeps, request: VerifyRequest): Promise<Verification> {
  const { manifest, against } = request
  const { lake } = deps
  return withScratch(async scratch => {
    const parts = against === 'source' ? undefined : await verifyParts(lake, { ...request, scratch })
    const source = against === 'parts' ? undefined : await withSource(deps, { ...request, scratch })
    const partsMatch = parts === undefined || parts.problems.length === 0
    const sourceMatches = source === undefined ? true : source.matches
    return { manifest, matches: partsMatch ? sourceMatches : false, parts, source }
  })
}

async function withSource(
  { lake, openSource, openEngine }: VerifyDeps,
  request: VerifyRequest & { readonly scratch: string },
): Promise<SourceVerdict> {
  const source = await openSource(request.manifest.source)
  let engine: Promise<QueryEngine> | undefined
  try {
    const opened = (): Promise<QueryEngine> => {
      engine ??= openEngine()
      return engine
    }
    return await verifySource({ lake, source, engine: opened }, request)
  } finally {
    await source.close().catch(() => undefined)
    await engine?.then(opened => opened.close()).catch(() => undefined)
  }
}
