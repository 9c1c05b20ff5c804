import { type Check, checkId } from '../model/check.js'
import type { Finding } from './finding.js'

/** A check before it is known what caused it. */
export type Draft = Omit<Check, 'cause'> & {
  /** Ids of checks that are its cause when they are not fine themselves, the likeliest first. */
  readonly blames?: readonly string[]
}

/** What a check is about, before it is known how that stands. */
export type About = Omit<Draft, 'state' | 'seen'>

/** A check that nobody could look at. It never reads as fine. */
export function cannotTell(about: About, why: string): Draft {
  return { ...about, state: 'unknown', seen: `cannot be told: ${why}` }
}

/** The same, because something on the lake could not be read: the lake's doing, or that of one damaged object. */
export function unread(about: About, { code, why }: Extract<Finding<unknown>, { known: false }>): Draft {
  const look =
    code === 'MANIFEST_INVALID' || code === 'LAKE_OBJECT_DAMAGED'
      ? `lakeferry runs ${about.subject}`
      : 'lakeferry doctor'
  return cannotTell({ ...about, look, blames: ['lake'] }, why)
}

/**
 * Each check with the one that caused it, where another did: the root of it all, so that what has one cause is told as
 * one.
 */
export function withCauses(drafts: readonly Draft[]): readonly Check[] {
  const byId = new Map(drafts.map(draft => [checkId(draft), draft]))
  const rootOf = (draft: Draft, seen: ReadonlySet<string>): string | undefined => {
    for (const id of draft.blames ?? []) {
      const blamed = byId.get(id)
      if (blamed === undefined || blamed.state === 'fine' || seen.has(id)) continue
      return rootOf(blamed, new Set([...seen, id])) ?? id
    }
    return undefined
  }
  return drafts.map(draft => {
    const { blames: _, ...check } = draft
    const cause = draft.state === 'fine' ? undefined : rootOf(draft, new Set([checkId(draft)]))
    return cause === undefined ? check : { ...check, cause }
  })
}
