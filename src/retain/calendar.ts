const DAY_MS = 86_400_000

/** The day in UTC: `2026-11-22`. Texts of one calendar sort by time. */
export function dayOf(instant: Date): string {
  return instant.toISOString().slice(0, 10)
}

/**
 * The week of ISO 8601 in UTC: `2026-W47`. It begins on Monday, and belongs to the year that its Thursday is in, so that the
 * last days of December may be in week 1 of the next year, and the first of January in week 52 or 53 of the last.
 */
export function weekOf(instant: Date): string {
  const fromMonday = (instant.getUTCDay() + 6) % 7
  const thursday = new Date(instant.getTime() + (3 - fromMonday) * DAY_MS)
  const year = thursday.getUTCFullYear()
  const dayOfYear = Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / DAY_MS)
  return `${year}-W${String(1 + Math.floor(dayOfYear / 7)).padStart(2, '0')}`
}
