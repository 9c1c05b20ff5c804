import { isCommitted } from '../catalog/catalog.js'
import { newClaim, readClaim } from '../catalog/claim.js'
import { claimed, HeldClaim } from '../catalog/held-claim.js'
import { whySetAside } from '../catalog/set-aside.js'
import { LakeferryError } from '../errors.js'
import { lakeKey } from '../model/lake-key.js'
import { encodeJson } from '../model/manifest.js'
import type { RunId } from '../model/run-id.js'
import type { ObjectStore } from '../ports/object-store.js'

/**
 * Takes a run id for this process, before anything is read or written, so that of two exports with one run id the second
 * stops at once and without having touched what the first wrote.
 *
 * The order here is: claim first, then look for the manifest; the other way round a run committed in between would go
 * unseen until its end. Writing the claim a second time shows, at the cost of one request, that this lake refuses a second
 * writer at all.
 *
 * @throws {@link LakeferryError} `RUN_EXISTS`, `RUN_CLAIMED` or `LAKE_NO_CONDITIONAL_WRITE`
 */
export async function claimRun(lake: ObjectStore, dataset: string, runId: RunId, at: Date): Promise<HeldClaim> {
  const key = lakeKey.claim(dataset, runId)
  const claim = newClaim(dataset, runId, at, at)
  if ((await lake.putIfAbsent(key, encodeJson(claim))) === 'exists') {
    if (await isCommitted(lake, dataset, runId)) throw new LakeferryError('RUN_EXISTS', { dataset, runId })
    throw claimed(dataset, runId, await readClaim(lake, dataset, runId))
  }
  const again = encodeJson({ ...claim, by: 'a second writer, which the lake must refuse' })
  if ((await lake.putIfAbsent(key, again)) !== 'exists') {
    await lake.delete([key])
    throw new LakeferryError('LAKE_NO_CONDITIONAL_WRITE', { lake: lake.url, operation: 'If-None-Match: *' })
  }
  if (await isCommitted(lake, dataset, runId)) {
    await lake.delete([key])
    throw new LakeferryError('RUN_EXISTS', { dataset, runId })
  }
  // Its parts are there still, and its manifest may come back.
  const aside = await whySetAside(lake, dataset, runId)
  if (aside.setAside !== undefined) {
    await lake.delete([key])
    throw new LakeferryError('RUN_EXISTS', { dataset, runId, ...aside })
  }
  return new HeldClaim(lake, claim)
}
