/**
 * The paths of a setting that a configuration has: one, or with `*` in its key one for each name of that mapping and each
 * place of that list. `alerts.*.url` is `['alerts', '0', 'url']` and so on; none where there is no such mapping or list.
 */
export function pathsOf(key: string, root: unknown): string[][] {
  let paths: string[][] = [[]]
  for (const name of key.split('.')) {
    paths =
      name === '*'
        ? paths.flatMap(path => namesIn(valueAt(root, path)).map(child => [...path, child]))
        : paths.map(path => [...path, name])
  }
  return paths
}

/** The value at a path; undefined where something of it is missing. */
export function valueAt(root: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, name) => (isBranch(value) && Object.hasOwn(value, name) ? value[name] : undefined),
    root,
  )
}

/** A mapping or a list, whose places are names like `0`. */
export function isBranch(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function namesIn(value: unknown): string[] {
  return isBranch(value) ? Object.keys(value) : []
}
