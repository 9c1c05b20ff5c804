import type { Db, Document } from 'mongodb'
import { LakeferryError, reasonOf } from '../../errors.js'
import type { CollectionFacts } from '../../ports/document-source.js'
import type { Driver } from './driver.js'
import { isServerError, isUnauthorized } from './mongo-failure.js'

/** Whom to ask about a collection, and how the question is signed. */
export interface Asking {
  readonly driver: Driver
  readonly db: Db
  readonly comment: string | undefined
}

/** What the catalogue says of a collection. */
export interface Described {
  readonly kind: CollectionFacts['kind']
  /** Another one after it was dropped and made again. Undefined for views, and where we may not see it. */
  readonly uuid: string | undefined
  /** What the collection was made with, as text. Undefined where we may not see it. */
  readonly options: string | undefined
  /** Whether there is an index on `_id` to cut at and to read along. */
  readonly idIndex: boolean
  /** Documents are kept in the order of `_id`, without an index on it. */
  readonly clustered: boolean
  /** The oldest documents make place for new ones. */
  readonly capped: boolean
  /** The reason of the server that kept something from us. */
  readonly refused: { readonly what: 'options' | 'everything'; readonly reason: string } | undefined
}

const KINDS: Readonly<Record<string, CollectionFacts['kind']>> = {
  collection: 'collection',
  view: 'view',
  timeseries: 'timeseries',
}

/** @throws {@link LakeferryError} `COLLECTION_MISSING`; else what the driver throws */
export async function describe(asking: Asking, collection: string): Promise<Described> {
  const { found, refused } = await list(asking, collection)
  if (found === undefined) {
    const namespace = `${asking.db.databaseName}.${collection}`
    throw new LakeferryError('COLLECTION_MISSING', { namespace, known: await knownCollections(asking) })
  }
  const options: Document | undefined = found['options']
  // Not every server tells a time-series collection by its type.
  const kind = options?.['timeseries'] ? 'timeseries' : (KINDS[String(found['type'] ?? 'collection')] ?? 'collection')
  const uuid: unknown = found['info']?.uuid
  const clustered = kind === 'collection' && Boolean(options?.['clusteredIndex'])
  return {
    kind,
    uuid: uuid === undefined ? undefined : String(uuid),
    options: options === undefined ? undefined : asking.driver.BSON.EJSON.stringify(options, { relaxed: false }),
    idIndex:
      kind === 'collection' && !clustered && options?.['autoIndexId'] !== false && refused?.what !== 'everything',
    clustered,
    capped: Boolean(options?.['capped']),
    refused,
  }
}

async function list(
  asking: Asking,
  name: string,
): Promise<{ found: Document | undefined; refused: Described['refused'] }> {
  const { driver, db, comment } = asking
  const signed = { ...(comment && { comment }) }
  try {
    return { found: (await db.listCollections({ name }, signed).toArray())[0], refused: undefined }
  } catch (error) {
    if (!isUnauthorized(driver, error)) throw error
    try {
      // Who may only read some collections may still see the names of those.
      const options = { nameOnly: true, authorizedCollections: true, ...signed }
      const found = (await db.listCollections({ name }, options).toArray())[0]
      return { found, refused: { what: 'options', reason: reasonOf(error) } }
    } catch (again) {
      if (!isUnauthorized(driver, again)) throw again
      // It is there if it has a document. If it has none, nobody can tell whether it is empty or absent.
      if (!(await hasDocuments(asking, name))) throw again
      return { found: { name }, refused: { what: 'everything', reason: reasonOf(error) } }
    }
  }
}

async function hasDocuments({ db, comment }: Asking, collection: string): Promise<boolean> {
  const find = { find: collection, limit: 1, singleBatch: true, projection: { _id: 1 }, ...(comment && { comment }) }
  const reply = await db.command(find, { readPreference: db.readPreference })
  return reply['cursor'].firstBatch.length > 0
}

/**
 * What became of a collection since it was described, in words; undefined when it is still the same, as far as we may see.
 * To whoever reads, one that was dropped looks like one that has ended.
 */
export async function changeOf(asking: Asking, collection: string, before: Described): Promise<string | undefined> {
  let now: Described
  try {
    now = await describe(asking, collection)
  } catch (error) {
    const gone =
      error instanceof LakeferryError || (before.refused?.what === 'everything' && isUnauthorized(asking.driver, error))
    if (!gone) throw error
    const name = await nameOf(asking, before.uuid)
    return name === undefined
      ? 'the collection was dropped meanwhile'
      : `the collection was renamed to ${name} meanwhile`
  }
  if (before.uuid === undefined || now.uuid === undefined) {
    const same = before.kind === now.kind && (now.options ?? before.options) === (before.options ?? now.options)
    return same ? undefined : `the ${before.kind} was made anew meanwhile`
  }
  return now.uuid === before.uuid ? undefined : 'the collection was dropped and made again meanwhile'
}

async function nameOf({ driver, db, comment }: Asking, uuid: string | undefined): Promise<string | undefined> {
  if (uuid === undefined) return undefined
  try {
    const filter = { 'info.uuid': new driver.UUID(uuid) }
    return (await db.listCollections(filter, { ...(comment && { comment }) }).toArray())[0]?.name
  } catch (error) {
    if (isServerError(driver, error)) return undefined
    throw error
  }
}

/** Names, sorted, without the server's own. Empty when we may not see any. */
export async function knownCollections({ driver, db, comment }: Asking): Promise<string[]> {
  try {
    const options = { nameOnly: true, authorizedCollections: true, ...(comment && { comment }) } as const
    const all = await db.listCollections({}, options).toArray()
    return all
      .map(({ name }) => name)
      .filter(name => !name.startsWith('system.'))
      .sort()
  } catch (error) {
    if (isServerError(driver, error)) return []
    throw error
  }
}

/**
 * Whether a clustered collection is read in the order of `_id` as it is. The server is asked for its plan: one that would
 * have to sort all documents first is not held to the order.
 */
export async function isKeptInOrder({ driver, db, comment }: Asking, collection: string): Promise<boolean> {
  const explain = { find: collection, sort: { _id: 1 }, ...(comment && { comment }) }
  try {
    const command = { explain, verbosity: 'queryPlanner', ...(comment && { comment }) }
    const plan = await db.command(command, { readPreference: db.readPreference })
    return plan['queryPlanner']?.winningPlan !== undefined && !sorts(plan['queryPlanner'].winningPlan)
  } catch (error) {
    if (isServerError(driver, error)) return false
    throw error
  }
}

function sorts(plan: unknown): boolean {
  if (typeof plan !== 'object' || plan === null) return false
  return (plan as { stage?: unknown }).stage === 'SORT' || Object.values(plan).some(sorts)
}
