import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Collects garbage now, or does nothing where the engine does not let us. */
export interface GarbageCollector {
  /** What was made lately: a millisecond or two. Buffers that were used once and dropped are among it. */
  readonly young: () => void
  /** Mostly the young, and everything each third time: for what is called again and again, so that nothing piles up. */
  readonly regularly: () => void
  /** Everything: 20 to 50 ms. For when memory is short. */
  readonly all: () => void
}

/**
 * Threads that carry documents make little garbage that V8 can see and much that it cannot: each reply and each compressed
 * page is a small object with native memory behind it. Left to itself the collector comes so seldom that a long export grows
 * by hundreds of megabytes. Nearly all of it dies young, so collecting the young is enough to keep memory where it was, for
 * a tenth of the time that collecting everything takes.
 */
export function garbageCollector(): GarbageCollector {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('globalThis.gc')
  if (typeof collect !== 'function') return { young: nothing, regularly: nothing, all: nothing }
  const young = (): void => collect({ type: 'minor' })
  const all = (): void => collect()
  let times = 0
  return { young, all, regularly: () => (++times % ALL_EACH === 0 ? all() : young()) }
}

const nothing = (): void => undefined

/** What lives a little longer than the young may is a few buffers each time: with 8 it came to 60 MB after a million documents. */
const ALL_EACH = 3

/** How much the memory in use may grow before the engine collects everything by itself, in percent. */
const GROWTH_PERCENT = 500

/**
 * For a process that does nothing but export. V8 sets its limit by a heap of 14 MB, and the buffers of replies, which count
 * as well, reach that ten times a second: a third of the main thread's time went into looking through the same 14 MB again.
 * What bounds memory here is the gate before the workers, which looks at what the process really has.
 */
export function collectSeldom(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`)
}
