import type { RunEvent } from '../model/run-event.js'
import type { RunObserver } from '../ports/run-observer.js'
import { type LogFact, runFact } from './log-line.js'

export interface RunLogOptions {
  /** Goes into every line, as `trace_id`, where the run is traced. */
  readonly traceId?: string
}

/** A line of the log for every event, with the seconds since what it ends began. */
export function runLog(log: (fact: LogFact) => void, { traceId }: RunLogOptions = {}): RunObserver {
  const began = new Map<string, { first: string; step: string }>()
  return {
    on(event) {
      const seconds = secondsOf(began, event)
      const fact = runFact(event, seconds)
      log(traceId === undefined ? fact : { ...fact, facts: { ...fact.facts, trace_id: traceId } })
    },
    settled: async () => [],
  }
}

/** Since the step began, of what ends a step; since the first event of the dataset, of what ends a run. */
function secondsOf(began: Map<string, { first: string; step: string }>, event: RunEvent): number | undefined {
  const { dataset, at } = event
  const times = began.get(dataset) ?? { first: at, step: at }
  began.set(dataset, times)
  switch (event.event) {
    case 'export.started':
    case 'validation.started':
      times.step = at
      return undefined
    case 'export.committed':
    case 'validation.finished':
      return secondsBetween(times.step, at)
    case 'run.finished':
    case 'run.failed':
      return secondsBetween(times.first, at)
  }
}

/** Never less than 0, also where a clock was set back meanwhile. */
function secondsBetween(from: string, to: string): number {
  return Math.max(0, Date.parse(to) - Date.parse(from)) / 1000
}
