import type { StatusView } from '../../../src/http/pipeline-status.js'
import { documentsOf } from './nights.js'
import { runs } from './runs.js'

export const REASON = {
  outcome: 'bad',
  reason: '2 rules of severity error failed: title.required, rating_avg.maximum',
  next: 'lakeferry report papers --format html shows the documents',
}

export function status(now: number): StatusView {
  const [newest] = runs(now, 'papers')
  const standing = {
    ageSeconds: 21_600,
    promiseSeconds: 93_600,
    asOf: newest!.startedAt,
    problem: null,
    underWay: null,
  }
  return {
    at: new Date(now).toISOString(),
    lake: 's3://lake/iclr',
    datasets: [
      {
        ...standing,
        dataset: 'papers',
        state: 'fresh',
        runId: newest!.runId,
        documents: 7_281,
        outcome: 'bad',
        reasons: [REASON],
      },
      {
        ...standing,
        dataset: 'comments',
        state: 'fresh',
        runId: newest!.runId,
        documents: documentsOf('comments', 13),
        outcome: 'good',
        reasons: [],
      },
    ],
    checks: [
      {
        kind: 'lake',
        subject: '',
        state: 'fine',
        severity: 'critical',
        promised: 'the lake answers',
        seen: 'it answers in 4 ms',
        since: null,
        look: 'lakeferry doctor',
      },
      {
        kind: 'verdict',
        subject: 'papers',
        state: 'wrong',
        severity: 'critical',
        promised: 'the newest run keeps the contract',
        seen: '46 violations in 2 rules of severity error',
        since: new Date(now - 21_000_000).toISOString(),
        look: 'lakeferry report papers',
      },
      {
        kind: 'volume',
        subject: 'comments',
        state: 'unknown',
        severity: 'warning',
        promised: 'as many documents as usual',
        seen: 'too few runs to compare with',
        since: null,
        look: 'lakeferry runs comments',
      },
    ],
    openAlerts: 1,
  }
}
