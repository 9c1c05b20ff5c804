import { randomUUID } from 'node:crypto'
import { LakeferryError } from '../errors.js'
import { lakeKey } from '../model/lake-key.js'
import { encodeJson } from '../model/manifest.js'
import type { RunId } from '../model/run-id.js'
import type { ObjectStore } from '../ports/object-store.js'
import { type Claim, claimState, newClaim, readClaim, type StoredClaim } from './claim.js'
import { isCommitted } from './committed.js'

/**
 * The right to write one run, as long as nobody has taken it over.
 *
 * The claim saves work and fences off: whoever takes a run over rewrites the claim by compare-and-set first, so that the
 * next `renew` of a writer that was only slow fails, and it renews just before it commits. What decides about the run is
 * the manifest, which is put if absent.
 */
export class HeldClaim {
  readonly #lake: ObjectStore
  #claim: Claim

  constructor(lake: ObjectStore, claim: Claim) {
    this.#lake = lake
    this.#claim = claim
  }

  /** When the run was begun, by whoever began it. */
  get begun(): string {
    return this.#claim.at
  }

  /**
   * A sign of life, and the proof that the claim is still ours.
   *
   * @throws {@link LakeferryError} `RUN_LOST` when somebody else holds it now
   */
  async renew(now: Date): Promise<void> {
    await this.#write(now)
  }

  /** Stops without finishing, and leaves the run for somebody to resume. */
  async leave(): Promise<void> {
    await this.#write(null)
  }

  async #write(renewedAt: Date | null): Promise<void> {
    const { dataset, runId } = this.#claim
    const stored = await readClaim(this.#lake, dataset, runId)
    if (stored?.nonce !== this.#claim.nonce) throw this.#lost(stored)
    // A nonce of its own, so that a put whose answer was lost can be told from another's.
    const renewed: Claim = { ...this.#claim, renewedAt: renewedAt?.toISOString() ?? null, nonce: randomUUID() }
    const { written } = await this.#lake.putIfMatch(lakeKey.claim(dataset, runId), encodeJson(renewed), stored.etag)
    if (!written) throw this.#lost(await readClaim(this.#lake, dataset, runId))
    this.#claim = renewed
  }

  /** Gives it back, unless it is somebody else's by now. */
  async release(): Promise<void> {
    const { dataset, runId, nonce } = this.#claim
    const stored = await readClaim(this.#lake, dataset, runId)
    // Between the look and the removal somebody may take it over: he then finds it gone and stops, which loses nothing.
    if (stored?.nonce === nonce) await this.#lake.delete([lakeKey.claim(dataset, runId)])
  }

  #lost(now: StoredClaim | undefined): LakeferryError {
    const { dataset, runId } = this.#claim
    return new LakeferryError('RUN_LOST', {
      dataset,
      runId,
      by: now === undefined ? 'a sweep' : (now.by ?? 'somebody'),
    })
  }
}

export interface TakeOverOptions {
  readonly now: Date
  /** How long its writer must have been silent, in milliseconds, where it is not known to be dead. @defaultValue 10 minutes */
  readonly silentAfterMs?: number
  /** To remove the run, a committed one as well. @defaultValue false */
  readonly removing?: boolean
}

/**
 * Takes an unfinished run from a writer that is gone, or with `removing` any run, to remove it. After it, nothing that the former writer still does can commit the
 * run, but for a put of the manifest that was already under way: look for the manifest once more before anything is removed.
 *
 * @throws {@link LakeferryError} `RUN_CLAIMED` when its writer may still be at work or another was quicker; `RUN_EXISTS` when
 * the run is committed
 */
export async function takeOverClaim(
  lake: ObjectStore,
  dataset: string,
  runId: RunId,
  { now, silentAfterMs, removing = false }: TakeOverOptions,
): Promise<HeldClaim> {
  const key = lakeKey.claim(dataset, runId)
  const stored = await readClaim(lake, dataset, runId)
  if (stored !== undefined && claimState(stored, now, silentAfterMs) === 'alive') throw claimed(dataset, runId, stored)
  const begun = new Date(stored?.since ?? now)
  const plain = newClaim(dataset, runId, Number.isNaN(begun.getTime()) ? now : begun, now)
  const claim: Claim = removing ? { ...plain, removing } : plain
  // Of several who find it abandoned, one wins.
  const { written } = await lake.putIfMatch(key, encodeJson(claim), stored?.etag)
  if (!written) throw claimed(dataset, runId, await readClaim(lake, dataset, runId))
  const held = new HeldClaim(lake, claim)
  if (!removing && (await isCommitted(lake, dataset, runId))) {
    await held.release()
    throw new LakeferryError('RUN_EXISTS', { dataset, runId })
  }
  return held
}

/** The error for who comes second. */
export function claimed(dataset: string, runId: RunId, claim: StoredClaim | undefined): LakeferryError {
  const since = claim?.since ?? 'an unknown time'
  return new LakeferryError('RUN_CLAIMED', { dataset, runId, since, by: claim?.by ?? 'somebody' })
}
