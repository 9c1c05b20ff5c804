import { type Patience, pauseFor } from './patience.js'

/** A job at one moment, in the terms that all services share. */
export interface Sight {
  /** The service's own word: `SCHEDULED`. */
  readonly state: string
  readonly phase: 'waiting' | 'running' | 'succeeded' | 'failed'
  /** By the service's clock, once it runs. */
  readonly startedAt?: Date | undefined
}

export interface EndOptions {
  /** Milliseconds since 1970. */
  readonly submittedAt: number
  readonly now: () => number
  readonly startTimeoutMs: number
  readonly timeoutMs: number
  /** Between two questions, at the most. */
  readonly pollMs: number
  readonly patience: Patience
  readonly signal?: AbortSignal | undefined
  readonly onState?: ((state: string) => void) | undefined
}

/** How waiting ended: by the job's own end, or because it took longer than allowed to begin or to run. */
export type End<S extends Sight> = { readonly sight: S; readonly how: 'ended' | 'never-started' | 'overdue' }

/** The first question comes early, for jobs that fail at once; then the pause doubles up to `pollMs`, with jitter of a quarter. */
const FIRST_POLL_MS = 1_000

/**
 * Asks until the job has ended. What it asks may throw, which ends the waiting and leaves the job alone.
 *
 * @throws the signal's reason when it aborts
 */
export async function awaitEnd<S extends Sight>(ask: () => Promise<S>, options: EndOptions): Promise<End<S>> {
  const { patience, pollMs, signal } = options
  let told: string | undefined
  let runningSince: number | undefined
  for (let pause = Math.min(FIRST_POLL_MS, pollMs); ; pause = Math.min(pause * 2, pollMs)) {
    const sight = await ask()
    if (sight.state !== told) {
      told = sight.state
      options.onState?.(sight.state)
    }
    if (sight.phase === 'succeeded' || sight.phase === 'failed') return { sight, how: 'ended' }
    const now = options.now()
    if (sight.phase === 'waiting' && now - options.submittedAt > options.startTimeoutMs) {
      return { sight, how: 'never-started' }
    }
    if (sight.phase === 'running') {
      // The service's time of it survives a restart of ours.
      runningSince ??= sight.startedAt?.getTime() ?? now
      if (now - runningSince > options.timeoutMs) return { sight, how: 'overdue' }
    }
    await pauseFor(pause * (0.75 + patience.random() / 4), patience, signal)
  }
}
