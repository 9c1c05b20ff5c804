import type { Alert } from '../../src/alert/alert-state.js'

/** An open alert about papers that are stale. */
export function openAlert(changes: Partial<Alert> = {}): Alert {
  return {
    ...{ id: '3f9c21ab', kind: 'freshness', subject: 'papers', phase: 'open', state: 'wrong', severity: 'critical' },
    ...{ promised: 'at most 26h old', seen: '3d old', look: 'lakeferry status papers', runId: null },
    ...{ since: '2026-05-01T02:00:00.000Z', firstSeenAt: '2026-05-01T02:00:00.000Z' },
    ...{ seenAt: '2026-05-01T11:00:00.000Z', unknownSince: null, causedBy: null, affected: ['verdict papers'] },
    ...{ openedAt: '2026-05-01T02:05:00.000Z', told: null, messages: 0, reopened: 0, fineSince: null, ack: null },
    ...changes,
  }
}
