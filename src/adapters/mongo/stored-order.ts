import type { Document } from 'mongodb'
import type { RawBlock } from '../../ports/document-source.js'
import type { Described } from './collection-facts.js'
import type { Probed } from './guarantee.js'
import { codeOf, isServerError, isTransient, SERVER_CODE } from './mongo-failure.js'

/**
 * What is read as it is stored, at most, in bytes of BSON. Such a reading is begun again when it breaks off: up to here that is
 * a matter of seconds.
 */
export const STORED_BYTES: number = 1024 ** 3
/** The same in documents: whoever looks whether one came twice keeps something of each. */
export const STORED_DOCUMENTS = 2_000_000
/**
 * How long the server may work to tell the size, in milliseconds. One that keeps it has it at once; of one that would have to
 * read the collection to find out it is not worth asking.
 */
const SIZE_WITHIN_MS = 5

/**
 * Whether a collection may be read in the order in which the server has it stored, each document once. WiredTiger numbers
 * documents as they come and never moves one, so that none can be passed over; mongodump reads that way, too.
 *
 * @throws what the driver throws when the server is not to be reached
 */
export async function mayReadAsStored(probed: Probed, described: Described): Promise<boolean> {
  const { kind, idIndex, capped, refused } = described
  // What was kept from us may have said that it is capped: there, the oldest documents may go while we read.
  if (kind !== 'collection' || !idIndex || capped || refused !== undefined) return false
  // A filter may have an index; and between shards documents do move.
  if (probed.filter !== undefined || probed.member.hello.msg === 'isdbgrid') return false
  const [keeping, small] = await Promise.all([keepsPlaces(probed), isSmall(probed)])
  return keeping && small
}

async function keepsPlaces(probed: Probed): Promise<boolean> {
  const reply = await ask(probed, { buildInfo: 1 }, 'admin')
  const engines: unknown = reply instanceof Error ? undefined : reply['storageEngines']
  // Before 4.2 there was one beside it that moves documents that grow.
  return Array.isArray(engines) && engines.includes('wiredTiger') && !engines.includes('mmapv1')
}

/** True, too, where the server would have to count: then {@link StoredReading} finds out. */
async function isSmall(probed: Probed): Promise<boolean> {
  const pipeline = [
    { $collStats: { storageStats: {} } },
    { $project: { size: '$storageStats.size', count: '$storageStats.count' } },
  ]
  const reply = await ask(probed, { aggregate: probed.collection, pipeline, cursor: {}, maxTimeMS: SIZE_WITHIN_MS })
  if (reply instanceof Error) return codeOf(reply) === SERVER_CODE.maxTimeMsExpired
  const stats: Document | undefined = reply['cursor']?.firstBatch?.[0]
  return stats !== undefined && Number(stats['size']) <= STORED_BYTES && Number(stats['count']) <= STORED_DOCUMENTS
}

/** The answer, or the server's refusal. */
async function ask(
  { driver, member, comment }: Probed,
  command: Document,
  database?: string,
): Promise<Document | Error> {
  const { db, client } = member
  try {
    const at = database === undefined ? db : client.db(database)
    return await at.command({ ...command, ...(comment && { comment }) }, { readPreference: db.readPreference })
  } catch (error) {
    if (isServerError(driver, error) && !isTransient(driver, error)) return error as Error
    throw error
  }
}

/** Watches over one reading in that order, whose size the server may not have told. */
export class StoredReading {
  #bytes = 0
  #documents = 0

  /** @returns why the reading cannot be gone on with */
  add(block: RawBlock): string | undefined {
    this.#bytes += block.bytes.length
    this.#documents += block.starts.length
    if (this.#bytes <= STORED_BYTES && this.#documents <= STORED_DOCUMENTS) return undefined
    return 'the collection is larger than what is read in that order, and the server had not told its size'
  }
}
