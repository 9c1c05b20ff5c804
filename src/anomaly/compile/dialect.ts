import type { MeasuredColumn } from '../measured-columns.js'

/**
 * Writes the statements of a profile in one engine's SQL, over the relation `data`. The SELECT lists are the agreement with
 * `../profiling.ts`. Sums are of decimals, exact and in any order the same; a deviation is not, and is
 * good for three digits.
 */
export interface ProfileDialect {
  /**
   * One row, from one scan: `documents`, then of each numeric column how many numbers were summed, their sum as
   * DECIMAL(38, {@link sumScale}), and their standard deviation as a double, null when there are none. Doubles are summed as DECIMAL({@link DOUBLE_DIGITS}, {@link DOUBLE_SCALE}); those that are
   * none (NaN, infinities, 10^16 and beyond) are left out.
   */
  sums(columns: readonly MeasuredColumn[], numeric: readonly MeasuredColumn[]): string
  /**
   * One row: the number of distinct values. Texts longer than {@link LONG_TEXT} count by their SHA-256: an aggregation of
   * abstracts would hold all of them.
   */
  distinct(columns: readonly MeasuredColumn[], column: MeasuredColumn): string
}

/** Nine digits behind the point, and up to 10^16 before it. */
export const DOUBLE_DIGITS = 25
export const DOUBLE_SCALE = 9

/** In code points: as long as a SHA-256 in hex. */
export const LONG_TEXT = 64

/** Digits behind the point of the column's sum. */
export function sumScale({ type }: MeasuredColumn): number {
  if (type.kind === 'decimal') return type.scale
  return type.kind === 'double' ? DOUBLE_SCALE : 0
}

/**
 * Names that a statement gives to its own columns and relations: an alias may hide a column of the same name, and names may be
 * equal whatever their case.
 */
export function ownNames(columns: readonly MeasuredColumn[]): (suffix: string) => string {
  let prefix = 'lf_'
  while (columns.some(({ path: [name = ''] }) => name.toLowerCase().startsWith(prefix))) prefix += '_'
  return suffix => `${prefix}${suffix}`
}
