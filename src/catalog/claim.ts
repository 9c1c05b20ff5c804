import { lakeKey } from '../model/lake-key.js'
import type { RunId } from '../model/run-id.js'
import type { ObjectStore } from '../ports/object-store.js'

/** What `_lakeferry/claims/<dataset>/<runId>.json` says: who is writing the run. */
export interface Claim {
  readonly version: 1
  readonly dataset: string
  readonly runId: RunId
  /** RFC 3339, UTC. */
  readonly at: string
  readonly by: string
  /** No two claims have the same bytes, so that a repeated put can tell its own claim from another's. */
  readonly nonce: string
}

/**
 * The claim on a run id, undefined when there is none. Damaged, it still holds; only its words are lost, and those
 * members are undefined.
 */
export async function readClaim(
  lake: ObjectStore,
  dataset: string,
  runId: RunId,
): Promise<{ since: string | undefined; by: string | undefined } | undefined> {
  const stored = await lake.get(lakeKey.claim(dataset, runId))
  if (!stored) return undefined
  try {
    const claim: { readonly [M in keyof Claim]?: unknown } = JSON.parse(new TextDecoder().decode(stored.body))
    return { since: asText(claim.at), by: asText(claim.by) }
  } catch {
    return { since: undefined, by: undefined }
  }
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
