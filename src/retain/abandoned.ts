import { CLAIM_SILENT_AFTER_MS, type StoredClaim } from '../catalog/claim.js'
import { isAlive, isDead } from '../host/process-owner.js'
import { type RunId, runIdInstant } from '../model/run-id.js'
import type { SweepRules } from './garbage.js'

/**
 * How long after the last sign of life of a dead process a write that it had sent may still be carried out, in milliseconds:
 * SeaweedFS holds a conditional write that others compete with for 25 s. A manifest that came after its parts were removed
 * would be a run that is not whole.
 */
const IN_FLIGHT_MS = 60_000

/** What is known of the writer of a run that is not committed. */
export interface Writer {
  readonly claim: StoredClaim | undefined
  /** Whether the run has a plan, and so can be gone on from. */
  readonly resumable: boolean
}

/** The last that was heard of the writer, at the earliest when the run was begun. */
export function lastSign(runId: RunId, claim: StoredClaim | undefined): Date {
  const told = Date.parse(claim?.renewedAt ?? claim?.since ?? '')
  return Number.isNaN(told) ? runIdInstant(runId) : new Date(told)
}

/**
 * Why an unfinished run has to stay, in words; undefined when it is abandoned.
 *
 * A process that is seen to live keeps its run however long it was silent: it may be stopped, or wait for a lake that hangs.
 * A dead one's run goes at once, unless somebody may want to go on from where it was; then age decides, as it does where
 * nobody here can know whether the writer lives.
 */
export function reasonToKeep(
  runId: RunId,
  { claim, resumable }: Writer,
  { now, olderThanMs }: SweepRules,
): string | undefined {
  const sign = lastSign(runId, claim)
  const silentMs = now.getTime() - sign.getTime()
  const seen = `last sign of life ${sign.toISOString()}`
  const { by = 'somebody', owner, renewedAt, removing = false } = claim ?? {}
  // Without a sign of life he has stopped, and left it to others.
  if (owner !== undefined && renewedAt !== undefined && isAlive(owner)) return `in the hands of ${by}, ${seen}`
  const dead = owner !== undefined && isDead(owner, false)
  // Nobody can go on with a run that was being removed: it need not wait for anybody.
  const gone = dead || renewedAt === undefined || silentMs > CLAIM_SILENT_AFTER_MS
  if (removing) return gone && silentMs >= IN_FLIGHT_MS ? undefined : `being removed by ${by}, ${seen}`
  if (silentMs < IN_FLIGHT_MS) return dead ? `broken off only just, ${seen}` : `perhaps in the hands of ${by}, ${seen}`
  if (dead && !resumable) return undefined
  if (silentMs > (dead ? olderThanMs : silentAfterMs(olderThanMs))) return undefined
  if (resumable && (dead || renewedAt === undefined)) return `broken off, and can be resumed; ${seen}`
  return claim === undefined
    ? `claimed by nobody, begun ${sign.toISOString()}`
    : `perhaps in the hands of ${by}, ${seen}`
}

/** How long a writer that cannot be asked must have been silent: never less than a slow one may be. */
export function silentAfterMs(olderThanMs: number): number {
  return Math.max(olderThanMs, CLAIM_SILENT_AFTER_MS)
}
