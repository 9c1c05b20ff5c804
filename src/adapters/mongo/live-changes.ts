import type { ChangeStream, Db } from 'mongodb'
import { ChangesLost, type LiveChange, type LiveChanges, NoChangeStreams } from '../../ports/live-database.js'
import type { Driver } from './driver.js'
import { codeOf, isServerError } from './mongo-failure.js'

/** How long a server may keep a question open until something happens, in milliseconds. */
const AWAIT_MS = 1_000

/** What servers say that have none: not a replica set, no such stage, no such command. */
const UNSUPPORTED = new Set([40573, 40324, 59, 115, 303])
/** History lost, invalid or foreign token, invalidated by a drop. */
const LOST = new Set([286, 280, 260, 9, 14, 40647, 40615, 50811])

const KINDS: Readonly<Record<string, LiveChange['kind']>> = {
  insert: 'created',
  update: 'changed',
  replace: 'changed',
  delete: 'removed',
}

/** One change stream; the driver takes it up again where it broke off. */
export class MongoChanges implements LiveChanges {
  readonly opened: Promise<void>
  readonly #driver: Driver
  readonly #stream: ChangeStream
  readonly #failure: (error: unknown) => unknown
  readonly #resumed: boolean
  readonly #signal: AbortSignal
  #first: Promise<LiveChange | undefined> | undefined
  #token: string | undefined

  constructor(
    driver: Driver,
    db: Db,
    collection: string,
    { after, signal }: { readonly after?: string; readonly signal: AbortSignal },
    failure: (error: unknown) => unknown,
  ) {
    this.#driver = driver
    this.#failure = failure
    this.#resumed = after !== undefined
    this.#signal = signal
    this.#stream = db.collection(collection).watch([], {
      fullDocument: 'updateLookup',
      maxAwaitTimeMS: AWAIT_MS,
      // Types as they are stored: what is read is written as BSON again.
      promoteValues: false,
      promoteLongs: false,
      promoteBuffers: false,
      bsonRegExp: true,
      ...(after === undefined ? {} : { resumeAfter: { _data: after } }),
    })
    // Errors are told by the calls that meet them.
    this.#stream.on('error', () => undefined)
    signal.addEventListener('abort', () => void this.close(), { once: true })
    this.#first = this.#ask()
    this.opened = this.#first.then(() => undefined)
    this.opened.catch(() => undefined)
  }

  get token(): string | undefined {
    return this.#token
  }

  next(): Promise<LiveChange | undefined> {
    const first = this.#first
    this.#first = undefined
    return first ?? this.#ask()
  }

  async close(): Promise<void> {
    await this.#stream.close().catch(() => undefined)
  }

  async #ask(): Promise<LiveChange | undefined> {
    if (this.#signal.aborted) return undefined
    try {
      const change = await this.#stream.tryNext()
      const { _data } = (this.#stream.resumeToken ?? {}) as { readonly _data?: unknown }
      if (typeof _data === 'string') this.#token = _data
      if (change === null) return undefined
      if (change.operationType === 'invalidate' || change.operationType === 'drop')
        throw new ChangesLost(change.operationType)
      const kind = KINDS[change.operationType]
      if (kind === undefined) return undefined
      const { documentKey, fullDocument, _id } = change as unknown as {
        readonly documentKey: { readonly _id: unknown }
        readonly fullDocument?: object | null
        readonly _id: { readonly _data: string }
      }
      const { BSON } = this.#driver
      return {
        kind,
        key: BSON.serialize({ _id: documentKey._id }),
        document: fullDocument ? BSON.serialize(fullDocument) : undefined,
        token: String(_id._data),
      }
    } catch (error) {
      if (this.#signal.aborted) return undefined
      throw this.#told(error)
    }
  }

  #told(error: unknown): unknown {
    if (isServerError(this.#driver, error)) {
      const code = codeOf(error)
      if (UNSUPPORTED.has(code)) return new NoChangeStreams(String(code), { cause: error })
      if (LOST.has(code) && (this.#resumed || code === 286)) return new ChangesLost(String(code), { cause: error })
    }
    return this.#failure(error)
  }
}
