import type { Attempt } from '../model/attempt.js'
import { spanText } from '../model/duration.js'
import type { Manifest } from '../model/manifest.js'
import { failuresUpTo, hasDied, lastAttempt } from './attempt-history.js'
import type { DatasetFacts } from './dataset-facts.js'
import { type About, cannotTell, type Draft, unread } from './draft.js'
import type { WatchedDataset } from './watched.js'

/**
 * An attempt that is under way has no sign of life but the claim on its run. Without one, it may be before it or after the
 * commit; for so long, in seconds, that is believed. Then it died somewhere else, where nobody can see its process.
 */
export const SILENT_ATTEMPT_SECONDS = 600

/** Whether the last attempt at a run came to its end. Undefined when none was made, which the freshness tells. */
export function runCheck({ name }: WatchedDataset, facts: DatasetFacts, now: Date): Draft | undefined {
  const about: About = {
    kind: 'run',
    subject: name,
    severity: 'critical',
    promised: 'the last attempt at a run came to its end',
    look: `lakeferry status ${name}`,
  }
  const { newest, attempts, unfinished } = facts
  for (const found of [newest, attempts, unfinished]) {
    if (!found.known) return unread(about, found)
  }
  if (!newest.known || !attempts.known || !unfinished.known) return undefined
  const { attempts: made, problem } = attempts.value
  if (problem !== undefined) return cannotTell(about, problem)
  const last = lastAttempt(made, newest.value)
  if (last === undefined) {
    return newest.value && { ...about, ...runOf(newest.value), state: 'fine', seen: committed(newest.value) }
  }
  const run = last.runId === null ? {} : { runId: last.runId }
  switch (last.outcome) {
    case 'failed':
      return { ...about, ...run, ...failure(made, last, now), ...wayOut(name, last) }
    case 'interrupted': {
      const seen = `the last one was stopped by somebody ${ago(last.ended ?? last.began, now)}`
      const look = `lakeferry run ${name}`
      return { ...about, ...run, state: 'wrong', severity: 'warning', seen, since: last.ended ?? last.began, look }
    }
    case 'under way': {
      const held = unfinished.value.find(({ runId }) => runId === last.runId)
      if (isUnderWay(last, { held: held?.state, newest: newest.value, judged: isJudged(facts), now })) {
        const seen = `the last one began ${ago(last.began, now)} and is under way`
        const before = failedBefore(made, last, newest.value)
        // What failed is not mended because somebody tries again: else one trouble would be told anew every night.
        return before === undefined
          ? { ...about, ...run, state: 'fine', seen }
          : { ...about, ...run, ...failure(made, before, now, 'the one before'), ...wayOut(name, before) }
      }
      const look = held === undefined ? `lakeferry run ${name}` : `lakeferry export ${name} --resume`
      return { ...about, ...run, ...failure(made, last, now), look }
    }
    default:
      return {
        ...about,
        ...run,
        state: 'fine',
        seen: `the last one ended ${ago(last.ended ?? last.began, now)}: ${last.outcome}`,
      }
  }
}

/** The attempt before one that is under way, if it came to nothing and no run was committed between the two. */
function failedBefore(made: readonly Attempt[], last: Attempt, newest: Manifest | undefined): Attempt | undefined {
  const before = made[made.lastIndexOf(last) - 1]
  if (before === undefined || (before.outcome !== 'failed' && before.outcome !== 'under way')) return undefined
  const between = newest !== undefined && newest.runId !== last.runId && newest.startedAt > before.began
  return between ? undefined : before
}

/** Whether an attempt that has no end may still be at work; what it has written last may have been lost, too. */
export function isUnderWay(
  attempt: Attempt,
  {
    held,
    newest,
    judged,
    now,
  }: {
    /** Of the claim on its run; undefined when there is none. */
    readonly held: 'alive' | 'gone' | undefined
    readonly newest: Manifest | undefined
    /** Whether the newest run has a verdict. */
    readonly judged: boolean
    readonly now: Date
  },
): boolean {
  if (hasDied(attempt)) return attempt.runId !== null && attempt.runId === newest?.runId && judged
  if (held !== undefined) return held === 'alive'
  // Committed: it is at its validation, which leaves no other trace; how long that may take is for `stuck` to say.
  if (attempt.runId !== null && attempt.runId === newest?.runId) return true
  return now.getTime() - Date.parse(attempt.began) <= SILENT_ATTEMPT_SECONDS * 1000
}

function isJudged({ result }: DatasetFacts): boolean {
  return result.known && result.value !== undefined
}

/** @param which - of them it is, in words */
function failure(
  made: readonly Attempt[],
  last: Attempt,
  now: Date,
  which = 'the last one',
): Pick<Draft, 'state' | 'seen' | 'since'> {
  const failures = failuresUpTo(made, last)
  const since = failures[0]?.ended ?? failures[0]?.began ?? last.began
  const times = failures.length > 1 ? `the last ${failures.length} failed, at last` : `${which} failed`
  const { error } = last
  const how =
    error === null
      ? `${which}, begun ${ago(last.began, now)}, died without a word`
      : `${times} ${ago(last.ended ?? last.began, now)}, at the ${error.step}: ${error.code}: ${error.message}`
  return { state: 'wrong', seen: how, since }
}

/** Where the world stood in the way, that is tried first. */
function wayOut(dataset: string, { error }: Attempt): Pick<Draft, 'look' | 'blames'> {
  const room = /^(SOURCE|LAKE|JOB)_/.exec(error?.code ?? '')?.[1]
  switch (room) {
    case 'SOURCE':
      return { look: 'lakeferry doctor', blames: ['source'] }
    case 'LAKE':
      return { look: 'lakeferry doctor', blames: ['lake'] }
    case 'JOB':
      return { look: `lakeferry emr status ${dataset}` }
    default:
      return { look: error?.step === 'validation' ? `lakeferry validate ${dataset}` : `lakeferry run ${dataset}` }
  }
}

function runOf({ runId }: Manifest): Pick<Draft, 'runId'> {
  return { runId }
}

function committed({ committedAt }: Manifest): string {
  return `the newest run was committed at ${committedAt}`
}

/** `3h 2m ago`, as far as the clocks agree. */
export function ago(instant: string, now: Date): string {
  const seconds = (now.getTime() - Date.parse(instant)) / 1000
  return seconds >= 1 ? `${spanText(seconds)} ago` : 'just now'
}
