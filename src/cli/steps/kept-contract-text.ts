import { readManifest } from '../../catalog/catalog.js'
import { LakeferryError } from '../../errors.js'
import { lakeKey } from '../../model/lake-key.js'
import type { ObjectStore } from '../../ports/object-store.js'

export interface KeptContractText {
  /** Of the object, below `lake.url`. */
  readonly key: string
  readonly fingerprint: string
  /** To the byte what the file was. */
  readonly text: string
}

/**
 * The contract that a run was exported with, as the lake keeps it.
 *
 * @param next - what to do where the lake does not have it
 * @throws {@link LakeferryError} `USAGE` where it does not; `RUN_MISSING`, `RUN_ID_INVALID`, `MANIFEST_INVALID`
 */
export async function keptContractText(
  lake: ObjectStore,
  dataset: string,
  runId: string,
  next: string,
): Promise<KeptContractText> {
  const manifest = await readManifest(lake, dataset, runId)
  const fingerprint = manifest.contract?.fingerprint
  if (fingerprint === undefined)
    throw new LakeferryError('USAGE', { problem: `run ${runId} of ${dataset} was exported without a contract`, next })
  const key = lakeKey.contract(fingerprint)
  const stored = await lake.get(key)
  if (stored === undefined)
    throw new LakeferryError('USAGE', {
      problem: `the contract of run ${runId} of ${dataset} (${fingerprint.slice(0, 12)}) is not on the lake`,
      next,
    })
  return { key, fingerprint, text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(stored.body) }
}
