import { createHash } from 'node:crypto'
import { Cron } from 'croner'
import { CRON_OPTIONS } from '../model/cron.js'
import type { ScheduleSet } from '../model/schedule-set.js'

type Times = Pick<ScheduleSet, 'cron' | 'timezone'>

/** The first slot after an instant, exclusive. Null when the cron has no further one. */
export function nextSlot(times: Times, after: Date): Date | null {
  const { cron, known } = readingOf(times)
  const found = known.get(after.getTime())
  if (found !== undefined) return found
  const next = cron.nextRun(after)
  if (known.size >= KNOWN) known.clear()
  known.set(after.getTime(), next)
  return next
}

/** Slots in order, `after` exclusive, `until` inclusive; of more than `limit` the first ones. */
export function slotsBetween(times: Times, after: Date, until: Date, limit: number = Number.POSITIVE_INFINITY): Date[] {
  const slots: Date[] = []
  for (let slot = nextSlot(times, after); slot !== null && slot <= until; slot = nextSlot(times, slot)) {
    if (slots.length >= limit) break
    slots.push(slot)
  }
  return slots
}

/** How far back the newest slots are looked for at first, in milliseconds; four times as far again until there are enough. */
const LOOK_BACK_MS = 60_000

/** The two newest slots of those `after`, exclusive, and `until`, inclusive, in order; fewer where there are fewer. */
export function newestSlots(times: Times, after: Date, until: Date): Date[] {
  for (let back = LOOK_BACK_MS; ; back *= 4) {
    const from = Math.max(after.getTime(), until.getTime() - back)
    const slots = slotsBetween(times, new Date(from), until)
    if (slots.length >= 2 || from <= after.getTime()) return slots.slice(-2)
  }
}

/**
 * When a slot is to begin: the slot and a share of the jitter that looks like chance and is the same on every machine, so
 * that neither a second machine nor a restart moves it. Always before the next slot.
 *
 * @param seed - what differs between those who should not begin at once: the lake
 */
export function startOf(set: ScheduleSet, slot: Date, seed: string): Date {
  if (set.jitterSeconds === 0) return slot
  const next = nextSlot(set, slot)
  const room = next === null ? Number.POSITIVE_INFINITY : next.getTime() - slot.getTime()
  const hash = createHash('sha256').update(`${seed}\n${set.name}\n${slot.toISOString()}`).digest()
  const share = hash.readUInt32BE() / 2 ** 32
  return new Date(slot.getTime() + Math.floor(share * Math.min(set.jitterSeconds * 1000, room)))
}

interface Reading {
  readonly cron: Cron
  /** Slots by the instant that they follow: the same one is asked for at each look. */
  readonly known: Map<number, Date | null>
}

const READINGS = new Map<string, Reading>()

/** Instants that a pattern's next slot is remembered for. */
const KNOWN = 32

/** Reading a pattern costs as much as a hundred of its slots. */
function readingOf({ cron, timezone }: Times): Reading {
  const key = `${timezone}\n${cron}`
  let found = READINGS.get(key)
  if (found === undefined) {
    found = { cron: new Cron(cron, { ...CRON_OPTIONS, timezone, paused: true }), known: new Map() }
    READINGS.set(key, found)
  }
  return found
}
