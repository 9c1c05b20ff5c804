/**
 * Numbers and instants as people read them. English, UTC, and independent of the machine's locale, so that a report is
 * the same everywhere.
 */

/** `1234567` is `1,234,567`. */
export function formatCount(count: number): string {
  const [whole = '', fraction] = String(Math.abs(count)).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return `${count < 0 ? '−' : ''}${grouped}${fraction === undefined ? '' : `.${fraction}`}`
}

/** With its sign: `+12`, `−3`, `±0`. */
export function formatDelta(delta: number): string {
  if (delta === 0) return '±0'
  return delta > 0 ? `+${formatCount(delta)}` : formatCount(delta)
}

/** `1 document`, `2 documents`. */
export function formatNoun(count: number, singular: string, plural: string = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`
}

/** A part of a whole in percent. Rounding never turns something into nothing, or nearly all into all. */
export function formatShare(part: number, whole: number): string {
  if (part <= 0 || whole <= 0) return '0%'
  if (part >= whole) return '100%'
  const percent = (part / whole) * 100
  if (percent < 0.01) return '<0.01%'
  if (percent < 10) return `${percent.toFixed(2)}%`
  const text = percent.toFixed(1)
  return text === '100.0' ? '>99.9%' : `${text}%`
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const

/** Powers of 1,000, as storage is sold: `31.4 MB`. */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  // 999.5, not 1,000: what would round up to `1000 kB` is `1.0 MB`.
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1_000
    unit += 1
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1
  return `${value.toFixed(digits)} ${BYTE_UNITS[unit]}`
}

export function formatSeconds(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

function two(part: number): string {
  return String(part).padStart(2, '0')
}

/** `22 Nov 2026` */
export function formatDay(instant: Date): string {
  return `${instant.getUTCDate()} ${MONTHS[instant.getUTCMonth()]} ${instant.getUTCFullYear()}`
}

/** `22 Nov` */
export function formatShortDay(instant: Date): string {
  return `${instant.getUTCDate()} ${MONTHS[instant.getUTCMonth()]}`
}

/** `22 Nov 2026, 02:00:03 UTC`; text that is no date comes back as it is. */
export function formatInstant(iso: string): string {
  const instant = new Date(iso)
  if (Number.isNaN(instant.getTime())) return iso
  const time = [instant.getUTCHours(), instant.getUTCMinutes(), instant.getUTCSeconds()].map(two).join(':')
  return `${formatDay(instant)}, ${time} UTC`
}

/** From this value on, in this unit. */
const TICK_UNITS = [
  [1e9, 1e9, 'B'],
  [1e6, 1e6, 'M'],
  [1e5, 1e3, 'k'],
] as const

/** For a chart, in six characters or fewer below a trillion: `20,000`, `123.5k`, `1.5M`. */
export function formatTick(value: number): string {
  for (const [from, size, sign] of TICK_UNITS)
    if (value >= from) return `${Number((value / size).toPrecision(4))}${sign}`
  return formatCount(value)
}
