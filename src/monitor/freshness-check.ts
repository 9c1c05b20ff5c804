import { durationText, spanText } from '../model/duration.js'
import type { DatasetFacts } from './dataset-facts.js'
import { type About, cannotTell, type Draft, unread } from './draft.js'
import { judgeFreshness } from './freshness.js'
import type { WatchedDataset } from './watched.js'

/** Whether the newest committed run is as fresh as promised. */
export function freshnessCheck(dataset: WatchedDataset, { newest }: DatasetFacts, now: Date): Draft {
  const { name, promise, contractProblem, sets } = dataset
  const allowed = durationText(promise.seconds)
  const by = promise.from === 'contract' ? 'its contract' : promise.from
  const about: About = {
    kind: 'freshness',
    subject: name,
    severity: 'critical',
    promised: contractProblem === undefined ? `at most ${allowed} old (${by})` : 'as fresh as its contract says',
    look: `lakeferry run ${name}`,
    blames: ['lake', `run ${name}`, `stuck ${name}`, ...sets.map(set => `slots ${set}`)],
  }
  if (!newest.known) return unread(about, newest)
  if (contractProblem !== undefined) {
    const mend = { ...about, look: `lakeferry contract lint`, blames: [] }
    return cannotTell(mend, `what is promised is in a contract that cannot be read: ${contractProblem}`)
  }
  const { state, manifest, ageSeconds = 0, problem } = judgeFreshness(newest.value, promise, now)
  const run = manifest === undefined ? {} : { runId: manifest.runId }
  switch (state) {
    case 'unknown':
      return cannotTell({ ...about, ...run, look: 'date -u', blames: ['clock lake', 'clock source'] }, problem ?? '')
    case 'none':
      return { ...about, state: 'none', severity: 'warning', seen: 'no export yet' }
    case 'stale': {
      const since = new Date(Date.parse(manifest?.startedAt ?? '') + promise.seconds * 1000).toISOString()
      return { ...about, ...run, state: 'wrong', seen: `${spanText(ageSeconds)} old`, since }
    }
    case 'fresh':
      return { ...about, ...run, state: 'fine', seen: `${spanText(ageSeconds)} old`, look: `lakeferry status ${name}` }
  }
}
