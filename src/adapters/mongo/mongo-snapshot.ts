import type { Document } from 'mongodb'
import { LakeferryError } from '../../errors.js'
import type { IdRange, RawBlock, ReadOptions, SourceSnapshot } from '../../ports/document-source.js'
import type { ReadPoint } from './guarantee.js'
import { EVERYTHING, rangesFrom, samplePipeline, sampleSize } from './id-ranges.js'
import { isServerError, isTransient } from './mongo-failure.js'
import { isResumable, RangeReader, type Reading } from './range-reader.js'
import { rawCursor, readWhole } from './raw-cursor.js'

/**
 * For samples, in milliseconds. Where choosing split points takes longer than this the server reads the collection for it,
 * and one cursor is quicker than several.
 */
const SAMPLE_WITHIN_MS = 3_000
const SAMPLE_GRACE_MS = 500

/** One collection, at one point in time. */
export class MongoSnapshot implements SourceSnapshot {
  readonly guarantee: ReadPoint['guarantee']
  readonly order: Reading['order']
  readonly resumable: boolean
  readonly #reading: Reading
  readonly #closing = new AbortController()
  readonly #readers = new Set<RangeReader>()

  constructor(reading: Reading) {
    this.guarantee = reading.point.guarantee
    this.order = reading.order
    this.resumable = isResumable(reading)
    this.#reading = reading
  }

  async ranges(count: number, signal?: AbortSignal): Promise<readonly IdRange[]> {
    if (!Number.isInteger(count) || count < 1) throw new RangeError(`count must be a positive integer, got ${count}`)
    // Views and time-series collections have no index to cut at, and a clustered collection none that takes bounds.
    if (count === 1 || !this.#reading.described.idIndex || this.order === 'stored') return [EVERYTHING]
    const size = sampleSize(count)
    const sample = await this.#trySample(samplePipeline(size), size, this.#stop(signal))
    return sample === undefined ? [EVERYTHING] : rangesFrom(this.#reading.connection.driver, sample, count)
  }

  async sample(count: number, signal?: AbortSignal): Promise<RawBlock> {
    const { filter } = this.#reading.probed
    const stop = this.#stop(signal)
    const first = { $limit: count }
    // With a filter $sample would read everything that matches; the first ones are good enough for a first look.
    const sample = filter === undefined ? await this.#trySample([{ $sample: { size: count } }], count, stop) : undefined
    if (sample !== undefined) return sample
    const pipeline = filter === undefined ? [first] : [{ $match: filter }, first]
    return this.#told(() => this.#aggregate(pipeline, count, {}, stop), stop)
  }

  async *read(range: IdRange, { signal, after }: ReadOptions = {}): AsyncGenerator<RawBlock> {
    if (after !== undefined && !this.resumable)
      throw new RangeError('after is for snapshots that are resumable, and this one is not')
    const stop = this.#stop(signal)
    const reader = new RangeReader(this.#reading, range, stop, after)
    this.#readers.add(reader)
    try {
      yield* reader.read()
    } finally {
      this.#readers.delete(reader)
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new LakeferryError('INTERRUPTED', { signal: 'the end of the export' }))
    await Promise.allSettled([...this.#readers].map(reader => reader.close()))
  }

  /** Whoever stops the export, or closes the snapshot. */
  #stop(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.#closing.signal : AbortSignal.any([signal, this.#closing.signal])
  }

  /** Undefined where the server does not do it, or not soon. */
  #trySample(pipeline: Document[], size: number, stop: AbortSignal): Promise<RawBlock | undefined> {
    // Not every server looks at the clock while it reads.
    const late = AbortSignal.timeout(SAMPLE_WITHIN_MS + SAMPLE_GRACE_MS)
    const signal = AbortSignal.any([stop, late])
    return this.#told(async () => {
      try {
        return await this.#aggregate(pipeline, size, { maxTimeMS: SAMPLE_WITHIN_MS }, signal)
      } catch (error) {
        if (stop.aborted) throw error
        const { driver } = this.#reading.connection
        if (late.aborted || (isServerError(driver, error) && !isTransient(driver, error))) return undefined
        throw error
      }
    }, stop)
  }

  #aggregate(pipeline: Document[], expected: number, options: Document, signal: AbortSignal): Promise<RawBlock> {
    const { probed, pace } = this.#reading
    const blocks = rawCursor({
      ...probed,
      pace,
      signal,
      minded: false,
      firstBatch: expected,
      first: batchSize => ({ aggregate: probed.collection, pipeline, cursor: { batchSize }, ...options }),
    })
    return readWhole(blocks, expected)
  }

  async #told<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const { connection, probed } = this.#reading
    try {
      return await work()
    } catch (error) {
      const namespace = `${connection.database}.${probed.collection}`
      throw connection.failure(error, { namespace, operation: 'find', signal })
    }
  }
}
