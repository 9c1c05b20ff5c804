/**
 * Keys that this program is going to have and does not have yet. They get an error of their own instead of "unknown key",
 * and none is accepted before it does something: a setting that is read and ignored is a trap.
 */
const LATER_KEYS: ReadonlySet<string> = new Set(['server'])

const LATER_VALUES: Readonly<Record<string, ReadonlySet<string>>> = {}

/** Whether a key, or a value at that key, belongs to a later version. */
export function isLater(path: readonly string[], value?: unknown): boolean {
  if (value === undefined) return LATER_KEYS.has(path.join('.'))
  const key =
    path[0] === 'datasets' ? ['datasets', '*', ...path.slice(2).map(name => (/^\d+$/.test(name) ? '*' : name))] : path
  return typeof value === 'string' && (LATER_VALUES[key.join('.')]?.has(value) ?? false)
}
