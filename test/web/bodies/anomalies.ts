import type { AnomaliesView } from '../../../src/http/pipeline-result.js'
import { DOCUMENTS, nights, runIdOf } from './nights.js'

export function anomalies(now: number, dataset: string, runId: string): AnomaliesView {
  const history = nights(now)
    .slice(0, -1)
    .map((began, at) => ({ runId: runIdOf(began), value: 0.04 + ((at * 7) % 5) * 0.002 }))
  return {
    ...{ version: 1, dataset, runId, status: 'attention', runs: 13, runsNeeded: 7 },
    anomalies: [
      {
        column: 'rating_avg',
        measure: 'null share',
        value: 0.0518,
        expected: 0.044,
        low: 0.031,
        high: 0.0502,
        z: 4.1,
        history,
      },
      {
        column: '',
        measure: 'documents',
        value: 7_281,
        expected: 7_204,
        low: 7_020,
        high: 7_260,
        z: 3.6,
        history: history.map((point, at) => ({ ...point, value: DOCUMENTS[at] ?? 0 })),
      },
    ],
  }
}
