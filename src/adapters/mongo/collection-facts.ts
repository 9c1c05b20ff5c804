import type { Db, Document } from 'mongodb'
import { LakeferryError } from '../../errors.js'
import type { CollectionFacts } from '../../ports/document-source.js'
import type { Driver } from './driver.js'
import { SERVER_CODE } from './mongo-failure.js'

/** What the catalogue says of a collection. */
export interface Described {
  readonly kind: CollectionFacts['kind']
  /** Another one after it was dropped and made again. Undefined for views, and where listing is not allowed in full. */
  readonly uuid: string | undefined
  /** Whether there is an index on `_id` to cut at and to read along. */
  readonly idIndex: boolean
}

const KINDS: Readonly<Record<string, CollectionFacts['kind']>> = {
  collection: 'collection',
  view: 'view',
  timeseries: 'timeseries',
}

/** @throws {@link LakeferryError} `COLLECTION_MISSING`; else what the driver throws */
export async function describe(driver: Driver, db: Db, collection: string): Promise<Described> {
  const found = await list(driver, db, collection)
  if (found === undefined) {
    const namespace = `${db.databaseName}.${collection}`
    throw new LakeferryError('COLLECTION_MISSING', { namespace, known: await knownCollections(driver, db) })
  }
  const kind = KINDS[String(found['type'] ?? 'collection')] ?? 'collection'
  const uuid: unknown = found['info']?.uuid
  return {
    kind,
    uuid: uuid === undefined ? undefined : String(uuid),
    // Clustered collections keep their documents in the order of `_id`: they have no index, and need none to be read.
    idIndex: kind === 'collection' && !found['options']?.clusteredIndex && found['options']?.autoIndexId !== false,
  }
}

async function list(driver: Driver, db: Db, name: string): Promise<Document | undefined> {
  try {
    return (await db.listCollections({ name }).toArray())[0]
  } catch (error) {
    if (!isUnauthorized(driver, error)) throw error
    // Who may only read some collections may still see the names of those.
    const options = { nameOnly: true, authorizedCollections: true }
    return (await db.listCollections({ name }, options).toArray())[0]
  }
}

/** Names, sorted, without the server's own. Empty when we may not see any. */
export async function knownCollections(driver: Driver, db: Db): Promise<string[]> {
  try {
    const all = await db.listCollections({}, { nameOnly: true, authorizedCollections: true }).toArray()
    return all
      .map(({ name }) => name)
      .filter(name => !name.startsWith('system.'))
      .sort()
  } catch (error) {
    if (error instanceof driver.MongoServerError) return []
    throw error
  }
}

/** For progress only, in milliseconds: counting a view means running it. */
const COUNT_WITHIN_MS = 2_000
/** Documents whose size stands for that of all, where the server does not tell. */
const SIZE_SAMPLE = 100

/** Estimates; what the server does not tell is 0. */
export async function estimate(
  driver: Driver,
  db: Db,
  collection: string,
  kind: CollectionFacts['kind'],
): Promise<CollectionFacts> {
  const quietly = async (work: Promise<unknown>): Promise<number> => {
    try {
      const value = Number(await work)
      return Number.isFinite(value) && value > 0 ? Math.round(value) : 0
    } catch (error) {
      // Not allowed, not known, too slow: an estimate is no reason to stop. A broken connection is.
      if (error instanceof driver.MongoServerError) return 0
      throw error
    }
  }
  const documents = await quietly(
    db.command({ count: collection, maxTimeMS: COUNT_WITHIN_MS }).then(reply => reply['n']),
  )
  if (documents === 0) return { kind, documents, bytes: 0 }
  const storage = [
    { $collStats: { storageStats: {} } },
    { $group: { _id: null, size: { $sum: '$storageStats.size' } } },
  ]
  const average = [{ $limit: SIZE_SAMPLE }, { $group: { _id: null, size: { $avg: { $bsonSize: '$$ROOT' } } } }]
  const sizeOf = async (pipeline: Document[]) =>
    (await db.collection(collection).aggregate(pipeline, { maxTimeMS: COUNT_WITHIN_MS }).toArray())[0]?.['size']
  const ways = [
    () => (kind === 'collection' ? quietly(sizeOf(storage)) : 0),
    async () => documents * (await quietly(sizeOf(average))),
  ]
  for (const way of ways) {
    const bytes = await way()
    if (bytes > 0) return { kind, documents, bytes }
  }
  return { kind, documents, bytes: 0 }
}

function isUnauthorized(driver: Driver, error: unknown): boolean {
  return error instanceof driver.MongoServerError && error.code === SERVER_CODE.unauthorized
}
