import type { CurrentRunView, ProgressView } from '../../../src/http/pipeline-current.js'
import { runIdOf } from './nights.js'

export function currentRun(
  now: number,
  state: CurrentRunView['state'],
  progress: readonly ProgressView[],
): CurrentRunView {
  const ended = state !== 'under way' && state !== 'stopping'
  return {
    runId: runIdOf(new Date(now)),
    datasets: ['papers', 'comments'],
    startedAt: new Date(now).toISOString(),
    endedAt: ended ? new Date(now + 4_000).toISOString() : null,
    state,
    exitCode: ended ? 0 : null,
    error: null,
    progress: [...progress],
  }
}
