import type { Format } from '../model/format.js'
import type { CollectionFacts } from '../ports/document-source.js'
import { MAX_READERS, RANGE_BYTES } from './limits.js'

/** How many cursors to read a collection with: by its size, so that a small one is one cursor. */
export function readersFor(facts: CollectionFacts, workers: number): number {
  const most = Math.max(1, Math.min(MAX_READERS, workers))
  return Math.min(most, Math.max(1, Math.ceil(facts.bytes / RANGE_BYTES)))
}

/** Formats in the order of {@link FORMATS}' names, each once, so that a manifest does not depend on how they were typed. */
export function orderedFormats(formats: readonly Format[]): Format[] {
  return [...new Set(formats)].sort()
}
