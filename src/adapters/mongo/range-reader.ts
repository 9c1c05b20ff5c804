import type { Document } from 'mongodb'
import { interruption, isLakeferryError, LakeferryError, reasonOf } from '../../errors.js'
import type { IdRange, RawBlock, ReadOptions, SourceSnapshot } from '../../ports/document-source.js'
import { Bookmark, wholeTwins, without } from './bookmark.js'
import { changeOf, type Described } from './collection-facts.js'
import type { Member, MongoConnection, MongoOptions } from './connection.js'
import { type Probed, type ReadPoint, whyNotHonoured } from './guarantee.js'
import { boundsOf, compared, isSound } from './id-ranges.js'
import { isTransient } from './mongo-failure.js'
import type { Pace } from './pace.js'
import { FIRST_BATCH, rawCursor } from './raw-cursor.js'
import { REPLY_PATIENCE, Resumption } from './resumption.js'
import { StoredReading } from './stored-order.js'

/** What all reading of one collection, at one point in time, has in common. */
export interface Reading {
  readonly connection: MongoConnection
  readonly options: Pick<MongoOptions, 'resume' | 'patience'>
  /** Whom to begin with. */
  readonly probed: Probed
  readonly described: Described
  readonly point: ReadPoint
  readonly pace: Pace
  readonly order: SourceSnapshot['order']
  readonly onNotice: ((text: string) => void) | undefined
}

/**
 * Whether reading can go on after an `_id`: there is an order to go on in, and it is sure to be the same collection, either
 * by its UUID or because all is read as it was at one time.
 */
export function isResumable({ order, described, point }: Reading): boolean {
  return order === 'id' && (described.uuid !== undefined || point.at !== undefined)
}

/** Reads one range to its end, over as many cursors as it takes. */
export class RangeReader {
  readonly #reading: Reading
  readonly #range: IdRange
  readonly #signal: AbortSignal
  readonly #resumption: Resumption
  readonly #bookmark: Bookmark
  readonly #stored: StoredReading | undefined
  #member: Member
  #read = 0
  /** The cursor that is open. */
  #blocks: AsyncGenerator<RawBlock> | undefined

  constructor(reading: Reading, range: IdRange, signal: AbortSignal, after: ReadOptions['after']) {
    this.#reading = reading
    this.#range = range
    this.#signal = signal
    this.#resumption = new Resumption(reading.options.resume)
    this.#bookmark = new Bookmark(reading.connection.driver, after?.lastId)
    this.#stored = reading.order === 'stored' ? new StoredReading() : undefined
    this.#member = reading.probed.member
    this.#read = after?.documents ?? 0
  }

  /** @throws what the port says */
  async *read(): AsyncGenerator<RawBlock> {
    let broken: unknown
    let begun = false
    for (;;) {
      try {
        if (broken !== undefined) await this.#chooseAnew()
        if (!begun) await this.#checkBeginning()
        begun = true
        const blocks = this.#open()
        this.#blocks = blocks
        for await (const block of this.#isSharded ? wholeTwins(blocks) : blocks) {
          if (broken !== undefined) this.#tellMended(broken)
          broken = undefined
          if (block.starts.length === 0) continue
          this.#bookmark.move(block)
          const problem = this.#stored?.add(block)
          if (problem !== undefined) throw this.#outOfOrder(problem)
          this.#read += block.starts.length
          this.#resumption.progressed()
          yield block
        }
        if (broken !== undefined) this.#tellMended(broken)
        broken = undefined
        // Closed by somebody else, it looks like the end.
        if (this.#signal.aborted) throw interruption(this.#signal)
        await this.#expectSame(this.#member)
        return
      } catch (error) {
        if (!(await this.#mayGoOn(error))) throw this.#failure(error)
        broken = error
      }
    }
  }

  /** Closes the cursor on the server, when the consumer has left it open. */
  async close(): Promise<void> {
    await this.#blocks?.return(undefined)
  }

  get #isSharded(): boolean {
    return this.#reading.order === 'id' && this.#reading.probed.member.hello.msg === 'isdbgrid'
  }

  async *#open(): AsyncGenerator<RawBlock> {
    const { probed, point, pace, described } = this.#reading
    const { last, after } = this.#bookmark
    // What was had after an id that cannot be asked for comes again.
    const had = new Set(after)
    const { tries } = this.#resumption
    const patience = { ...REPLY_PATIENCE, ...this.#reading.options.patience }
    const longer = 2 ** tries
    const blocks = rawCursor({
      driver: probed.driver,
      member: this.#member,
      collection: probed.collection,
      comment: probed.comment,
      pace,
      // Documents that match may be rare here and frequent there, and a view may do anything.
      minded: probed.filter === undefined && described.kind === 'collection',
      at: point.at,
      // Where connections break after so many bytes, less gets through.
      firstBatch: Math.max(1, FIRST_BATCH >> tries),
      patience:
        isResumable(this.#reading) || this.#stored !== undefined
          ? {
              first: patience.slowMs * longer,
              more: (probed.filter === undefined ? patience.quickMs : patience.slowMs) * longer,
            }
          : undefined,
      signal: this.#signal,
      first: batchSize => this.#find(boundsOf(probed.driver, this.#range, last), batchSize),
    })
    for await (const block of blocks) yield without(block, had)
  }

  #find(bounds: readonly Document[], batchSize: number): Document {
    const { probed, point, order } = this.#reading
    const filters = [probed.filter, ...bounds].filter(part => part !== undefined)
    return {
      find: probed.collection,
      batchSize,
      ...(filters.length > 0 && { filter: filters.length === 1 ? filters[0] : { $and: filters } }),
      // A view would have to be sorted as a whole first.
      ...(order === 'id' && { sort: { _id: 1 } }),
      ...(point.readConcern && { readConcern: point.readConcern }),
      ...(point.noCursorTimeout && { noCursorTimeout: true }),
    }
  }

  /** Another process's last `_id` has to be one that reading can go on after. */
  async #checkBeginning(): Promise<void> {
    const { last } = this.#bookmark
    if (last === undefined) return
    const { driver, collection } = this.#reading.probed
    if (!isSound(driver, last)) throw this.#interrupted('it cannot go on after an _id like that of the last document')
    if (!this.#isSharded) return
    // Which of the twins was the last one, nobody knows.
    const find = {
      ...this.#find([compared(driver, '$eq', last)], 2),
      projection: { _id: 1 },
      limit: 2,
      singleBatch: true,
    }
    const { comment } = this.#reading.probed
    const { db } = this.#member
    const options = { signal: this.#signal, readPreference: db.readPreference }
    const reply = await db.command({ ...find, ...(comment && { comment }) }, options)
    if (reply['cursor'].firstBatch.length > 1)
      throw this.#interrupted(`several shards of ${collection} have a document with the _id of the last one`)
  }

  async #mayGoOn(error: unknown): Promise<boolean> {
    if (this.#signal.aborted || !isResumable(this.#reading) || this.#bookmark.lost) return false
    if (!isTransient(this.#reading.connection.driver, error)) return false
    try {
      return await this.#resumption.wait(this.#signal)
    } catch {
      return false
    }
  }

  async #chooseAnew(): Promise<void> {
    const { connection, probed, point } = this.#reading
    const member = await connection.member(this.#signal)
    await this.#expectSame(member)
    if (point.at !== undefined) {
      const reason = await whyNotHonoured({ ...probed, member }, point.at)
      if (reason !== undefined) throw this.#interrupted(reason)
    }
    this.#member = member
  }

  async #expectSame({ db }: Member): Promise<void> {
    const { probed, described } = this.#reading
    const { driver, comment, collection } = probed
    const change = await changeOf({ driver, db, comment }, collection, described)
    if (change !== undefined) throw this.#interrupted(change)
  }

  #tellMended(error: unknown): void {
    const failure = this.#told(error)
    const known = isLakeferryError(failure) && 'reason' in failure.details
    const reason = known ? failure.details.reason : reasonOf(failure)
    this.#reading.onNotice?.(
      `Reading ${this.#namespace} broke off (${reason}); taken up again after ${this.#read} documents of its range, on ${this.#member.address}.`,
    )
  }

  get #namespace(): string {
    return `${this.#reading.connection.database}.${this.#reading.probed.collection}`
  }

  #interrupted(reason: string): LakeferryError {
    return new LakeferryError('SOURCE_INTERRUPTED', { namespace: this.#namespace, read: this.#read, reason })
  }

  /** This reading, as it is stored, cannot be gone on with; another can be begun. */
  #outOfOrder(reason: string, cause?: unknown): LakeferryError {
    const details = { namespace: this.#namespace, read: this.#read, reason }
    return new LakeferryError('SOURCE_ORDER', details, cause === undefined ? undefined : { cause })
  }

  #told(error: unknown): unknown {
    const attempt = { namespace: this.#namespace, operation: 'find', read: this.#read, signal: this.#signal }
    return this.#reading.connection.failure(error, attempt)
  }

  /** What nobody could mend, with what was tried. */
  #failure(error: unknown): unknown {
    const failure = this.#told(error)
    // What another reading mends, which can be gone on with.
    const passing =
      this.#stored !== undefined && !this.#signal.aborted && isTransient(this.#reading.connection.driver, error)
    if (passing && isLakeferryError(failure)) {
      const reason = 'reason' in failure.details ? failure.details.reason : failure.message
      return this.#outOfOrder(reason, error)
    }
    const tried = this.#bookmark.lost
      ? 'its last documents have an _id that reading cannot go on after'
      : this.#resumption.spent
    if (tried === '' || !isLakeferryError(failure, 'SOURCE_INTERRUPTED')) return failure
    const reason = `${failure.details.reason} (${tried})`
    return new LakeferryError('SOURCE_INTERRUPTED', { ...failure.details, reason }, { cause: error })
  }
}
