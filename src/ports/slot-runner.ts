import type { RunId } from '../model/run-id.js'

/** Runs the datasets of one slot of the schedule, in whatever way: `schedule` starts a process for each. */
export interface SlotRunner {
  /**
   * Runs them to their end, or goes on with what an earlier attempt with the same run id left: what that has committed stays
   * as it is. Resolves when nothing of it is at work any more, however it ended; never rejects.
   *
   * @param signal - asks it to stop: what is finished is kept for the next attempt. Who doesn't stop in time is killed
   */
  run(order: SlotOrder, signal: AbortSignal): Promise<SlotOutcome>
}

export interface SlotOrder {
  readonly set: string
  /** RFC 3339, UTC. */
  readonly slot: string
  readonly runId: RunId
  /** Undefined: all. */
  readonly datasets?: readonly string[]
}

export interface SlotOutcome {
  /** As in docs/cli.md; null when a signal ended it, or when it could not be started. */
  readonly exitCode: number | null
  /** Of an exit code that is no verdict. */
  readonly error?: {
    readonly code: string
    readonly message: string
    readonly hint?: string
    readonly retryable: boolean
  }
}
