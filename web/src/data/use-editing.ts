import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { dropDraft, keepDraft, readDraft } from './draft.js'
import { changedFields, type Merged, mergeEdits, type Values } from './edits.js'
import { RequestFailed } from './problem.js'
import { askStored, ifMatch, type Stored } from './stored.js'

export interface EditingOptions<T> {
  readonly path: string
  /** As it was when the form was opened. */
  readonly stored: Stored<T>
  readonly valuesOf: (document: T) => Values
  /** JSON Merge Patch of the fields that were changed. */
  readonly patchOf: (values: Values, fields: readonly string[], document: T) => Readonly<Record<string, unknown>>
  readonly onSaved: (stored: Stored<T>) => void
}

/** What others have stored while somebody was typing. */
export interface Conflict extends Omit<Merged, 'values'> {
  readonly theirs: Values
}

/** Fields that are still not as theirs: saving replaces theirs with them. */
export function unsettled({ disputed, theirs }: Conflict, values: Values): readonly string[] {
  return disputed.filter(field => values[field] !== theirs[field])
}

export interface Editing {
  readonly values: Values
  readonly set: (name: string, value: string) => void
  readonly save: () => void
  /** Forgets what was typed. */
  readonly drop: () => void
  readonly isChanged: boolean
  readonly isSaving: boolean
  readonly error: Error | null
  /** What was typed before, in this tab, is in the fields. */
  readonly isRestored: boolean
  readonly conflict: Conflict | undefined
  /** Saving replaces something that others have written. */
  readonly isOver: boolean
}

/**
 * A document being edited. It is saved only over the version that was seen: when somebody else was quicker, theirs is fetched,
 * what was typed is brought onto it, and what both have changed is told.
 */
export function useEditing<T>({ path, stored, valuesOf, patchOf, onSaved }: EditingOptions<T>): Editing {
  const [{ base, values, conflict, isRestored }, setState] = useState(() =>
    open(path, stored, valuesOf(stored.document)),
  )
  const save = useMutation({
    mutationFn: async (): Promise<Stored<T> | undefined> => {
      const fields = changedFields(valuesOf(base.document), values)
      if (fields.length === 0) return base
      try {
        const body = patchOf(values, fields, base.document)
        return await askStored<T>(path, { method: 'PATCH', body, headers: ifMatch(base) })
      } catch (error) {
        if (!(error instanceof RequestFailed) || error.problem.status !== 412) throw error
        const newest = await askStored<T>(path)
        setState({ ...over(newest, valuesOf(base.document), values, valuesOf(newest.document)), isRestored: false })
        return undefined
      }
    },
    onSuccess: saved => {
      if (saved === undefined) return
      dropDraft(path)
      onSaved(saved)
    },
  })
  return {
    values,
    set: (name, value) => {
      const next = { ...values, [name]: value }
      setState(state => ({ ...state, values: next }))
      keepDraft(path, { values: next, base: valuesOf(base.document) })
    },
    save: () => {
      if (!save.isPending) save.mutate()
    },
    drop: () => {
      dropDraft(path)
      setState({ ...open(path, base, valuesOf(base.document)), conflict: undefined })
    },
    isChanged: changedFields(valuesOf(base.document), values).length > 0,
    isSaving: save.isPending,
    error: save.error,
    isRestored,
    conflict,
    isOver: conflict !== undefined && unsettled(conflict, values).length > 0,
  }
}

interface State<T> {
  readonly base: Stored<T>
  readonly values: Values
  readonly conflict: Conflict | undefined
  readonly isRestored: boolean
}

function open<T>(path: string, stored: Stored<T>, now: Values): State<T> {
  const draft = readDraft(path)
  if (draft === undefined) return { base: stored, values: now, conflict: undefined, isRestored: false }
  const state = over(stored, draft.base, draft.values, now)
  const { taken, disputed } = state.conflict
  return { ...state, conflict: taken.length + disputed.length === 0 ? undefined : state.conflict, isRestored: true }
}

function over<T>(
  newest: Stored<T>,
  before: Values,
  typed: Values,
  theirs: Values,
): { readonly base: Stored<T>; readonly values: Values; readonly conflict: Conflict } {
  const { values, taken, disputed } = mergeEdits(before, typed, theirs)
  return { base: newest, values, conflict: { theirs, taken, disputed } }
}
