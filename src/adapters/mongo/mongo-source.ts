import { LakeferryError, reasonOf } from '../../errors.js'
import type { CollectionFacts, DocumentSource, ReadRequest, SourceSnapshot } from '../../ports/document-source.js'
import { describe, estimate } from './collection-facts.js'
import { MongoConnection, type MongoOptions } from './connection.js'
import { findReadPoint, type Probed } from './guarantee.js'
import { MongoSnapshot } from './mongo-snapshot.js'
import { blamesFilter, parseFilter } from './query-filter.js'
import { type MongoProbe, probeMember } from './source-probe.js'

/** A {@link DocumentSource} over MongoDB, which `doctor` can also ask about itself. */
export interface MongoSource extends DocumentSource {
  /**
   * Tries what an export needs: a member, permission, the guarantee. Reads one document at most.
   *
   * @param collection to try; without one, the first that may be seen
   */
  probe(collection?: string): Promise<MongoProbe>
}

/**
 * Connects, and fails now when it cannot.
 *
 * @throws {@link LakeferryError} `SOURCE_URI`, `SOURCE_UNREACHABLE`, `SOURCE_AUTH`
 */
export async function openMongoSource(options: MongoOptions): Promise<MongoSource> {
  return new Source(await MongoConnection.open(options))
}

class Source implements MongoSource {
  readonly server: string
  readonly database: string
  readonly #connection: MongoConnection

  constructor(connection: MongoConnection) {
    this.#connection = connection
    this.server = connection.server
    this.database = connection.database
  }

  async inspect(collection: string): Promise<CollectionFacts> {
    const { driver, db } = this.#connection
    return this.#told(collection, 'list', async () => {
      const { kind } = await describe(driver, db, collection)
      return estimate(driver, db, collection, kind)
    })
  }

  async open(request: ReadRequest): Promise<SourceSnapshot> {
    const { collection, comment } = request
    const { driver } = this.#connection
    const namespace = `${this.database}.${collection}`
    const filter = parseFilter(driver, namespace, request.filter)
    return this.#told(collection, 'find', async () => {
      const member = await this.#connection.member()
      const described = await describe(driver, member.db, collection)
      const probed: Probed = { driver, member, collection, filter, comment }
      try {
        return new MongoSnapshot(this.#connection, probed, described, await findReadPoint(probed))
      } catch (error) {
        if (request.filter === undefined || !blamesFilter(error)) throw error
        const details = { namespace, filter: request.filter, reason: reasonOf(error) }
        throw new LakeferryError('SOURCE_FILTER', details, { cause: error })
      }
    })
  }

  probe(collection?: string): Promise<MongoProbe> {
    return this.#told(collection ?? '', 'find', async () => probeMember(this.#connection, collection))
  }

  close(): Promise<void> {
    return this.#connection.close()
  }

  async #told<T>(collection: string, operation: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      const namespace = collection === '' ? this.database : `${this.database}.${collection}`
      throw this.#connection.failure(error, { namespace, operation })
    }
  }
}
