import type { Check } from '../../model/check.js'
import { checkId } from '../../model/check.js'
import { EXIT } from '../exit-codes.js'
import type { Output } from '../output.js'
import { type TableCell, tableLines } from '../table.js'

/** The worst first; what is as bad stays in its order. */
export function worstFirst(checks: readonly Check[]): readonly Check[] {
  return checks.toSorted((a, b) => rankOf(a) - rankOf(b))
}

/** What another is the cause of comes behind what is its own cause. */
function rankOf({ state, severity, cause }: Check): number {
  if (state === 'fine') return 100
  const order = { wrong: 0, unknown: 2, none: 4 } as const
  return order[state] + (severity === 'critical' ? 0 : 5) + (cause === undefined ? 0 : 1)
}

/** As a table for people: what to do is below what is not fine. */
export function checkLines(checks: readonly Check[], { paint }: Pick<Output, 'paint'>): string[] {
  const colours = { fine: paint.green, wrong: paint.red, none: paint.red, unknown: paint.yellow } as const
  const rows = worstFirst(checks).flatMap((check): TableCell[][] => {
    const { state, severity, promised, seen, since, look, cause } = check
    const name = checkId(check)
    if (state === 'fine') {
      return [
        [
          { text: state, paint: paint.green },
          { text: name, paint: paint.dim },
          { text: seen, paint: paint.dim },
        ],
      ]
    }
    const told = [seen, ...(since === undefined ? [] : [`since ${since}`]), `promised: ${promised}`].join('; ')
    const next = cause === undefined ? `next: ${look}` : `because of ${cause}`
    const soft = severity === 'warning' && state === 'wrong' ? paint.yellow : colours[state]
    return [
      [{ text: state, paint: soft }, name, told],
      ['', '', { text: next, paint: paint.dim }],
    ]
  })
  return tableLines(rows)
}

/**
 * The exit code of a pass: docs/cli.md has the same as a table. What could not be looked at comes first, then what is late,
 * then what is wrong with the data, and last what has failed without being late yet.
 */
export function monitorExit(checks: readonly Check[]): number {
  const some = (test: (check: Check) => boolean): boolean => checks.some(test)
  if (some(({ kind, state }) => state === 'wrong' && (kind === 'lake' || kind === 'source'))) return EXIT.service
  if (some(({ state, severity }) => state === 'unknown' && severity === 'critical')) return EXIT.service
  if (some(({ kind, state }) => kind === 'freshness' && (state === 'wrong' || state === 'none'))) return EXIT.stale
  if (some(({ kind, state }) => state === 'wrong' && (kind === 'verdict' || kind === 'volume'))) return EXIT.data
  // Of the unknown ones only those are left that nobody has to get out of bed for.
  return some(({ state }) => state === 'wrong' || state === 'none') ? EXIT.service : EXIT.fine
}
