/**
 * Where documents go to: collections of one database. Raw BSON goes through. Every failure is a LakeferryError
 * (`SOURCE_UNREACHABLE`, `SOURCE_AUTH`, `SOURCE_FORBIDDEN`, `SINK_INTERRUPTED`); a document that is refused is none.
 */
export interface DocumentSink {
  /** Host and port, without user, password or options. */
  readonly server: string
  readonly database: string

  /** Documents in the collection, by the server's own count; 0 when there is no such collection. */
  count(collection: string): Promise<number>

  /** Removes the collection with all that is in it. One that is not there is no failure. */
  drop(collection: string): Promise<void>

  /**
   * Inserts BSON documents, each with its `_id`, byte for byte, in any order. When it resolves, a majority has them, but
   * for those it tells: a document is in the collection, or among the refused, never neither.
   *
   * Not idempotent: what was inserted is refused the second time, as a duplicate.
   *
   * @throws `SINK_INTERRUPTED` when the answer is missing: then some may be in
   */
  insert(
    collection: string,
    documents: readonly Uint8Array[],
    signal?: AbortSignal,
  ): Promise<readonly RefusedDocument[]>

  close(): Promise<void>
}

export interface RefusedDocument {
  /** Its place in the batch, from 0. */
  readonly index: number
  /** In the server's words. */
  readonly reason: string
}
