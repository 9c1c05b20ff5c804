import { type Gate, type GateOutcome, judge } from '../model/gate.js'
import type { Manifest } from '../model/manifest.js'
import { judgedBefore, lastAttempt } from './attempt-history.js'
import type { DatasetFacts } from './dataset-facts.js'
import { type About, type Draft, unread } from './draft.js'
import { isUnderWay } from './run-check.js'
import type { WatchedDataset } from './watched.js'

/** A run that was committed so many seconds ago may still be on its way to its verdict, whoever gives it. */
export const VERDICT_GRACE_SECONDS = 3_600

/**
 * What the newest run is good for. Undefined without a contract to hold it to, and as long as there is no run, which the
 * freshness tells. Its age is for the freshness, too.
 */
export function verdictCheck(dataset: WatchedDataset, facts: DatasetFacts, now: Date): Draft | undefined {
  const { name, contract, contractProblem, allowedRejects } = dataset
  if (contract === undefined && contractProblem === undefined) return undefined
  const about: About = {
    kind: 'verdict',
    subject: name,
    severity: 'critical',
    promised: 'the newest run keeps its contract',
    look: `lakeferry report ${name}`,
  }
  const { newest, result } = facts
  for (const found of [newest, result]) {
    if (!found.known) return unread(about, found)
  }
  const manifest = newest.known ? newest.value : undefined
  if (manifest === undefined) return undefined
  const { runId, committedAt } = manifest
  const judged = result.known ? result.value : undefined
  if (judged === undefined) return { ...about, runId, ...unjudged(dataset, manifest, facts, now) }
  // A contract of another day says nothing of this verdict.
  const held = contract?.fingerprint === judged.contract.fingerprint ? contract : undefined
  const rejects = allowedRejects === undefined ? {} : { allowedRejects }
  const gate = judge({ manifest, result: judged, contract: held, ...rejects })
  const found = { ...about, runId, ...seenOf(gate) }
  return gate.outcome === 'good' ? found : { ...found, since: committedAt }
}

function seenOf({ outcome, reasons }: Gate): Pick<Draft, 'state' | 'severity' | 'seen'> {
  if (outcome === 'good') return { state: 'fine', severity: 'critical', seen: 'good' }
  const seen = `${outcome}: ${reasons.map(({ reason }) => reason).join('; ')}`
  return { state: 'wrong', severity: severityOf(outcome), seen }
}

function severityOf(outcome: GateOutcome): Draft['severity'] {
  return outcome === 'partial' ? 'warning' : 'critical'
}

/** Between a run's commit and its verdict stands what was known before; after that nobody has validated it. */
function unjudged(
  { name }: WatchedDataset,
  { runId, committedAt }: Manifest,
  facts: DatasetFacts,
  now: Date,
): Pick<Draft, 'state' | 'severity' | 'seen' | 'since' | 'look' | 'blames'> {
  const attempts = facts.attempts.known ? facts.attempts.value.attempts : []
  const newest = facts.newest.known ? facts.newest.value : undefined
  const last = lastAttempt(attempts, newest)
  const young = now.getTime() - Date.parse(committedAt) <= VERDICT_GRACE_SECONDS * 1000
  const failed = last?.outcome === 'failed' || last?.outcome === 'interrupted'
  const atWork = last?.outcome === 'under way' && isUnderWay(last, { held: undefined, newest, judged: false, now })
  const look = `lakeferry validate ${name} --run ${runId}`
  if (failed || !(atWork || young)) {
    const seen = 'it was committed, and not validated'
    return { state: 'wrong', severity: 'warning', seen, since: committedAt, look, blames: [`run ${name}`] }
  }
  const before = judgedBefore(attempts, runId)
  if (before === undefined) {
    const seen = 'cannot be told: it is yet to be validated, and none was before it'
    return { state: 'unknown', severity: 'warning', seen, look }
  }
  const good = before.outcome === 'good' || before.outcome === 'stale'
  const seen = `it is yet to be validated; run ${before.runId} before it was ${good ? 'good' : before.outcome}`
  const found = { severity: severityOf(before.outcome), seen, look: `lakeferry report ${name} --run ${before.runId}` }
  return good ? { ...found, state: 'fine' } : { ...found, state: 'wrong', since: before.ended ?? before.began }
}
