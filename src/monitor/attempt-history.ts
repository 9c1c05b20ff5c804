import { median } from '../anomaly/robust.js'
import { isDead } from '../host/process-owner.js'
import type { Attempt } from '../model/attempt.js'
import { GATE_ORDER, type GateOutcome } from '../model/gate.js'
import type { Manifest } from '../model/manifest.js'
import type { RunId } from '../model/run-id.js'

/**
 * The last attempt that says how things stand: not one that was about an older run than the newest, and none when the newest
 * run was begun after it. A run can be there without its attempt: the record is written by whoever still lives.
 */
export function lastAttempt(attempts: readonly Attempt[], newest: Manifest | undefined): Attempt | undefined {
  if (newest === undefined) return attempts.at(-1)
  const last = attempts.findLast(({ runId }) => runId === null || runId >= newest.runId)
  return last === undefined || (last.runId !== newest.runId && last.began < newest.startedAt) ? undefined : last
}

/** Whether the process that makes it is known to be dead. */
export function hasDied({ ended, owner }: Attempt): boolean {
  return ended === null && owner !== undefined && isDead(owner, false)
}

/** The attempts up to and with this one that came to nothing, in a row, the oldest first. */
export function failuresUpTo(attempts: readonly Attempt[], last: Attempt): readonly Attempt[] {
  const upTo = attempts.slice(0, attempts.lastIndexOf(last))
  const before = upTo.findLastIndex(({ outcome }) => outcome !== 'failed' && outcome !== 'under way')
  return [...upTo.slice(before + 1), last]
}

/** What a whole attempt usually takes, in seconds: the median of those that came to their end. */
export function usualSeconds(attempts: readonly Attempt[]): number | undefined {
  const taken = attempts.flatMap(({ ended, exportSeconds, validationSeconds }) =>
    ended === null || exportSeconds === null ? [] : [exportSeconds + (validationSeconds ?? 0)],
  )
  return taken.length === 0 ? undefined : median(taken)
}

/** Exports that count for how long one takes: the newest. */
const EXPORTS_COUNTED = 10

/** How long the longest of the last exports took, in seconds. */
export function longestExport(attempts: readonly Attempt[], newest: Manifest | undefined): number | undefined {
  const taken = attempts.flatMap(({ exportSeconds }) => exportSeconds ?? []).slice(-EXPORTS_COUNTED)
  if (newest !== undefined) taken.push((Date.parse(newest.committedAt) - Date.parse(newest.startedAt)) / 1000)
  const known = taken.filter(seconds => Number.isFinite(seconds) && seconds >= 0)
  return known.length === 0 ? undefined : Math.max(...known)
}

/** The newest attempt of an earlier run that was judged. */
export function judgedBefore(
  attempts: readonly Attempt[],
  runId: RunId,
): (Attempt & { readonly outcome: GateOutcome }) | undefined {
  return attempts.findLast((attempt): attempt is Attempt & { readonly outcome: GateOutcome } => {
    const judged = attempt.outcome === 'good' || (GATE_ORDER as readonly string[]).includes(attempt.outcome)
    return judged && attempt.runId !== null && attempt.runId < runId
  })
}

/** Documents of the committed runs before one, oldest first, each once. */
export function documentsBefore(
  attempts: readonly Attempt[],
  runId: RunId,
): readonly { readonly runId: RunId; readonly documents: number }[] {
  const byRun = new Map<RunId, number>()
  for (const { runId: of, documents } of attempts)
    if (of !== null && of < runId && documents !== null) byRun.set(of, documents)
  return [...byRun].map(([of, documents]) => ({ runId: of, documents })).sort((a, b) => (a.runId < b.runId ? -1 : 1))
}
