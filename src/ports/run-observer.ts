import type { RunEvent } from '../model/run-event.js'

/**
 * Told of everything that happens to a run: a log, traces, lineage, the record of attempts. An observer never fails a run:
 * what goes wrong in it is its own to tell, as a warning.
 */
export interface RunObserver {
  /** At once, in the order of the events. Never throws. */
  on(event: RunEvent): void

  /** Resolves when all that was told is where it has to be, or was given up within a stated time; never rejects. Tells what went wrong. */
  settled(): Promise<readonly string[]>
}
