import type { Db } from 'mongodb'
import type { GeneratedCollection } from './generated-collection.js'

/** Documents of one insert, and inserts on their way at once: the fastest of those measured, on either kind of server. */
const BATCH_DOCUMENTS = 1_000
const BATCHES_AT_ONCE = 2

export interface InsertOptions {
  /** Documents acknowledged so far. */
  readonly progress?: (done: number) => void
  readonly signal?: AbortSignal
  /** First document, inclusive; those before it are there. @defaultValue 0: the collection is begun anew */
  readonly from?: number
  /** Exclusive. @defaultValue all */
  readonly until?: number
}

/** Replaces a collection by generated documents, or adds to those of an earlier call. */
export async function insertCollection<D extends object>(
  db: Db,
  name: string,
  generated: GeneratedCollection<D>,
  { progress, signal, from = 0, until = generated.count }: InsertOptions = {},
): Promise<void> {
  const collection = db.collection(name)
  if (from === 0) {
    await collection.drop()
    // Without documents it would not come into being, and an absent collection is not an empty one.
    await db.createCollection(name)
  }
  let next = from
  let done = 0
  const insert = async (): Promise<void> => {
    while (next < until) {
      signal?.throwIfAborted()
      const first = next
      next = Math.min(first + BATCH_DOCUMENTS, until)
      const batch = Array.from({ length: next - first }, (_, offset) => generated.document(first + offset))
      await collection.insertMany(batch, { ordered: false })
      done += batch.length
      progress?.(done)
    }
  }
  const inserts = await Promise.allSettled(Array.from({ length: BATCHES_AT_ONCE }, insert))
  for (const { reason } of inserts.filter(outcome => outcome.status === 'rejected')) throw reason
}
