import type { Values } from './edits.js'

/** What was typed and not sent, kept for this tab: a way back, another page or a reload takes nothing of it away. */
export interface Draft {
  readonly values: Values
  /** What the fields held before anything was typed. */
  readonly base: Values
}

const PREFIX = 'lakeferry.draft.'

export function readDraft(key: string): Draft | undefined {
  try {
    const kept = sessionStorage.getItem(PREFIX + key)
    return kept === null ? undefined : (JSON.parse(kept) as Draft)
  } catch {
    return undefined // storage is switched off
  }
}

export function keepDraft(key: string, draft: Draft): void {
  try {
    sessionStorage.setItem(PREFIX + key, JSON.stringify(draft))
  } catch {
    // It is in the form as long as that is there.
  }
}

export function dropDraft(key: string): void {
  try {
    sessionStorage.removeItem(PREFIX + key)
  } catch {
    // As above.
  }
}
