import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { isDead, newProcessOwner, type ProcessOwner } from '../host/process-owner.js'
import { lakeKey } from '../model/lake-key.js'
import type { RunId } from '../model/run-id.js'
import type { ObjectStore } from '../ports/object-store.js'

/**
 * How often the writer of a run renews its claim, and how long it may be silent before another may take the run over, in
 * milliseconds. The second is many times the first, and longer than a write to the lake is tried for: a writer that is
 * slow must not be taken for one that is gone.
 */
export const CLAIM_RENEWED_EVERY_MS = 30_000
export const CLAIM_SILENT_AFTER_MS: number = 10 * 60_000

/** What `_lakeferry/claims/<dataset>/<runId>.json` says: who is writing the run. */
export interface Claim {
  readonly version: 1
  readonly dataset: string
  readonly runId: RunId
  /** When the run was begun: RFC 3339, UTC. */
  readonly at: string
  /** The writer's last sign of life, by its own clock. Null: it has stopped, and left the run to be resumed. */
  readonly renewedAt: string | null
  /** For people. */
  readonly by: string
  /** For the question whether it still lives. */
  readonly owner: ProcessOwner
  /** No two claims have the same bytes, so that a repeated put can tell its own claim from another's. */
  readonly nonce: string
  /** It is no writer's: the run is being removed, manifest first, and nobody may go on with what is left of it. */
  readonly removing?: true
}

/** A claim as it stands on the lake. Damaged, it still holds; only its words are lost, and those members are undefined. */
export interface StoredClaim {
  readonly since: string | undefined
  readonly by: string | undefined
  readonly renewedAt: string | undefined
  readonly owner: ProcessOwner | undefined
  readonly nonce: string | undefined
  readonly removing: boolean
  readonly etag: string
}

export function newClaim(dataset: string, runId: RunId, begun: Date, now: Date): Claim {
  return {
    version: 1,
    dataset,
    runId,
    at: begun.toISOString(),
    renewedAt: now.toISOString(),
    by: `${hostname()}, process ${process.pid}`,
    owner: newProcessOwner(),
    nonce: randomUUID(),
  }
}

/** The claim on a run id, undefined when there is none. */
export async function readClaim(lake: ObjectStore, dataset: string, runId: RunId): Promise<StoredClaim | undefined> {
  const stored = await lake.get(lakeKey.claim(dataset, runId))
  if (!stored) return undefined
  const { etag } = stored
  let claim: { readonly [M in keyof Claim]?: unknown } = {}
  try {
    claim = JSON.parse(new TextDecoder().decode(stored.body)) ?? {}
  } catch {
    // Damaged.
  }
  return {
    since: asText(claim.at),
    by: asText(claim.by),
    renewedAt: asText(claim.renewedAt),
    owner: asText(claim.owner),
    nonce: asText(claim.nonce),
    removing: claim.removing === true,
    etag,
  }
}

/**
 * `gone`: its writer is dead beyond doubt, or has been silent for so long that nobody waits for it any more. `alive`: it
 * may still be at work.
 */
export function claimState(
  claim: StoredClaim,
  now: Date,
  silentAfterMs: number = CLAIM_SILENT_AFTER_MS,
): 'gone' | 'alive' {
  if (claim.owner !== undefined && isDead(claim.owner, false)) return 'gone'
  const renewed = Date.parse(claim.renewedAt ?? '')
  // Left, or damaged: then whoever wrote it finds that at its next renewal, and stops.
  if (Number.isNaN(renewed)) return 'gone'
  return now.getTime() - renewed > silentAfterMs ? 'gone' : 'alive'
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
