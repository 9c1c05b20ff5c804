const ABSOLUTE = new Intl.DateTimeFormat('en-GB', {
  ...{ day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' },
  timeZone: 'UTC',
})
const SHORT = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })
const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

/** In seconds, the largest first, each from where what is smaller would be rounded up to it. */
const STEPS = [
  ['year', 31_556_952, 30_242_079],
  ['month', 2_629_746, 2_586_546],
  ['day', 86_400, 84_600],
  ['hour', 3_600, 3_570],
  ['minute', 60, 45],
] as const

/** `22 Nov 2026, 02:00:03 UTC`; text that is no instant comes back as it is. */
export function formatInstant(iso: string): string {
  const instant = new Date(iso)
  return Number.isNaN(instant.getTime()) ? iso : `${ABSOLUTE.format(instant)} UTC`
}

/** `22 Nov` */
export function formatDay(iso: string): string {
  const instant = new Date(iso)
  return Number.isNaN(instant.getTime()) ? iso : SHORT.format(instant)
}

/** For the axis of times: days, or hours and minutes where all of them are of one day. */
export function axisLabels(instants: readonly string[]): readonly string[] {
  const days = instants.map(formatDay)
  return new Set(instants.map(iso => iso.slice(0, 10))).size > 1 ? days : instants.map(formatClock)
}

function formatClock(iso: string): string {
  const instant = new Date(iso)
  return Number.isNaN(instant.getTime()) ? iso : instant.toISOString().slice(11, 16)
}

/** `3 hours ago`, `yesterday`, `in 2 minutes`, `just now`. */
export function formatRelative(iso: string, now: number): string {
  const seconds = (new Date(iso).getTime() - now) / 1_000
  if (Number.isNaN(seconds)) return iso
  for (const [unit, length, from] of STEPS) {
    if (Math.abs(seconds) >= from) return RELATIVE.format(Math.round(seconds / length), unit)
  }
  return 'just now'
}

/** When a run began, by its id (`20261122T020003Z-…`), where it says so. */
export function instantOfRun(runId: string): string | undefined {
  const parts = /^(\d{4})-?(\d{2})-?(\d{2})T(\d{2})[:-]?(\d{2})[:-]?(\d{2})/.exec(runId)
  if (parts === null) return undefined
  const [, year, month, day, hour, minute, second] = parts
  return `${year}-${month}-${day}T${hour}:${minute}:${second}Z`
}
