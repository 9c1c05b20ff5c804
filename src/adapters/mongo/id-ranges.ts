import type { Document } from 'mongodb'
import type { IdRange, RawBlock } from '../../ports/document-source.js'
import type { Driver } from './driver.js'

export const EVERYTHING: IdRange = { from: undefined, until: undefined }

/** Ids looked at for each range that is wanted: their spread is even enough, and the server reads no more than these. */
const SAMPLES_PER_RANGE = 100
const MAX_SAMPLES = 2_000

export function sampleSize(ranges: number): number {
  return Math.min(MAX_SAMPLES, ranges * SAMPLES_PER_RANGE)
}

/** Ids from anywhere, in the order of the index on `_id`: BSON's, or that of the collection's collation. */
export function samplePipeline(size: number): Document[] {
  // Without the filter: with it, the server would have to read the whole collection to choose from.
  return [{ $sample: { size } }, { $project: { _id: 1 } }, { $sort: { _id: 1 } }]
}

/** Cuts at quantiles of `{_id: …}` documents in ascending order, duplicates allowed. */
export function rangesFrom(driver: Driver, sample: RawBlock, count: number): readonly IdRange[] {
  const ids: Uint8Array[] = []
  for (const bound of documentsOf(sample)) {
    const last = ids.at(-1)
    if ((last === undefined || Buffer.compare(last, bound) !== 0) && isSound(driver, bound)) ids.push(bound)
  }
  const bounds: Uint8Array[] = []
  for (let range = 1; range < count; range++) {
    // Never the first: below it there may be nothing.
    const index = Math.floor((range * ids.length) / count)
    const bound = ids[index]
    if (index > 0 && bound !== undefined && bound !== bounds.at(-1)) bounds.push(bound)
  }
  const edges = [undefined, ...bounds, undefined]
  return edges.slice(1).map((until, index) => ({ from: edges[index], until }))
}

/**
 * Conditions of a query for the documents of a range. As expressions, because those compare in the one order over all
 * types, and along the index; the query operators `$gte` and `$lt` see values of the bound's own type only.
 *
 * @param after leaves out what comes before it as well, and itself
 */
export function boundsOf(driver: Driver, { from, until }: IdRange, after?: Uint8Array): Document[] {
  const conditions: Document[] = []
  if (after !== undefined) conditions.push(compared(driver, '$gt', after))
  else if (from !== undefined) conditions.push(compared(driver, '$gte', from))
  if (until !== undefined) conditions.push(compared(driver, '$lt', until))
  return conditions
}

/** A condition on `_id`, by an operator of expressions. */
export function compared(driver: Driver, operator: '$gt' | '$gte' | '$lt' | '$eq', id: Uint8Array): Document {
  return { $expr: { [operator]: ['$_id', { $literal: driver.BSON.deserialize(id, LOSSLESS)['_id'] }] } }
}

const LOSSLESS = { promoteValues: false, bsonRegExp: true } as const

/**
 * Whether an id can be a bound. It goes to the server through a JavaScript object, which keeps most ids, but for one the
 * order of its fields, and for another a text that is no UTF-8. And what a NaN is compared to is no place to depend on.
 */
export function isSound(driver: Driver, bytes: Uint8Array): boolean {
  const { deserialize, serialize } = driver.BSON
  let document: Document
  try {
    document = deserialize(bytes, LOSSLESS)
  } catch (error) {
    if (error instanceof driver.BSON.BSONError) return false
    throw error
  }
  return !holdsNaN(document['_id']) && Buffer.compare(serialize(document, { ignoreUndefined: false }), bytes) === 0
}

function holdsNaN(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { _bsontype: type } = value as { _bsontype?: unknown }
  if (type === 'Double' || type === 'Decimal128') return String(value) === 'NaN'
  return type === undefined && Object.values(value).some(holdsNaN)
}

function* documentsOf({ bytes, starts }: RawBlock): Generator<Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (const start of starts) yield bytes.slice(start, start + view.getInt32(start, true))
}
