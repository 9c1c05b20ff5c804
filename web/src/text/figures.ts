/** Numbers as people read them; English, as all of the page is. */
const COUNT = new Intl.NumberFormat('en', { maximumFractionDigits: 2 })
const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
const MEASURE = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 })

export function formatCount(count: number): string {
  return COUNT.format(count)
}

/** For the axes of charts: `20K`. */
export function formatTick(count: number): string {
  if (Math.abs(count) < 10) return MEASURE.format(count)
  return Math.abs(count) < 10_000 ? COUNT.format(count) : COMPACT.format(count)
}

/** Four digits that count: a share, a mean. */
export function formatMeasure(value: number): string {
  return MEASURE.format(value)
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
  if (percent > 99.9) return '>99.9%'
  return `${percent.toFixed(percent < 10 ? 2 : 1)}%`
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const

/** Powers of 1,000, as storage is sold: `31.4 MB`. */
export function formatBytes(bytes: number): string {
  let [value, unit] = [bytes, 0]
  // 999.5, not 1,000: what would round up to `1000 kB` is `1.0 MB`.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1_000
    unit += 1
  }
  return `${value.toFixed(unit === 0 || value >= 99.95 ? 0 : 1)} ${UNITS[unit]}`
}

/** `3.2 s`, `4 min 10 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3_600) return pair(whole, 60, 'min', 1, 's')
  if (whole < 86_400) return pair(whole, 3_600, 'h', 60, 'min')
  return pair(whole, 86_400, 'd', 3_600, 'h')
}

function pair(seconds: number, large: number, largeName: string, small: number, smallName: string): string {
  const [first, second] = [Math.floor(seconds / large), Math.floor((seconds % large) / small)]
  return second === 0 ? `${first} ${largeName}` : `${first} ${largeName} ${second} ${smallName}`
}
