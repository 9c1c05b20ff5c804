const FORMATS = new Map<string, Intl.DateTimeFormat>()

/** `2026-11-24 02:00:00 Europe/Berlin`; without the seconds where there are none. */
export function localTime(instant: Date, timezone: string): string {
  let format = FORMATS.get(timezone)
  if (format === undefined) {
    // Swedish writes a date as ISO 8601 does.
    format = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'medium' })
    FORMATS.set(timezone, format)
  }
  return `${format.format(instant).replace(/:00$/, '')} ${timezone}`
}
