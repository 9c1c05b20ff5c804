import type { Guarantee } from '../model/manifest.js'

/**
 * Where documents come from: collections of one database. Raw BSON goes through; nobody makes JavaScript objects of it.
 * Every failure is a LakeferryError of the SOURCE_ family or `COLLECTION_MISSING`; **an error is never an end**.
 */
export interface DocumentSource {
  /** Host and port, without user, password or options. */
  readonly server: string
  readonly database: string

  /**
   * What there is to export.
   *
   * @throws `COLLECTION_MISSING` when it is not there, which is not the same as empty
   */
  inspect(collection: string): Promise<CollectionFacts>

  /** Fixes a point in time, where the server can. Close it, whatever happens. */
  open(request: ReadRequest): Promise<SourceSnapshot>

  close(): Promise<void>
}

export interface ReadRequest {
  readonly collection: string
  /** Canonical Extended JSON text of a query document. */
  readonly filter?: string
  /** Put on every operation so that a DBA can find it. */
  readonly comment?: string
}

export interface CollectionFacts {
  readonly kind: 'collection' | 'view' | 'timeseries'
  /** Estimates from the server's metadata, for progress and planning only: never for correctness. */
  readonly documents: number
  /** Uncompressed BSON; 0 when the server does not tell. */
  readonly bytes: number
}

export interface SourceSnapshot {
  readonly guarantee: Guarantee

  /**
   * Cuts the collection into at most `count` ranges that cover every BSON value of `_id` exactly once, whatever
   * types are mixed. The first has no lower bound and the last no upper one. Fewer ranges when there is little to cut.
   */
  ranges(count: number): Promise<readonly IdRange[]>

  /** Up to `count` documents from anywhere, for a first census. */
  sample(count: number): Promise<RawBlock>

  /**
   * Documents of one range, in the order of `_id` where the collection has an index on it (views and time-series
   * collections have none). Blocks are the reader's to keep. Ends only at the range's end. When the signal is aborted,
   * it throws the signal's reason where that is a LakeferryError, else `INTERRUPTED`.
   */
  read(range: IdRange, signal?: AbortSignal): AsyncIterable<RawBlock>

  close(): Promise<void>
}

/** Half-open in BSON's total order over all types. Bounds are BSON documents `{_id: bound}`; undefined: unbounded. */
export interface IdRange {
  readonly from: Uint8Array | undefined
  readonly until: Uint8Array | undefined
}

/** Whole BSON documents within one buffer. */
export interface RawBlock {
  /** Not to be written to, and not to be transferred: it may be a view into memory of the source's. Lives as long as it is held. */
  readonly bytes: Uint8Array
  /** Offset in `bytes` of each document; a document's own first four bytes are its length. */
  readonly starts: Uint32Array
}
