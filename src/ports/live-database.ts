import type { RawBlock } from './document-source.js'

/**
 * The application's database as its use cases see it: documents go in and come out as BSON bytes, conditions as plain
 * objects whose values carry their BSON types. Names of fields and operators in a condition are the application's own; what
 * a client sent is only ever a value in it.
 *
 * Reads and writes go to the primary, so that who has written reads it. Every failure is a LakeferryError of the SOURCE_
 * family; repeating a read, `ensureIndex` or `ping` is always safe. A write whose answer was lost may have been done.
 */
export interface LiveDatabase {
  /** One reply's worth of documents: fewer than `limit` where they are too large together, and then `more`. */
  read(collection: string, query: LiveQuery, signal?: AbortSignal): Promise<LiveBatch>

  /** All documents in order, a reply at a time, by one cursor; it is closed when the consumer leaves. */
  readAll(collection: string, query: Omit<LiveQuery, 'limit' | 'skip'>, signal?: AbortSignal): AsyncIterable<RawBlock>

  /** Documents that match; of the whole collection, without a condition, by its metadata. */
  count(collection: string, filter: LiveFilter, signal?: AbortSignal): Promise<number>

  /** `duplicate`: a unique index, that of `_id` included, has such a document already. */
  insert(collection: string, document: Uint8Array): Promise<'inserted' | 'duplicate'>

  /**
   * Compare and set: puts `document` in the place of `expected` if that is still there, byte for byte but for numbers of
   * the same value. Both have the same `_id`. False: it has changed or is gone.
   */
  swap(collection: string, expected: Uint8Array, document: Uint8Array): Promise<boolean>

  /** Removes `expected` if it is still there as it was. */
  removeExactly(collection: string, expected: Uint8Array): Promise<boolean>

  /**
   * Makes the index unless it is there. Repeatable.
   *
   * - `duplicates`: a unique one cannot be, as there are documents of the same value; a plain one is there in its place
   * - `unsupported`: the server has no index of this kind
   * - `refused`: we may not make one, and there is none
   */
  ensureIndex(collection: string, index: LiveIndex): Promise<'there' | 'duplicates' | 'unsupported' | 'refused'>

  /**
   * What happens in a collection from now on, or after `after`. Interruptions are bridged. `unsupported` is thrown as a value
   * of {@link NoChangeStreams} where the server has no change streams, and {@link ChangesLost} where the place to go on from is
   * gone (or never was one).
   */
  changes(collection: string, options: { readonly after?: string; readonly signal: AbortSignal }): LiveChanges

  /** Resolves when the primary answers. */
  ping(signal?: AbortSignal): Promise<void>
  close(): Promise<void>
}

export type LiveFilter = Readonly<Record<string, unknown>>

export interface LiveQuery {
  readonly filter: LiveFilter
  /** 1 and -1, in this order. */
  readonly sort?: Readonly<Record<string, unknown>>
  readonly projection?: Readonly<Record<string, unknown>>
  readonly skip?: number
  readonly limit: number
}

export interface LiveBatch {
  readonly block: RawBlock
  /** The reply was full before `limit` was reached. */
  readonly more: boolean
}

export interface LiveIndex {
  readonly name: string
  readonly key: Readonly<Record<string, 1 | -1 | 'text'>>
  /** Of documents that have it. */
  readonly unique?: boolean
  /** Documents go so many seconds after the date in the (one) field. */
  readonly expireAfterSeconds?: number
  /** Of a text index. */
  readonly weights?: Readonly<Record<string, number>>
}

export interface LiveChange {
  readonly kind: 'created' | 'changed' | 'removed'
  /** As it is now; undefined where it is gone by now. */
  readonly document: Uint8Array | undefined
  /** BSON of `{_id}`. */
  readonly key: Uint8Array
  /** To go on after this one. */
  readonly token: string
}

export interface LiveChanges {
  /** Resolves when every change from here on will be told. */
  readonly opened: Promise<void>
  /** To go on after all that was told, where the server tells it also while nothing happens. */
  readonly token: string | undefined
  /** Those that have happened by now: undefined means that there are none at the moment. Ends when the signal aborts. */
  next(): Promise<LiveChange | undefined>
  close(): Promise<void>
}

/** The server has no change streams: it is a standalone one, or speaks only some of the protocol. */
export class NoChangeStreams extends Error {
  override readonly name = 'NoChangeStreams'
}

/** The place to go on from is not in the server's log (any more), or the collection has been dropped. */
export class ChangesLost extends Error {
  override readonly name = 'ChangesLost'
}
