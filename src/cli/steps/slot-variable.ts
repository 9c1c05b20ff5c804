import type { RunMoment } from '../../model/run-event.js'

export type Slot = NonNullable<RunMoment['slot']>

/** The variable by which `schedule` tells the run that it starts what it is for: the set's name, a blank, the slot. */
export const SLOT_VARIABLE = 'LAKEFERRY_SLOT'

const SHAPE = /^(\S+) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)$/

/** `nightly 2026-11-23T02:00:00.000Z` */
export function slotText({ set, at }: Slot): string {
  return `${set} ${at}`
}

/** Undefined where there is none, or none that can be read: a slot is only ever told. */
export function slotOf(env: Readonly<Record<string, string | undefined>>): Slot | undefined {
  const [, set, at] = SHAPE.exec(env[SLOT_VARIABLE] ?? '') ?? []
  return set === undefined || at === undefined ? undefined : { set, at }
}
