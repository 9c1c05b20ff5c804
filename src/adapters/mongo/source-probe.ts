import type { Document } from 'mongodb'
import { reasonOf } from '../../errors.js'
import type { Guarantee } from '../../model/manifest.js'
import { type Asking, type Described, describe, knownCollections } from './collection-facts.js'
import type { Hello, MongoConnection } from './connection.js'
import { storedBytes } from './estimates.js'
import { findReadPoint } from './guarantee.js'
import { codeOf, isServerError, isTransient, isUnauthorized, SERVER_CODE } from './mongo-failure.js'

/** What a source is like, for `doctor`. */
export interface MongoProbe {
  /** The member that a run would read from, `host:port`. */
  readonly member: string
  /** `8.2.11`; `unknown` where the server does not tell. */
  readonly version: string
  /** `replica set rs0`, `sharded cluster`, `standalone server`. */
  readonly topology: string
  /** Collections that may be seen, sorted. */
  readonly collections: readonly string[]
  /** The collection that was tried; undefined when there is none. */
  readonly tried: string | undefined
  /** What a run of that collection could promise; undefined when none was tried. */
  readonly guarantee: Guarantee | undefined
  /** What a run of that collection has to do without. */
  readonly refusals: readonly Refusal[]
}

/** Something that the server did not let us do, and that a run can do without. */
export interface Refusal {
  /** What was refused, and the server's reason. */
  readonly refused: string
  /** What happens instead. */
  readonly instead: string
  /** What would help. */
  readonly remedy: string
}

/** @throws what the driver throws, and `COLLECTION_MISSING` for a collection that was named */
export async function probeMember(
  connection: MongoConnection,
  comment: string | undefined,
  named: string | undefined,
): Promise<MongoProbe> {
  const { driver } = connection
  const member = await connection.member()
  const asking: Asking = { driver, db: member.db, comment }
  const version = await member.client
    .db('admin')
    .command({ buildInfo: 1, ...(comment && { comment }) })
    .then(
      (info: Document) => String(info['version'] ?? 'unknown'),
      error => {
        if (isServerError(driver, error)) return 'unknown'
        throw error
      },
    )
  const collections = await knownCollections(asking)
  const tried = named ?? collections[0]
  let guarantee: Guarantee | undefined
  const refusals: Refusal[] = []
  if (tried !== undefined) {
    const described = await describe(asking, tried)
    guarantee = (await findReadPoint({ driver, member, collection: tried, filter: undefined, comment })).guarantee
    refusals.push(...(await refusalsOf(asking, tried, described)))
  }
  return {
    member: member.address,
    version,
    topology: topologyOf(member.hello),
    collections,
    tried,
    guarantee,
    refusals,
  }
}

async function refusalsOf(asking: Asking, collection: string, described: Described): Promise<Refusal[]> {
  const database = asking.db.databaseName
  const read = `Give the user the read role on ${database}`
  const refusals: Refusal[] = []
  const { refused } = described
  if (refused !== undefined) {
    refusals.push({
      refused: `listCollections (${refused.reason})`,
      instead:
        refused.what === 'options'
          ? 'that it is dropped and made again in mid-run cannot be seen, so only a snapshot is read on after it broke off'
          : 'it is read with one cursor, and not read on after it broke off',
      remedy: `${read}, or a role with the action listCollections on it.`,
    })
  }
  // Only collections have a size, and an index to be cut at.
  if (described.kind !== 'collection') return refusals
  const size = await refusalOf(asking, () => storedBytes(asking, collection))
  if (size !== undefined) {
    refusals.push({
      refused: `$collStats (${size})`,
      instead: 'its size is estimated from some documents',
      remedy: `${read} or clusterMonitor, or a role with the action collStats on ${database}.${collection}.`,
    })
  }
  const sample = await refusalOf(asking, () => sampleOne(asking, collection))
  if (sample !== undefined) {
    refusals.push({
      refused: `$sample (${sample})`,
      instead: 'it is read with one cursor, and columns are chosen by its first documents',
      remedy: `${read}; some servers that only speak MongoDB's protocol have no $sample at all.`,
    })
  }
  return refusals
}

function sampleOne({ db, comment }: Asking, collection: string): Promise<unknown> {
  return db
    .collection(collection)
    .aggregate([{ $sample: { size: 1 } }], { maxTimeMS: PROBE_WITHIN_MS, ...(comment && { comment }) })
    .toArray()
}

/** What is slow is not refused. In milliseconds. */
const PROBE_WITHIN_MS = 2_000

/** The server's reason. What it is too slow for, it does not refuse. */
async function refusalOf({ driver }: Asking, work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    if (isUnauthorized(driver, error)) return reasonOf(error)
    if (!isServerError(driver, error) || isTransient(driver, error)) throw error
    return codeOf(error) === SERVER_CODE.maxTimeMsExpired ? undefined : reasonOf(error)
  }
}

function topologyOf({ msg, setName }: Hello): string {
  if (msg === 'isdbgrid') return 'sharded cluster'
  return setName === undefined ? 'standalone server' : `replica set ${setName}`
}
