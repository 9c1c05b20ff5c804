import type { Format } from '../model/format.js'
import type { CollectionFacts } from '../ports/document-source.js'
import { RANGE_BYTES } from './limits.js'

/**
 * How many cursors to read a collection with: by its size, so that a small one is one cursor, and no more than keep the
 * transcoding threads busy, which are slower than a cursor by half and more (docs/benchmarks.md).
 *
 * @param atMost - the user's bound, instead of the one by threads
 */
export function readersFor(facts: CollectionFacts, workers: number, atMost: number = Math.ceil(workers / 2)): number {
  return Math.max(1, Math.min(atMost, Math.ceil(facts.bytes / RANGE_BYTES)))
}

/** Formats in the order of {@link FORMATS}' names, each once, so that a manifest does not depend on how they were typed. */
export function orderedFormats(formats: readonly Format[]): Format[] {
  return [...new Set(formats)].sort()
}
