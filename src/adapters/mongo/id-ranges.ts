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
 */
export function boundsOf(driver: Driver, { from, until }: IdRange): Document[] {
  const conditions: Document[] = []
  if (from !== undefined) conditions.push({ $expr: { $gte: ['$_id', { $literal: idOf(driver, from) }] } })
  if (until !== undefined) conditions.push({ $expr: { $lt: ['$_id', { $literal: idOf(driver, until) }] } })
  return conditions
}

function idOf(driver: Driver, bytes: Uint8Array): unknown {
  return driver.BSON.deserialize(bytes, LOSSLESS)['_id']
}

const LOSSLESS = { promoteValues: false, bsonRegExp: true } as const

/**
 * Whether an id can be a bound. It goes to the server through a JavaScript object, which keeps most ids, but for one the
 * order of its fields. And what a NaN is compared to is no place to depend on.
 */
function isSound(driver: Driver, bytes: Uint8Array): boolean {
  const document = driver.BSON.deserialize(bytes, LOSSLESS)
  return !/NaN/.test(String(document['_id'])) && Buffer.compare(driver.BSON.serialize(document), bytes) === 0
}

function* documentsOf({ bytes, starts }: RawBlock): Generator<Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (const start of starts) yield bytes.slice(start, start + view.getInt32(start, true))
}
