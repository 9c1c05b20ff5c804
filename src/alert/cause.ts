import type { Check } from '../model/check.js'

/**
 * Of each check that is not fine, the check whose alert it is told within: the last one on the way along the causes that are
 * wrong or cannot be told, or itself. Those that name each other as their causes go by the first of them in the order of
 * their names.
 *
 * @param checks - by their ids
 * @param isOpen - of a cause that was not looked at: whether there is an open alert about it
 */
export function rootCauses(
  checks: ReadonlyMap<string, Check>,
  isOpen: (id: string) => boolean,
): ReadonlyMap<string, string> {
  const roots = new Map<string, string>()
  for (const [id, { state }] of checks) if (state !== 'fine') roots.set(id, rootOf(id, checks, isOpen))
  return roots
}

function rootOf(id: string, checks: ReadonlyMap<string, Check>, isOpen: (id: string) => boolean): string {
  const way = [id]
  for (let at = id; ; ) {
    const cause = checks.get(at)?.cause
    if (cause === undefined) return at
    const begin = way.indexOf(cause)
    if (begin >= 0) return way.slice(begin).sort()[0] ?? at
    const state = checks.get(cause)?.state
    if (state === undefined) return isOpen(cause) ? cause : at
    if (state !== 'wrong' && state !== 'unknown') return at
    way.push(cause)
    at = cause
  }
}
