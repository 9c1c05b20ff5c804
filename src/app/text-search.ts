import { documentEnd, viewOf } from '../bson/walk.js'
import type { LiveDatabase } from '../ports/live-database.js'
import { keyOf } from './document-key.js'
import { readFields } from './stored-fields.js'

/** Which papers have any of the words, by key of `_id`, and what each scores: the rule is in `text-score.ts`. */
export interface TextSearch {
  hits(words: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, number>>
  /** What was just written here is found at once. */
  written(document: Uint8Array): void
  removed(document: Uint8Array): void
  close(): Promise<void>
}

/** By the server's text index, whose scores are the rule. */
export function serverTextSearch(database: LiveDatabase, collection: string): TextSearch {
  return {
    async hits(words, signal) {
      const score = { $meta: 'textScore' }
      const query = {
        // Words of ours only: no quotation mark or minus sign gets as far as here.
        filter: { $text: { $search: words.join(' ') } },
        projection: { _id: 1, score },
      }
      const hits = new Map<string, number>()
      for await (const { bytes, starts } of database.readAll(collection, query, signal)) {
        const view = viewOf(bytes)
        for (const start of starts) {
          const end = documentEnd(bytes, view, start)
          hits.set(keyOf(bytes, view, start), scoreIn(bytes.subarray(start, end)))
        }
      }
      return hits
    },
    written: () => undefined,
    removed: () => undefined,
    close: async () => undefined,
  }
}

function scoreIn(document: Uint8Array): number {
  const score = readFields(document).find(({ name }) => name === 'score')
  if (score?.type !== 0x01) return 0
  return viewOf(score.value).getFloat64(0, true)
}
