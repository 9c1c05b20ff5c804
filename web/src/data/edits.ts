/** What is in the fields of a form. */
export type Values = Readonly<Record<string, string>>

export interface Merged {
  readonly values: Values
  /** Fields that only the others have changed: theirs is in `values`. */
  readonly taken: readonly string[]
  /** Fields that both have changed, and not to the same: what was typed here is in `values`. */
  readonly disputed: readonly string[]
}

/** Brings what was typed over `base` onto what others have stored since. Nothing that was typed is lost. */
export function mergeEdits(base: Values, mine: Values, theirs: Values): Merged {
  const [taken, disputed]: [string[], string[]] = [[], []]
  const values: Record<string, string> = {}
  for (const name of Object.keys(mine)) {
    const [before, typed, stored] = [base[name] ?? '', mine[name] ?? '', theirs[name] ?? '']
    const isTheirs = typed === before && stored !== before
    values[name] = isTheirs ? stored : typed
    if (isTheirs) taken.push(name)
    else if (stored !== before && stored !== typed) disputed.push(name)
  }
  return { values, taken, disputed }
}

/** Fields that are not as they were. */
export function changedFields(base: Values, values: Values): readonly string[] {
  return Object.keys(values).filter(name => values[name] !== base[name])
}
