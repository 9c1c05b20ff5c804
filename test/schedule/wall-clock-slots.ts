import type { ScheduleSet } from '../../src/model/schedule-set.js'

/**
 * Slots of patterns with plain hours and minutes, worked out from the clock on the wall alone: every minute of the time in
 * question is looked at through Intl, and what the clock shows is compared with the pattern. No cron library has a part in it.
 *
 * @returns RFC 3339, UTC; `from` exclusive, `until` inclusive
 */
export function wallClockSlots({ cron, timezone }: ScheduleSet, from: Date, until: Date): string[] {
  const [minutes = '', hours = '', , , weekdays = '*'] = cron.split(' ')
  const numbers = (field: string): number[] => field.split(',').map(Number)
  const times = new Set(numbers(hours).flatMap(hour => numbers(minutes).map(minute => hour * 60 + minute)))
  const days = weekdays === '*' ? undefined : new Set(numbers(weekdays))
  const clock = new WallClock(timezone)
  const slots: string[] = []
  // From a day before, so that what was shown twice is known by then.
  const first = Math.floor(from.getTime() / MINUTE) * MINUTE - 86_400_000
  let before = clock.at(first)
  const seen = new Set<number>()
  for (let ms = first + MINUTE; ms <= until.getTime(); ms += MINUTE) {
    const now = clock.at(ms)
    // All that the clock has come to with this minute: itself, and what it jumped over.
    const jumped = (now.day - before.day) * 1440 + now.minute - before.minute
    for (let back = Math.max(jumped - 1, 0); back >= 0; back--) {
      const shown = now.day * 1440 + now.minute - back
      const day = Math.floor(shown / 1440)
      // The first of January 1970 was a Thursday.
      if (!times.has(shown % 1440) || (days !== undefined && !days.has((day + 4) % 7)) || seen.has(shown)) continue
      seen.add(shown)
      const at = new Date(ms).toISOString()
      if (ms > from.getTime() && slots.at(-1) !== at) slots.push(at)
    }
    before = now
  }
  return slots
}

const MINUTE = 60_000

class WallClock {
  readonly #format: Intl.DateTimeFormat
  /** Offset in minutes and the instant until which it surely holds: asking Intl for every minute takes minutes. */
  #offset = 0
  #holdsFrom = 0
  #holdsUntil = -1

  constructor(timeZone: string) {
    const day = { year: 'numeric', month: '2-digit', day: '2-digit' } as const
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      ...day,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
  }

  /** What it shows: the day, counted from 1970, and the minute of the day. */
  at(ms: number): { day: number; minute: number } {
    const minutes = Math.floor(ms / 60_000) + this.#offsetAt(ms)
    return { day: Math.floor(minutes / 1440), minute: minutes % 1440 }
  }

  /** No zone changes its clocks twice within six hours: where both ends agree, all in between does. */
  #offsetAt(ms: number): number {
    if (ms >= this.#holdsFrom && ms <= this.#holdsUntil) return this.#offset
    const [here, there] = [this.#read(ms), this.#read(ms + 6 * 3_600_000)]
    this.#offset = here
    this.#holdsFrom = ms
    this.#holdsUntil = here === there ? ms + 6 * 3_600_000 : ms
    return here
  }

  #read(ms: number): number {
    const parts = new Map(this.#format.formatToParts(new Date(ms)).map(({ type, value }) => [type, value]))
    const number = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type))
    const shown = Date.UTC(number('year'), number('month') - 1, number('day'), number('hour'), number('minute'))
    return Math.round((shown - Math.floor(ms / 60_000) * 60_000) / 60_000)
  }
}
