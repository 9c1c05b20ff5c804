/** What a source says of itself to the monitor. */
export interface SourceHealth {
  /** Undefined where the server does not tell the time. */
  readonly clock: ClockReading | undefined
  readonly oplog: OplogState
}

/** Somebody else's clock, held against this machine's. */
export interface ClockReading {
  /** By how much the other is ahead of ours; negative: behind. Milliseconds. */
  readonly aheadMs: number
  /** The true difference is no farther than this from `aheadMs`: half of the time that the question took, and how coarse the answer is. */
  readonly withinMs: number
}

/**
 * `window`: how far the oplog reaches back, whole seconds, and from when (RFC 3339, UTC); `whole`: to the beginning of the
 * replica set, so that nothing has fallen out of it yet, however young it is. `none`: there is none to look at,
 * because the source is no replica set of its own, such as a standalone server. `unknown`: there should be one, and it
 * could not be looked at.
 */
export type OplogState =
  | { readonly kind: 'window'; readonly seconds: number; readonly from: string; readonly whole: boolean }
  | { readonly kind: 'none'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string; readonly remedy?: string }

/**
 * Reads a clock between two looks at our own.
 *
 * @param coarseMs - how much a clock that tells whole units may be ahead of what it tells: 1,000 for whole seconds
 */
export function clockReading(asked: Date, theirs: Date, answered: Date, coarseMs = 0): ClockReading {
  const half = Math.max(0, answered.getTime() - asked.getTime()) / 2
  const middle = asked.getTime() + half
  return {
    aheadMs: Math.round(theirs.getTime() + coarseMs / 2 - middle),
    withinMs: Math.ceil(half + coarseMs / 2),
  }
}
