/** Seconds in each unit that a duration may have. */
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 }

/**
 * The seconds in `90s`, `45m`, `26h`, `7d` or `2w`: a whole number above 0 and one unit.
 *
 * @returns undefined when the text is no duration
 */
export function parseDuration(text: string): number | undefined {
  const [, count, unit] = /^([1-9]\d{0,8})([smhdw])$/.exec(text) ?? []
  return count === undefined || unit === undefined ? undefined : Number(count) * (UNITS[unit] ?? 0)
}

/** The duration in the largest unit that leaves no rest: `93600` is `26h`, `86400` is `1d`. @param seconds - whole, above 0 */
export function durationText(seconds: number): string {
  if (!Number.isInteger(seconds) || seconds < 1)
    throw new RangeError(`seconds must be a positive integer, got ${seconds}`)
  // Weeks are read but not written: 14d says more to most people than 2w.
  const unit = ['d', 'h', 'm'].find(name => seconds % (UNITS[name] ?? 1) === 0) ?? 's'
  return `${seconds / (UNITS[unit] ?? 1)}${unit}`
}

/** How long, in the two largest units that say something: `93700` is `1d 2h`, `59.9` is `59s`. @param seconds - 0 or more */
export function spanText(seconds: number): string {
  const names = ['d', 'h', 'm', 's'] as const
  const first = names.findIndex(name => seconds >= (UNITS[name] ?? 1))
  if (first < 0) return '0s'
  let rest = Math.floor(seconds)
  const texts: string[] = []
  for (const name of names.slice(first, first + 2)) {
    const count = Math.floor(rest / (UNITS[name] ?? 1))
    rest -= count * (UNITS[name] ?? 1)
    if (count > 0) texts.push(`${count}${name}`)
  }
  return texts.join(' ')
}
