export const DAY = 86_400_000

/** A run every night, the oldest first, the last of them six hours before `now`. */
export function nights(now: number, count = 14): readonly Date[] {
  return Array.from({ length: count }, (_, at) => new Date(now - 6 * 3_600_000 - (count - 1 - at) * DAY))
}

export function runIdOf(began: Date): string {
  return `${began.toISOString().replaceAll(/[-:]/g, '')}-${(began.getTime() % 0xffffff).toString(16).padStart(6, '0')}`
}

export const DOCUMENTS: readonly number[] = [
  7_120, 7_133, 7_151, 7_160, 7_166, 7_180, 7_204, 7_209, 7_225, 7_240, 7_251, 7_262, 7_270, 7_281,
]

export function documentsOf(dataset: string, at: number): number {
  return (DOCUMENTS[at] ?? 0) * (dataset === 'papers' ? 1 : 8) + (dataset === 'papers' ? 0 : (at * 37) % 11)
}
