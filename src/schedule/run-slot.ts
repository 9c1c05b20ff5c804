import type { TakenSlot } from '../catalog/schedule-ledger.js'
import { reasonOf } from '../errors.js'
import { durationText } from '../model/duration.js'
import type { ScheduleSet } from '../model/schedule-set.js'
import type { SlotOutcome } from '../ports/slot-runner.js'
import type { HeldSlot } from './held-slot.js'
import type { ScheduleDeps } from './run-set.js'
import { type Stopped, settle } from './settle.js'

/** Why a run is stopped: the reason of the signal that its runner gets. */
const LOST = 'lost'
const TIME_LIMIT = 'time limit'

/** Pause before the end of a slot is written for the second time, in milliseconds; each is twice the one before it. */
const END_AGAIN_MS = 1_000

/**
 * Runs a slot that was taken, gives signs of life meanwhile, and writes down how it ended. When the slot was taken over by
 * another, what is at work is stopped at once, and nothing is written.
 *
 * @returns what the slot has become; undefined when it is another's
 */
export async function runSlot(deps: ScheduleDeps, set: ScheduleSet, held: HeldSlot): Promise<TakenSlot | undefined> {
  const { clock, sleep, signal, timings, runner } = deps
  const stop = new AbortController()
  const over = new AbortController()
  const onStop = (): void => stop.abort(signal.reason)
  if (signal.aborted) onStop()
  else signal.addEventListener('abort', onStop, { once: true })
  const heart = beat()
  const limit = watchTime()
  const { slot, runId } = held.slot
  const { datasets } = set
  const order = { set: set.name, slot, runId, ...(datasets === undefined ? {} : { datasets }) }
  let outcome: SlotOutcome
  try {
    outcome = await runner.run(order, stop.signal)
  } finally {
    over.abort()
    signal.removeEventListener('abort', onStop)
    await Promise.all([heart, limit])
  }
  if (stop.signal.aborted && stop.signal.reason === LOST) return undefined
  return end(outcome)

  /** Signs of life until it is over. A lake that does not answer is asked again: only an answer can say that the slot is lost. */
  async function beat(): Promise<void> {
    for (;;) {
      await sleep(timings.renewEveryMs, over.signal)
      if (over.signal.aborted) return
      const ours = await held.renew(clock.now()).catch(() => true)
      if (ours) continue
      stop.abort(LOST)
      return
    }
  }

  /** By the time that was slept, which no clock that is set changes. */
  async function watchTime(): Promise<void> {
    for (let left = set.timeLimitSeconds * 1000; left > 0; left -= timings.lookEveryMs) {
      await sleep(Math.min(left, timings.lookEveryMs), over.signal)
      if (over.signal.aborted) return
    }
    stop.abort(TIME_LIMIT)
  }

  async function end(outcome: SlotOutcome): Promise<TakenSlot | undefined> {
    const after = settle(held.slot, outcome, stopped(), clock.now())
    for (let pause = END_AGAIN_MS; ; pause = Math.min(pause * 2, timings.renewEveryMs)) {
      try {
        return (await held.end(after)) ? after : undefined
      } catch (error) {
        // Unwritten, another would go on with it, and find that there is nothing left to do.
        if (signal.aborted) throw error
        deps.tell({ event: 'trouble', set: set.name, text: `cannot write down how ${slot} ended: ${reasonOf(error)}` })
        await sleep(pause, signal)
      }
    }
  }

  function stopped(): Stopped | undefined {
    if (!stop.signal.aborted) return undefined
    if (stop.signal.reason === TIME_LIMIT)
      return { why: 'time limit', text: `stopped: it took longer than ${durationText(set.timeLimitSeconds)}` }
    return { why: 'asked', text: reasonOf(stop.signal.reason) }
  }
}
