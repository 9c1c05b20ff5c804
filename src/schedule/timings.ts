import { CLAIM_RENEWED_EVERY_MS, CLAIM_SILENT_AFTER_MS } from '../catalog/claim.js'

/** How often what is done; all in milliseconds. */
export interface ScheduleTimings {
  /** The longest sleep: a clock that is set and a machine that was suspended are noticed after it, and a slot that somebody left. */
  readonly lookEveryMs: number
  /** Between two signs of life of who runs a slot. */
  readonly renewEveryMs: number
  /** Who gives none for so long has lost its slot, where nobody can see whether it lives. */
  readonly silentAfterMs: number
}

/** Those of the claims on runs, so that who has lost a slot has lost its runs, too. */
export const TIMINGS: ScheduleTimings = {
  lookEveryMs: 10_000,
  renewEveryMs: CLAIM_RENEWED_EVERY_MS,
  silentAfterMs: CLAIM_SILENT_AFTER_MS,
}
