import type { Document } from 'mongodb'
import { LakeferryError } from '../../errors.js'
import type { RawBlock } from '../../ports/document-source.js'
import type {
  LiveBatch,
  LiveChanges,
  LiveDatabase,
  LiveFilter,
  LiveIndex,
  LiveQuery,
} from '../../ports/live-database.js'
import { MongoConnection, type MongoOptions } from './connection.js'
import { readCursorReply } from './cursor-reply.js'
import { MongoChanges } from './live-changes.js'
import { ensureIndex } from './live-indexes.js'
import { loadSequencer, type Sequencer } from './raw-command.js'

/** A question that takes longer is none that a page should wait for, in milliseconds. */
const MAX_TIME_MS = 15_000
/** Documents in a reply of {@link LiveDatabase.readAll}. */
const BATCH = 1_000
const DUPLICATE_KEY = 11_000
const MAJORITY = { w: 'majority' } as const

/**
 * Connects, and fails now when it cannot.
 *
 * @throws {@link LakeferryError} `SOURCE_URI`, `SOURCE_UNREACHABLE`, `SOURCE_AUTH`
 */
export async function openLiveDatabase(options: MongoOptions): Promise<LiveDatabase> {
  const connection = await MongoConnection.open({ ...options, readPreference: 'primary', monitorCommands: false })
  return new MongoLiveDatabase(connection, await loadSequencer())
}

class MongoLiveDatabase implements LiveDatabase {
  readonly #connection: MongoConnection
  readonly #sequence: Sequencer

  constructor(connection: MongoConnection, sequence: Sequencer) {
    this.#connection = connection
    this.#sequence = sequence
  }

  read(collection: string, query: LiveQuery, signal?: AbortSignal): Promise<LiveBatch> {
    return this.#told(collection, 'read', signal, async () => {
      const { limit, skip } = query
      const { id, block } = await this.#reply(
        // The reply in which the limit is reached ends the cursor; a full one ends before.
        {
          ...findCommand(collection, query),
          ...{ limit, batchSize: limit, maxTimeMS: MAX_TIME_MS },
          ...(skip ? { skip } : {}),
        },
        limit,
        signal,
      )
      if (id !== 0n) await this.#kill(collection, id)
      return { block, more: id !== 0n && block.starts.length < limit }
    })
  }

  async *readAll(
    collection: string,
    query: Omit<LiveQuery, 'limit' | 'skip'>,
    signal?: AbortSignal,
  ): AsyncIterable<RawBlock> {
    const { client } = this.#connection
    // Its commands have to go to one session, and so do those that end it.
    const session = client.startSession()
    const first = { ...findCommand(collection, query), batchSize: BATCH }
    let id = 0n
    try {
      let next: Document = first
      do {
        const reply = await this.#told(collection, 'read', signal, () => this.#reply(next, BATCH, signal, { session }))
        id = reply.id
        yield reply.block
        next = { getMore: this.#connection.driver.Long.fromBigInt(id), collection, batchSize: BATCH }
      } while (id !== 0n)
    } finally {
      if (id !== 0n) await this.#kill(collection, id, { session })
      await session.endSession().catch(() => undefined)
    }
  }

  count(collection: string, filter: LiveFilter, signal?: AbortSignal): Promise<number> {
    return this.#told(collection, 'count', signal, async () => {
      const query = Object.keys(filter).length === 0 ? {} : { query: filter }
      const reply = await this.#connection.db.command(
        { count: collection, ...query, maxTimeMS: MAX_TIME_MS },
        signal === undefined ? {} : { signal },
      )
      return Number(reply['n'])
    })
  }

  insert(collection: string, document: Uint8Array): Promise<'inserted' | 'duplicate'> {
    return this.#told(collection, 'insert into', undefined, async () => {
      const documents = this.#sequence('documents', [document])
      const reply = await this.#connection.db.command({ insert: collection, writeConcern: MAJORITY, documents })
      const error = failureIn(reply)
      if (error === undefined) return 'inserted'
      if (error.code === DUPLICATE_KEY) return 'duplicate'
      throw this.#refusal(error)
    })
  }

  swap(collection: string, expected: Uint8Array, document: Uint8Array): Promise<boolean> {
    return this.#told(collection, 'update', undefined, async () => {
      const { BSON } = this.#connection.driver
      const update = withDocument(BSON.serialize({ q: this.#exactly(expected), multi: false }), 'u', document)
      const updates = this.#sequence('updates', [update])
      const reply = await this.#connection.db.command({ update: collection, writeConcern: MAJORITY, updates })
      const error = failureIn(reply)
      if (error !== undefined) throw this.#refusal(error)
      return Number(reply['n']) === 1
    })
  }

  removeExactly(collection: string, expected: Uint8Array): Promise<boolean> {
    return this.#told(collection, 'delete from', undefined, async () => {
      const deletes = [{ q: this.#exactly(expected), limit: 1 }]
      const reply = await this.#connection.db.command({ delete: collection, writeConcern: MAJORITY, deletes })
      const error = failureIn(reply)
      if (error !== undefined) throw this.#refusal(error)
      return Number(reply['n']) === 1
    })
  }

  ensureIndex(collection: string, index: LiveIndex): ReturnType<LiveDatabase['ensureIndex']> {
    const { driver, db } = this.#connection
    return this.#told(collection, 'create an index of', undefined, () => ensureIndex(driver, db, collection, index))
  }

  changes(collection: string, options: { readonly after?: string; readonly signal: AbortSignal }): LiveChanges {
    const { driver, db } = this.#connection
    return new MongoChanges(driver, db, collection, options, error =>
      this.#failure(error, collection, 'watch', options.signal),
    )
  }

  async ping(signal?: AbortSignal): Promise<void> {
    await this.#told('', 'ping', signal, () => this.#connection.db.command({ ping: 1 }, signal ? { signal } : {}))
  }

  close(): Promise<void> {
    return this.#connection.close()
  }

  async #reply(command: Document, expected: number, signal?: AbortSignal, more: object = {}) {
    const reply = await this.#connection.db.command(command, { raw: true, ...(signal && { signal }), ...more })
    return readCursorReply(reply['cursor'] as unknown as Uint8Array, expected)
  }

  /** The document as it was: its `_id` finds it, and the rest is compared by the server. */
  #exactly(expected: Uint8Array): Document {
    const { BSON } = this.#connection.driver
    const document = BSON.deserialize(expected, { promoteValues: false, promoteBuffers: false, bsonRegExp: true })
    return { _id: { $eq: document['_id'] }, $expr: { $eq: ['$$ROOT', { $literal: document }] } }
  }

  async #kill(collection: string, id: bigint, more: object = {}): Promise<void> {
    const cursors = [this.#connection.driver.Long.fromBigInt(id)]
    // One that cannot be closed goes by itself after ten minutes.
    await this.#connection.db.command({ killCursors: collection, cursors }, more).catch(() => undefined)
  }

  #refusal({ code, errmsg }: WriteError): Error {
    return new this.#connection.driver.MongoServerError({ code, errmsg, message: errmsg })
  }

  async #told<T>(
    collection: string,
    operation: string,
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw this.#failure(error, collection, operation, signal)
    }
  }

  #failure(error: unknown, collection: string, operation: string, signal: AbortSignal | undefined): unknown {
    const { database } = this.#connection
    const namespace = collection === '' ? database : `${database}.${collection}`
    return this.#connection.failure(error, {
      ...{ namespace, operation, signal },
      // No export, whose reading broke off and which can be run again.
      otherwise: (reason, cause) => new LakeferryError('SOURCE_OPERATION', { namespace, operation, reason }, cause),
    })
  }
}

interface WriteError {
  readonly code: number
  readonly errmsg: string
}

function failureIn(reply: Document): WriteError | undefined {
  const error = reply['writeErrors']?.[0] ?? reply['writeConcernError']
  return error === undefined ? undefined : { code: Number(error.code), errmsg: String(error.errmsg) }
}

function findCommand(collection: string, { filter, sort, projection }: Omit<LiveQuery, 'limit' | 'skip'>): Document {
  return {
    find: collection,
    filter,
    ...(sort === undefined ? {} : { sort }),
    ...(projection === undefined ? {} : { projection }),
  }
}

/** The BSON document with one more element, a document that is BSON already. */
function withDocument(bytes: Uint8Array, name: string, document: Uint8Array): Uint8Array {
  const header = new TextEncoder().encode(`\u0003${name}\0`)
  const whole = new Uint8Array(bytes.length + header.length + document.length)
  whole.set(bytes.subarray(0, -1))
  whole.set(header, bytes.length - 1)
  whole.set(document, bytes.length - 1 + header.length)
  new DataView(whole.buffer).setInt32(0, whole.length, true)
  return whole
}
