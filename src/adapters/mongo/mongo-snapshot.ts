import type { Document } from 'mongodb'
import { isLakeferryError, LakeferryError } from '../../errors.js'
import type { IdRange, RawBlock, SourceSnapshot } from '../../ports/document-source.js'
import { type Described, describe } from './collection-facts.js'
import type { Member, MongoConnection } from './connection.js'
import type { Probed, ReadPoint } from './guarantee.js'
import { boundsOf, EVERYTHING, rangesFrom, samplePipeline, sampleSize } from './id-ranges.js'
import { codeOf, SERVER_CODE } from './mongo-failure.js'
import { type CursorRequest, rawCursor, readWhole } from './raw-cursor.js'

/**
 * For choosing split points, in milliseconds. Where a sample takes longer than this the server reads the collection for
 * it, and one cursor is quicker than several.
 */
const SPLIT_WITHIN_MS = 3_000
const SPLIT_GRACE_MS = 500

/** One collection, read from one member at one point in time. */
export class MongoSnapshot implements SourceSnapshot {
  readonly guarantee: ReadPoint['guarantee']
  readonly #connection: MongoConnection
  readonly #probed: Probed
  readonly #described: Described
  readonly #point: ReadPoint
  readonly #closing = new AbortController()
  readonly #reading = new Set<AsyncGenerator<RawBlock>>()

  constructor(connection: MongoConnection, probed: Probed, described: Described, point: ReadPoint) {
    this.guarantee = point.guarantee
    this.#connection = connection
    this.#probed = probed
    this.#described = described
    this.#point = point
  }

  get #member(): Member {
    return this.#probed.member
  }

  async ranges(count: number): Promise<readonly IdRange[]> {
    if (!Number.isInteger(count) || count < 1) throw new RangeError(`count must be a positive integer, got ${count}`)
    // Views and time-series collections have no index to cut at, and a clustered collection none that takes bounds.
    if (count === 1 || !this.#described.idIndex) return [EVERYTHING]
    const size = sampleSize(count)
    // Not every server looks at the clock while it reads.
    const late = AbortSignal.timeout(SPLIT_WITHIN_MS + SPLIT_GRACE_MS)
    const signal = AbortSignal.any([this.#closing.signal, late])
    let sample: RawBlock
    try {
      const ids = this.#aggregate(samplePipeline(size), size, { maxTimeMS: SPLIT_WITHIN_MS }, signal)
      sample = await readWhole(ids, size)
    } catch (error) {
      const told = isLakeferryError(error, 'SOURCE_INTERRUPTED') && codeOf(error.cause) === SERVER_CODE.maxTimeMsExpired
      if (this.#closing.signal.aborted || !(told || late.aborted)) throw error
      return [EVERYTHING]
    }
    return rangesFrom(this.#connection.driver, sample, count)
  }

  async sample(count: number): Promise<RawBlock> {
    const { filter } = this.#probed
    // With a filter $sample would read everything that matches; the first ones are good enough for a first look.
    const pipeline = filter === undefined ? [{ $sample: { size: count } }] : [{ $match: filter }, { $limit: count }]
    return readWhole(this.#aggregate(pipeline, count), count)
  }

  async *read(range: IdRange, signal?: AbortSignal): AsyncGenerator<RawBlock> {
    const stop = signal === undefined ? this.#closing.signal : AbortSignal.any([signal, this.#closing.signal])
    const blocks = rawCursor({
      ...this.#cursor(stop),
      at: this.#point.at,
      first: batchSize => this.#find(range, batchSize),
    })
    this.#reading.add(blocks)
    let read = 0
    try {
      for await (const block of blocks) {
        read += block.starts.length
        yield block
      }
      await this.#stillThere(read)
    } finally {
      this.#reading.delete(blocks)
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new LakeferryError('INTERRUPTED', { signal: 'the end of the export' }))
    await Promise.allSettled([...this.#reading].map(blocks => blocks.return(undefined)))
  }

  #cursor(signal?: AbortSignal): Omit<CursorRequest, 'first'> {
    const { driver, collection, comment } = this.#probed
    return {
      driver,
      member: this.#member,
      collection,
      comment,
      signal,
      failure: (error, read) => this.#failure(error, read, signal),
    }
  }

  #find(range: IdRange, batchSize: number): Document {
    const { driver, collection, comment } = this.#probed
    const { idIndex } = this.#described
    const filters = [this.#probed.filter, ...boundsOf(driver, range)].filter(part => part !== undefined)
    return {
      find: collection,
      batchSize,
      ...(filters.length > 0 && { filter: filters.length === 1 ? filters[0] : { $and: filters } }),
      // A view would have to be sorted as a whole first; a clustered collection is in this order as it is.
      ...(idIndex && { sort: { _id: 1 } }),
      ...(this.#point.readConcern && { readConcern: this.#point.readConcern }),
      ...(this.#point.noCursorTimeout && { noCursorTimeout: true }),
      ...(comment && { comment }),
    }
  }

  #aggregate(
    pipeline: Document[],
    expected: number,
    options: Document = {},
    signal: AbortSignal = this.#closing.signal,
  ): AsyncGenerator<RawBlock> {
    const { collection, comment } = this.#probed
    return rawCursor({
      ...this.#cursor(signal),
      firstBatch: expected,
      first: batchSize => ({
        aggregate: collection,
        pipeline,
        cursor: { batchSize },
        ...(comment && { comment }),
        ...options,
      }),
    })
  }

  /** A collection that was dropped reads like one that has ended. */
  async #stillThere(read: number): Promise<void> {
    const { driver, member, collection } = this.#probed
    const { uuid } = this.#described
    if (uuid === undefined) return
    let now: string | undefined
    try {
      now = (await describe(driver, member.db, collection)).uuid
    } catch (error) {
      if (!(error instanceof LakeferryError)) throw this.#failure(error, read)
    }
    if (now === uuid) return
    const reason =
      now === undefined ? 'the collection was dropped meanwhile' : 'the collection was dropped and made again meanwhile'
    throw new LakeferryError('SOURCE_INTERRUPTED', { namespace: this.#namespace, read, reason })
  }

  get #namespace(): string {
    return `${this.#connection.database}.${this.#probed.collection}`
  }

  #failure(error: unknown, read: number, signal?: AbortSignal): unknown {
    return this.#connection.failure(error, { namespace: this.#namespace, operation: 'find', read, signal })
  }
}
