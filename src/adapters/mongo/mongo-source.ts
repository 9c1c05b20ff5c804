import { LakeferryError, reasonOf } from '../../errors.js'
import type {
  CollectionFacts,
  DocumentSource,
  InspectOptions,
  ReadRequest,
  SourceSnapshot,
} from '../../ports/document-source.js'
import type { SourceHealth } from '../../ports/source-health.js'
import { type Asking, describe, isKeptInOrder } from './collection-facts.js'
import { MongoConnection, type MongoOptions } from './connection.js'
import { estimateBytes, estimateCount } from './estimates.js'
import { findReadPoint, type Probed, SnapshotGone } from './guarantee.js'
import { isTransient } from './mongo-failure.js'
import { MongoSnapshot } from './mongo-snapshot.js'
import { DocumentRate, Pace } from './pace.js'
import { blamesFilter, parseFilter } from './query-filter.js'
import { Resumption } from './resumption.js'
import { serverHealth } from './server-health.js'
import { type MongoProbe, probeMember } from './source-probe.js'
import { mayReadAsStored } from './stored-order.js'

/** A {@link DocumentSource} over MongoDB, which `doctor` can also ask about itself. */
export interface MongoSource extends DocumentSource {
  /**
   * Tries what an export needs: a member, permission, the guarantee. Reads one document at most.
   *
   * @param collection to try; without one, the first that may be seen
   */
  probe(collection?: string): Promise<MongoProbe>

  /** Time and oplog of the member that a run would read from, for the monitor. @throws `SOURCE_UNREACHABLE`, `SOURCE_AUTH` and so on */
  health(): Promise<SourceHealth>
}

/**
 * Connects, and fails now when it cannot.
 *
 * @throws {@link LakeferryError} `SOURCE_URI`, `SOURCE_UNREACHABLE`, `SOURCE_AUTH`
 */
export async function openMongoSource(options: MongoOptions): Promise<MongoSource> {
  return new Source(await MongoConnection.open(options), options)
}

/** Of what is asked before a run has a comment of its own. */
const OWN_COMMENT = 'lakeferry'

class Source implements MongoSource {
  readonly server: string
  readonly database: string
  readonly #connection: MongoConnection
  readonly #options: MongoOptions
  readonly #rate: DocumentRate

  constructor(connection: MongoConnection, options: MongoOptions) {
    this.#connection = connection
    this.#options = options
    this.#rate = new DocumentRate(options.maxDocumentsPerSecond)
    this.server = connection.server
    this.database = connection.database
  }

  inspect(collection: string, { sized = true }: InspectOptions = {}): Promise<CollectionFacts> {
    const asking = this.#asking()
    return this.#patiently(collection, 'list', async () => {
      const { kind, uuid, options } = await describe(asking, collection)
      // A view is what it is made of.
      const identity = uuid ?? (kind === 'view' ? options : undefined)
      const bytes = sized && kind === 'collection' ? await estimateBytes(asking, collection) : 0
      return { kind, bytes, ...(identity !== undefined && { identity }) }
    })
  }

  async estimateCount(collection: string, signal?: AbortSignal): Promise<number> {
    try {
      return await estimateCount(this.#asking(), collection, signal)
    } catch (error) {
      throw this.#connection.failure(error, { namespace: this.#namespace(collection), operation: 'find', signal })
    }
  }

  async open(request: ReadRequest): Promise<SourceSnapshot> {
    const { collection, at, onNotice, order = 'id' } = request
    const connection = this.#connection
    const { driver } = connection
    const namespace = this.#namespace(collection)
    const filter = parseFilter(driver, namespace, request.filter)
    const comment = this.#signed(request.comment)
    return this.#patiently(collection, 'find', async () => {
      const member = await connection.member()
      const asking = { driver, db: member.db, comment }
      const described = await describe(asking, collection)
      const ordered = described.idIndex || (described.clustered && (await isKeptInOrder(asking, collection)))
      const probed: Probed = { driver, member, collection, filter, comment }
      try {
        const [point, stored] = await Promise.all([
          findReadPoint(probed, at),
          // With a bound on documents a second any reading may take long, and should be one that can be gone on with.
          order === 'any' && this.#options.maxDocumentsPerSecond === undefined && mayReadAsStored(probed, described),
        ])
        const pace = new Pace({ rate: this.#rate, onSlow: times => onNotice?.(slowed(namespace, times)) })
        return new MongoSnapshot({
          connection,
          options: this.#options,
          probed,
          described,
          point,
          pace,
          order: stored ? 'stored' : ordered ? 'id' : 'own',
          onNotice,
        })
      } catch (error) {
        if (error instanceof SnapshotGone)
          throw new LakeferryError('SOURCE_SNAPSHOT_EXPIRED', { namespace, read: 0, reason: error.message })
        if (request.filter === undefined || !blamesFilter(error)) throw error
        const details = { namespace, filter: request.filter, reason: reasonOf(error) }
        throw new LakeferryError('SOURCE_FILTER', details, { cause: error })
      }
    })
  }

  async probe(collection?: string): Promise<MongoProbe> {
    try {
      return await probeMember(this.#connection, this.#signed('lakeferry doctor'), collection)
    } catch (error) {
      const namespace = collection === undefined ? this.database : this.#namespace(collection)
      throw this.#connection.failure(error, { namespace, operation: 'find' })
    }
  }

  async health(): Promise<SourceHealth> {
    try {
      return await serverHealth(this.#connection, this.#signed('lakeferry monitor'))
    } catch (error) {
      throw this.#connection.failure(error, { namespace: 'admin', operation: 'hello' })
    }
  }

  close(): Promise<void> {
    return this.#connection.close()
  }

  #asking(): Asking {
    return { driver: this.#connection.driver, db: this.#connection.db, comment: this.#signed(OWN_COMMENT) }
  }

  #signed(comment: string | undefined): string | undefined {
    return [this.#options.comment, comment].filter(Boolean).join(' ') || undefined
  }

  #namespace(collection: string): string {
    return `${this.database}.${collection}`
  }

  /** Nothing has been read yet: after a step-down, say, it is begun again. */
  async #patiently<T>(collection: string, operation: string, work: () => Promise<T>): Promise<T> {
    const { driver } = this.#connection
    const resumption = new Resumption(this.#options.resume)
    for (;;) {
      try {
        return await work()
      } catch (error) {
        // Whoever waits for a server that is not there has waited once.
        const passing = isTransient(driver, error) && !(error instanceof driver.MongoServerSelectionError)
        if (passing && (await resumption.wait())) continue
        throw this.#connection.failure(error, { namespace: this.#namespace(collection), operation })
      }
    }
  }
}

function slowed(namespace: string, times: number): string {
  return `The server takes ${times.toFixed(1)} times as long for ${namespace} as it did: reading pauses between its replies until it recovers.`
}
