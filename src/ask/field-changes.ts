import { jsonMembers } from './json-members.js'

/** One field that is not the same in two versions of a document: JSON texts, null where it is not there. */
export interface FieldChange {
  /** `rating_avg`, or `meta.source` within a document. */
  readonly field: string
  readonly old: string | null
  readonly new: string | null
}

/** A document by its top-level fields, each as JSON text. */
export type DocumentFields = ReadonlyMap<string, string>

/** Whether two texts stand for one value. */
export type SameText = (a: string, b: string) => boolean

/**
 * In which fields two versions of a document differ, in the order of the old one, then what only the new one has. Fields
 * of documents are told one by one, lists as a whole.
 */
export function fieldChanges(
  before: DocumentFields,
  after: DocumentFields,
  same: SameText = (a, b) => a === b,
): readonly FieldChange[] {
  const changes: FieldChange[] = []
  const compare = (old: DocumentFields, now: DocumentFields, prefix: string): void => {
    for (const [name, text] of old) {
      const other = now.get(name)
      if (other !== undefined && (other === text || same(text, other))) continue
      const field = prefix + name
      const inside = other === undefined ? undefined : documents(text, other)
      if (inside === undefined) changes.push({ field, old: text, new: other ?? null })
      else compare(...inside, `${field}.`)
    }
    for (const [name, text] of now) if (!old.has(name)) changes.push({ field: prefix + name, old: null, new: text })
  }
  compare(before, after, '')
  return changes
}

/** Both as documents, unless one is none: a name with `$` is a type wrapper of Extended JSON, which is one value. */
function documents(a: string, b: string): [DocumentFields, DocumentFields] | undefined {
  const [left, right] = [jsonMembers(a), jsonMembers(b)]
  if (left === undefined || right === undefined) return undefined
  for (const members of [left, right]) for (const name of members.keys()) if (name.startsWith('$')) return undefined
  return [left, right]
}
