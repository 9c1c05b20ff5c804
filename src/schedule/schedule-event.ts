import type { MissedSlots, ScheduleLedger, TakenSlot } from '../catalog/schedule-ledger.js'

/** What happens to a set of the schedule. */
export type ScheduleEvent =
  /** `resumed`: somebody had begun it before. */
  | { readonly event: 'started'; readonly set: string; readonly slot: TakenSlot; readonly resumed: boolean }
  /** The attempt is over: `done`, `failed`, or `waiting` to be gone on with. */
  | { readonly event: 'finished'; readonly set: string; readonly slot: TakenSlot }
  | { readonly event: 'missed'; readonly set: string; readonly slots: MissedSlots }
  /** While we ran it, or believed so, another has taken it over. What we had at work is stopped. */
  | { readonly event: 'lost'; readonly set: string; readonly slot: TakenSlot }
  /** Somebody else is at work on it: told once. */
  | { readonly event: 'held'; readonly set: string; readonly slot: TakenSlot; readonly by: string }
  /** Nothing to do before that slot; null: ever. Told once for each. */
  | { readonly event: 'next'; readonly set: string; readonly next: ScheduleLedger['next'] }
  /** What keeps the schedule from its work, in a sentence; told once for as long as it lasts. */
  | { readonly event: 'trouble'; readonly set: string; readonly text: string }
