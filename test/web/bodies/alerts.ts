import type { AlertList, AlertView } from '../../../src/http/pipeline-alert.js'
import { DAY } from './nights.js'

export function alerts(now: number): AlertList {
  const alert: AlertView = {
    id: '4f2a',
    kind: 'verdict',
    severity: 'critical',
    title: 'papers breaks its contract',
    promised: 'the newest run keeps the contract',
    seen: '46 violations in 2 rules of severity error',
    since: new Date(now - 21_000_000).toISOString(),
    resolvedAt: null,
    acknowledged: null,
    affected: ['papers'],
    look: 'lakeferry report papers --format html',
  }
  return {
    at: new Date(now - 40_000).toISOString(),
    alerts: [alert],
    silences: [
      {
        id: '0a1b2c3d',
        datasets: ['comments'],
        kind: null,
        from: new Date(now - DAY).toISOString(),
        until: new Date(now + DAY).toISOString(),
        reason: 'The collection is being moved',
        by: 'Mira',
      },
    ],
  }
}
