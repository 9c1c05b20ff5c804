import { nounText } from '../model/count-text.js'
import { spanText } from '../model/duration.js'
import { lastAttempt } from './attempt-history.js'
import type { DatasetFacts } from './dataset-facts.js'
import { type About, cannotTell, type Draft, unread } from './draft.js'
import type { JobOnLake } from './jobs-on-lake.js'
import { ago } from './run-check.js'
import type { WatchedDataset } from './watched.js'

/** How long an answer that lies there may wait for somebody to read it, in seconds. */
export const UNREAD_ANSWER_SECONDS = 3_600

export interface JobQuestion {
  /** Whether validations run elsewhere at all: then that none is under way is worth telling. */
  readonly remote: boolean
  /** How long a job may take, its start included, in seconds. */
  readonly limitSeconds: number
  readonly now: Date
}

/**
 * The validations that were handed to EMR and whose answers nobody has read. Undefined where none is, and none is to be
 * expected. The service itself is not asked: that is what `lakeferry emr status` is for.
 */
export function jobCheck(
  { name }: WatchedDataset,
  { newest, jobs, attempts }: DatasetFacts,
  { remote, limitSeconds, now }: JobQuestion,
): Draft | undefined {
  const about: About = {
    kind: 'job',
    subject: name,
    severity: 'critical',
    promised: `a validation on EMR answers within ${spanText(limitSeconds)}`,
    look: `lakeferry emr status ${name}`,
  }
  for (const found of [jobs, attempts]) {
    if (!found.known && (remote || !jobs.known)) return unread(about, found)
  }
  if (!jobs.known) throw new TypeError('they are known')
  const newestRun = newest.known ? newest.value : undefined
  const last = attempts.known ? lastAttempt(attempts.value.attempts, newestRun) : undefined
  const failed = last?.outcome === 'failed' && last.error?.code === 'JOB_FAILED' ? last : undefined
  if (failed !== undefined) {
    const run = failed.runId === null ? {} : { runId: failed.runId }
    const since = failed.ended ?? failed.began
    const seen = `the last one failed ${ago(since, now)}: ${failed.error?.message ?? ''}`
    return { ...about, ...run, state: 'wrong', seen, since, blames: [`run ${name}`] }
  }
  const secondsSince = (instant: string): number => (now.getTime() - Date.parse(instant)) / 1000
  for (const job of jobs.value) {
    const run = { runId: job.runId }
    const what = `that of run ${job.runId}`
    if (job.submittedAt === undefined) {
      return cannotTell({ ...about, ...run, severity: 'warning' }, `the note of ${what} cannot be read`)
    }
    const since = { since: job.submittedAt }
    const waits = secondsSince(job.submittedAt)
    if (job.answered && waits > Math.max(limitSeconds, UNREAD_ANSWER_SECONDS)) {
      const seen = `${what} has answered, and nobody has read it`
      const look = `lakeferry validate ${name} --run ${job.runId} --engine ${job.runner ?? 'emr'}`
      return { ...about, ...run, ...since, state: 'wrong', severity: 'warning', seen, look }
    }
    if (!job.answered && waits > limitSeconds) {
      const seen = `${what} was handed to ${job.runner ?? 'a service'} ${ago(job.submittedAt, now)} and has not answered`
      return { ...about, ...run, ...since, state: 'wrong', seen }
    }
  }
  if (jobs.value.length === 0) return remote ? { ...about, state: 'fine', seen: 'none is under way' } : undefined
  return { ...about, state: 'fine', seen: underWay(jobs.value, now) }
}

function underWay(jobs: readonly JobOnLake[], now: Date): string {
  const last = jobs.at(-1)
  const since = last?.submittedAt === undefined ? '' : `, the last since ${ago(last.submittedAt, now)}`
  return `${nounText(jobs.length, 'job')} under way${since}`
}
