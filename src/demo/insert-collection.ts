import type { Db } from 'mongodb'
import type { GeneratedCollection } from './generated-collection.js'

/** Documents of one insert, and inserts on their way at once: the fastest of those measured, on either kind of server. */
const BATCH_DOCUMENTS = 1_000
const BATCHES_AT_ONCE = 2

export interface InsertOptions {
  /** Documents acknowledged so far. */
  readonly progress?: (done: number) => void
  readonly signal?: AbortSignal
}

/** Replaces a collection by generated documents. */
export async function insertCollection<D extends object>(
  db: Db,
  name: string,
  generated: GeneratedCollection<D>,
  { progress, signal }: InsertOptions = {},
): Promise<void> {
  const collection = db.collection(name)
  await collection.drop()
  // Without documents it would not come into being, and an absent collection is not an empty one.
  await db.createCollection(name)
  let next = 0
  let done = 0
  const insert = async (): Promise<void> => {
    while (next < generated.count) {
      signal?.throwIfAborted()
      const from = next
      next = Math.min(from + BATCH_DOCUMENTS, generated.count)
      const batch = Array.from({ length: next - from }, (_, offset) => generated.document(from + offset))
      await collection.insertMany(batch, { ordered: false })
      done += batch.length
      progress?.(done)
    }
  }
  const inserts = await Promise.allSettled(Array.from({ length: BATCHES_AT_ONCE }, insert))
  for (const { reason } of inserts.filter(outcome => outcome.status === 'rejected')) throw reason
}
