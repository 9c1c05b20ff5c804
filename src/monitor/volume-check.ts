import { detectAnomalies, RUNS_MOST, RUNS_NEEDED } from '../anomaly/detect.js'
import type { Anomalies } from '../model/anomalies.js'
import { countText, nounText } from '../model/count-text.js'
import { documentsBefore } from './attempt-history.js'
import type { DatasetFacts } from './dataset-facts.js'
import { type About, cannotTell, type Draft, unread } from './draft.js'
import type { WatchedDataset } from './watched.js'

/**
 * Whether the newest run has about as many documents as those before it. Undefined, quiet, as long as there are too few to
 * compare with, and without a run.
 *
 * The record of attempts has the documents of the last runs in one object. Where it goes back too far only, what the
 * validation of the run kept of the same comparison is read.
 */
export function volumeCheck({ name }: WatchedDataset, facts: DatasetFacts): Draft | undefined {
  const about: About = {
    kind: 'volume',
    subject: name,
    severity: 'warning',
    promised: 'about as many documents as the runs before',
    look: `lakeferry report ${name}`,
  }
  const { newest, attempts, anomalies } = facts
  if (!newest.known) return unread(about, newest)
  const manifest = newest.value
  if (manifest === undefined) return undefined
  const { runId, documents, committedAt } = manifest
  const history = attempts.known ? documentsBefore(attempts.value.attempts, runId).slice(-RUNS_MOST) : []
  const compared = history.length >= RUNS_NEEDED ? compare(name, { runId, documents }, history) : keptOf(anomalies)
  if (compared === undefined) {
    if (!attempts.known) return unread(about, attempts)
    if (!anomalies.known) return unread(about, anomalies)
    const { problem } = attempts.value
    return problem === undefined ? undefined : cannotTell(about, problem)
  }
  const seen = nounText(documents, 'document')
  const before = `the ${nounText(compared.runs, 'run')} before`
  const odd = compared.anomalies.find(({ measure }) => measure === 'documents')
  if (odd === undefined) {
    return { ...about, runId, promised: `about as many documents as ${before}`, state: 'fine', seen }
  }
  const [low, high] = [countText(Math.ceil(odd.low)), countText(Math.floor(odd.high))]
  const promised = `${low} to ${high} documents, going by ${before}`
  const look = `lakeferry diff ${name}`
  return { ...about, runId, promised, state: 'wrong', seen, since: committedAt, look }
}

type Documents = { readonly runId: string; readonly documents: number }

/** By the same measure, and with the same limits, as the profile of a validated run is held to earlier ones. */
function compare(dataset: string, run: Documents, history: readonly Documents[]): Anomalies {
  const profile = ({ runId, documents }: Documents) => ({ version: 1, dataset, runId, documents, columns: [] }) as const
  return detectAnomalies(profile(run), history.map(profile))
}

function keptOf(anomalies: DatasetFacts['anomalies']): Anomalies | undefined {
  const kept = anomalies.known ? anomalies.value : undefined
  return kept === undefined || kept.status === 'quiet' || kept.runs < kept.runsNeeded ? undefined : kept
}
