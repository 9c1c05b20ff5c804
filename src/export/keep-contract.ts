import type { Contract } from '../model/contract.js'
import { lakeKey } from '../model/lake-key.js'
import type { ObjectStore } from '../ports/object-store.js'

/**
 * Leaves the contract's text on the lake, so that the run can be held to it when there is another one. Before the commit: no
 * reader may find a run whose contract is yet to come. Runs of one contract share it; it is named by its bytes.
 */
export async function keepContract(lake: ObjectStore, { source, fingerprint }: Contract): Promise<void> {
  if (source === undefined) return
  await lake.putIfAbsent(lakeKey.contract(fingerprint), new TextEncoder().encode(source), {
    sha256: fingerprint,
    contentType: 'application/yaml',
  })
}
