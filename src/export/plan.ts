import { availableParallelism } from 'node:os'
import type { Format } from '../model/format.js'
import type { CollectionFacts } from '../ports/document-source.js'
import { MAX_WORKERS, RANGE_BYTES } from './limits.js'

/** Transcoding threads: one for each core, since the main thread mostly waits. */
export function transcodingWorkers(): number {
  return Math.min(MAX_WORKERS, Math.max(1, availableParallelism()))
}

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
