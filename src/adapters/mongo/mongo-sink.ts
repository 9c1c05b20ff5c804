import type { Document } from 'mongodb'
import { LakeferryError } from '../../errors.js'
import type { DocumentSink, RefusedDocument } from '../../ports/document-sink.js'
import { MongoConnection, type MongoOptions } from './connection.js'
import { SERVER_CODE } from './mongo-failure.js'

/** The protocol's limit for one document in bytes, `maxBsonObjectSize`. */
const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024
/** For one command; the protocol's limits are 48,000,000 bytes and 100,000 documents. */
const MAX_COMMAND_BYTES = 16 * 1024 * 1024
const MAX_COMMAND_DOCUMENTS = 10_000

/**
 * What the driver puts documents into that it has serialised itself. Not in its public interface, which has no way to
 * insert BSON as it is: through JavaScript objects field order, duplicate names, `undefined`, symbols and DBPointers
 * would change. package.json pins the driver's version, and a test inserts through this.
 */
interface DocumentSequence {
  push(document: object, bytes: Uint8Array): number
}
type DocumentSequenceClass = new (field: string) => DocumentSequence

/**
 * Connects, and fails now when it cannot.
 *
 * @throws {@link LakeferryError} `SOURCE_URI`, `SOURCE_UNREACHABLE`, `SOURCE_AUTH`
 */
export async function openMongoSink(options: MongoOptions): Promise<DocumentSink> {
  // Writes go to the primary, whatever is preferred for reading.
  const connection = await MongoConnection.open({ ...options, readPreference: 'primary' })
  // @ts-expect-error: the driver has no types for it
  const commands = await import('mongodb/lib/cmap/commands.js')
  const Sequence: DocumentSequenceClass = commands.default.DocumentSequence
  return new Sink(connection, Sequence)
}

class Sink implements DocumentSink {
  readonly server: string
  readonly database: string
  readonly #connection: MongoConnection
  readonly #Sequence: DocumentSequenceClass

  constructor(connection: MongoConnection, sequence: DocumentSequenceClass) {
    this.#connection = connection
    this.#Sequence = sequence
    this.server = connection.server
    this.database = connection.database
  }

  count(collection: string): Promise<number> {
    return this.#told(collection, 'count', async () => {
      const reply = await this.#connection.db.command({ count: collection })
      return Number(reply['n'])
    })
  }

  async drop(collection: string): Promise<void> {
    const { driver, db } = this.#connection
    await this.#told(collection, 'drop', async () => {
      try {
        await db.command({ drop: collection, writeConcern: { w: 'majority' } })
      } catch (error) {
        if (!(error instanceof driver.MongoServerError && error.code === SERVER_CODE.namespaceNotFound)) throw error
      }
    })
  }

  async insert(
    collection: string,
    documents: readonly Uint8Array[],
    signal?: AbortSignal,
  ): Promise<readonly RefusedDocument[]> {
    const refused: RefusedDocument[] = []
    let written = 0
    let batch: number[] = []
    let bytes = 0
    const flush = async () => {
      if (batch.length === 0) return
      const answer = await this.#told(
        collection,
        'insert into',
        () => this.#send(collection, documents, batch, signal),
        {
          written,
          signal,
        },
      )
      refused.push(...answer)
      written += batch.length - answer.length
      batch = []
      bytes = 0
    }
    for (const [index, document] of documents.entries()) {
      if (document.length > MAX_DOCUMENT_BYTES) {
        refused.push({ index, reason: `${document.length} bytes of BSON; MongoDB's limit is ${MAX_DOCUMENT_BYTES}` })
        continue
      }
      if (bytes + document.length > MAX_COMMAND_BYTES || batch.length === MAX_COMMAND_DOCUMENTS) await flush()
      batch.push(index)
      bytes += document.length
    }
    await flush()
    return refused.sort((a, b) => a.index - b.index)
  }

  async #send(
    collection: string,
    documents: readonly Uint8Array[],
    batch: readonly number[],
    signal: AbortSignal | undefined,
  ): Promise<RefusedDocument[]> {
    const sequence = new this.#Sequence('documents')
    for (const index of batch) sequence.push(NO_DOCUMENT, documents[index]!)
    const reply = await this.#connection.db.command(
      { insert: collection, ordered: false, writeConcern: { w: 'majority' }, documents: sequence },
      signal === undefined ? {} : { signal },
    )
    const errors: Document[] = reply['writeErrors'] ?? []
    return errors.map(({ index, errmsg }) => ({ index: batch[index]!, reason: String(errmsg) }))
  }

  close(): Promise<void> {
    return this.#connection.close()
  }

  async #told<T>(
    collection: string,
    operation: string,
    work: () => Promise<T>,
    { written = 0, signal }: { written?: number; signal?: AbortSignal | undefined } = {},
  ): Promise<T> {
    const namespace = `${this.database}.${collection}`
    try {
      return await work()
    } catch (error) {
      throw this.#connection.failure(error, {
        ...{ namespace, operation, signal },
        otherwise: (reason, cause) => new LakeferryError('SINK_INTERRUPTED', { namespace, written, reason }, cause),
      })
    }
  }
}

/** Only looked at when commands are logged. */
const NO_DOCUMENT = {}
