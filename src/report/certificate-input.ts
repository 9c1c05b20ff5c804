import { createHash } from 'node:crypto'
import { readManifest, readResult } from '../catalog/catalog.js'
import { LakeferryError } from '../errors.js'
import { lakeKey } from '../model/lake-key.js'
import type { RunId } from '../model/run-id.js'
import type { ObjectStore } from '../ports/object-store.js'
import type { CertificateInput } from './certificate.js'

export interface CollectCertificateOptions {
  readonly dataset: string
  readonly runId: RunId
  /** Counts them by code; asked only when the run has rejected documents. */
  readonly countRejects: (manifest: CertificateInput['manifest']) => Promise<CertificateInput['rejectCodes']>
  /** The program and its version, `lakeferry 0.1.0`. */
  readonly generatedBy: string
}

/**
 * Reads from the lake what the certificate of one committed run says. It need not have been validated.
 *
 * @throws {@link LakeferryError} `RUN_MISSING`, `MANIFEST_INVALID`, `LAKE_OBJECT_DAMAGED`, what `countRejects` throws
 */
export async function collectCertificate(
  { lake }: { readonly lake: ObjectStore },
  { dataset, runId, countRejects, generatedBy }: CollectCertificateOptions,
): Promise<CertificateInput> {
  const manifest = await readManifest(lake, dataset, runId)
  // Once more, for its bytes: it never changes.
  const stored = await lake.get(lakeKey.manifest(dataset, runId))
  if (stored === undefined) throw new LakeferryError('RUN_MISSING', { dataset, runId })
  const result = await readResult(lake, dataset, runId)
  return {
    manifest,
    manifestSha256: createHash('sha256').update(stored.body).digest('hex'),
    rejectCodes: manifest.rejects.documents === 0 ? {} : await countRejects(manifest),
    ...(result === undefined ? {} : { result }),
    lake: lake.url,
    generatedBy,
  }
}
