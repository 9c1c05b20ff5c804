import type { Attempt } from '../model/attempt.js'
import { nounText } from '../model/count-text.js'
import { spanText } from '../model/duration.js'
import { hasDied, lastAttempt, usualSeconds } from './attempt-history.js'
import type { DatasetFacts } from './dataset-facts.js'
import { type About, type Draft, unread } from './draft.js'
import { ago } from './run-check.js'
import type { WatchedDataset } from './watched.js'

/** Without a time limit of the schedule: how many times as long as usual a run may take, */
const TIMES_USUAL = 5
/** but so long in any case, in seconds, */
const LEAST_LIMIT_SECONDS = 3_600
/** and so long where nobody knows what is usual. */
const LIMIT_SECONDS = 86_400

/** Whether a run is under way for longer than it may be, or was left half-done. */
export function stuckCheck(dataset: WatchedDataset, facts: DatasetFacts, now: Date): Draft {
  const { name } = dataset
  const { newest, attempts, unfinished } = facts
  const made = attempts.known ? attempts.value.attempts : []
  const limit = limitOf(dataset, made)
  const about: About = {
    kind: 'stuck',
    subject: name,
    severity: 'critical',
    promised: `done within ${spanText(limit.seconds)} (${limit.by})`,
    look: `lakeferry status ${name}`,
  }
  for (const found of [newest, attempts, unfinished]) {
    if (!found.known) return unread(about, found)
  }
  if (!newest.known || !unfinished.known) throw new TypeError('both are known')
  const over = (began: string | undefined): boolean => now.getTime() - Date.parse(began ?? '') > limit.seconds * 1000
  const since = (began: string): string => new Date(Date.parse(began) + limit.seconds * 1000).toISOString()

  const slow = unfinished.value.find(run => run.state === 'alive' && over(run.since))
  if (slow !== undefined) {
    const began = slow.since ?? ''
    const seen = `run ${slow.runId}, begun ${ago(began, now)} by ${slow.by ?? 'somebody'}, is still being exported`
    return { ...about, runId: slow.runId, state: 'wrong', seen, since: since(began) }
  }
  const last = lastAttempt(made, newest.value)
  const committed = last !== undefined && last.runId !== null && last.runId === newest.value?.runId
  const judged = facts.result.known && facts.result.value !== undefined
  if (committed && last.outcome === 'under way' && !hasDied(last) && !judged && over(last.began)) {
    const seen = `run ${last.runId}, begun ${ago(last.began, now)}, was committed and is still being validated`
    return { ...about, runId: newest.value!.runId, state: 'wrong', seen, since: since(last.began) }
  }
  // An older one than the newest run is missed by nobody; what it takes of the lake is for the sweep.
  const gone = unfinished.value.filter(run => run.state === 'gone')
  const left = gone.findLast(run => newest.value === undefined || run.runId > newest.value.runId)
  if (left !== undefined) {
    const sign = left.renewedAt ?? left.since
    const seen = `run ${left.runId}, begun by ${left.by ?? 'somebody'}, was broken off${sign === undefined ? '' : `; its last sign of life was ${ago(sign, now)}`}`
    return {
      ...about,
      ...{ runId: left.runId, state: 'wrong', severity: 'warning', seen },
      ...(sign === undefined ? {} : { since: sign }),
      look: `lakeferry export ${name} --resume`,
      blames: [`run ${name}`],
    }
  }
  const alive = unfinished.value.length - gone.length
  const swept =
    gone.length === 0 ? '' : `; lakeferry gc sweeps ${nounText(gone.length, 'older one')} that was broken off`
  const seen = alive === 0 ? `none is under way${swept}` : `${nounText(alive, 'run')} under way${swept}`
  return { ...about, state: 'fine', seen }
}

function limitOf(
  { timeLimitSeconds }: WatchedDataset,
  attempts: readonly Attempt[],
): { readonly seconds: number; readonly by: string } {
  if (timeLimitSeconds !== undefined) return { seconds: timeLimitSeconds, by: 'the time limit of the schedule' }
  const usual = usualSeconds(attempts)
  if (usual === undefined) return { seconds: LIMIT_SECONDS, by: 'nobody knows yet what is usual' }
  const seconds = Math.ceil(TIMES_USUAL * usual)
  return seconds > LEAST_LIMIT_SECONDS
    ? { seconds, by: `${TIMES_USUAL} times as long as usual` }
    : { seconds: LEAST_LIMIT_SECONDS, by: 'far more than usual' }
}
