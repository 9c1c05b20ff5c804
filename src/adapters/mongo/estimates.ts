import type { Document } from 'mongodb'
import type { Asking } from './collection-facts.js'
import { isServerError, isUnauthorized } from './mongo-failure.js'

/** How long the server may work for an estimate, in milliseconds: counting a view means running it. */
const WITHIN_MS = 2_000
/**
 * How long anybody waits for the size, in milliseconds. A server that keeps it has it at once; one that reads the
 * collection to find out takes as long as an export of it.
 */
const SIZE_WITHIN_MS = 400
/** Documents whose size stands for that of all, where the server does not tell. */
const SIZE_SAMPLE = 100

/** About how many there are; 0 where the server does not tell, or not soon. */
export function estimateCount(asking: Asking, collection: string, signal?: AbortSignal): Promise<number> {
  const { db, comment } = asking
  const command = { count: collection, maxTimeMS: WITHIN_MS, ...(comment && { comment }) }
  const options = { readPreference: db.readPreference, ...(signal && { signal }) }
  return quietly(
    asking,
    db.command(command, options).then(reply => reply['n']),
  )
}

/** About how many bytes of BSON there are, 0 where the server does not tell, or not soon. */
export async function estimateBytes(asking: Asking, collection: string): Promise<number> {
  const late = AbortSignal.timeout(SIZE_WITHIN_MS)
  try {
    return positive(await storedBytes(asking, collection, late))
  } catch (error) {
    if (late.aborted) return 0
    if (!isUnauthorized(asking.driver, error)) return quietly(asking, Promise.reject(error))
    // The documents themselves may be read.
    const documents = await estimateCount(asking, collection)
    return documents === 0 ? 0 : Math.round(documents * (await quietly(asking, averageBytes(asking, collection))))
  }
}

/** @throws what the driver throws, when it is not allowed or not known */
export async function storedBytes(asking: Asking, collection: string, signal?: AbortSignal): Promise<unknown> {
  const storage = { $collStats: { storageStats: {} } }
  // One document from each shard.
  return firstSize(
    asking,
    collection,
    [storage, { $group: { _id: null, size: { $sum: '$storageStats.size' } } }],
    signal,
  )
}

function averageBytes(asking: Asking, collection: string): Promise<unknown> {
  const average = { $group: { _id: null, size: { $avg: { $bsonSize: '$$ROOT' } } } }
  return firstSize(asking, collection, [{ $limit: SIZE_SAMPLE }, average])
}

async function firstSize(
  { db, comment }: Asking,
  collection: string,
  pipeline: Document[],
  signal?: AbortSignal,
): Promise<unknown> {
  const options = { maxTimeMS: WITHIN_MS, ...(comment && { comment }), ...(signal && { signal }) }
  return (await db.collection(collection).aggregate(pipeline, options).toArray())[0]?.['size']
}

/** Not allowed, not known, too slow: an estimate is no reason to stop. A broken connection is. */
async function quietly({ driver }: Asking, work: Promise<unknown>): Promise<number> {
  try {
    return positive(await work)
  } catch (error) {
    if (isServerError(driver, error)) return 0
    throw error
  }
}

function positive(value: unknown): number {
  const number = Number(value)
  return Number.isFinite(number) && number > 0 ? Math.round(number) : 0
}
