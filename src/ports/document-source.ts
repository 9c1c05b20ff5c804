import type { ClusterTime } from '../model/cluster-time.js'
import type { Guarantee } from '../model/manifest.js'
import type { ReadOrder } from '../model/read-order.js'

/**
 * Where documents come from: collections of one database. Raw BSON goes through; nobody makes JavaScript objects of it.
 * Every failure is a LakeferryError of the SOURCE_ family or `COLLECTION_MISSING`; **an error is never an end**.
 */
export interface DocumentSource {
  /** Host and port, without user, password or options; for a backup, its path. */
  readonly server: string
  readonly database: string

  /**
   * What there is to export. Quick: it never reads documents by the thousand to find out.
   *
   * @throws `COLLECTION_MISSING` when it is not there, which is not the same as empty
   */
  inspect(collection: string, options?: InspectOptions): Promise<CollectionFacts>

  /**
   * About how many documents there are, for progress only: never for correctness, and never waited for. 0 when the source
   * does not tell, or not soon.
   */
  estimateCount(collection: string, signal?: AbortSignal): Promise<number>

  /** Fixes a point in time, where the source can. Close it, whatever happens. */
  open(request: ReadRequest): Promise<SourceSnapshot>

  close(): Promise<void>
}

export interface InspectOptions {
  /** Whether `bytes` is wanted: some servers have to work for it. @defaultValue true */
  readonly sized?: boolean
}

export interface ReadRequest {
  readonly collection: string
  /** Canonical Extended JSON text of a query document. */
  readonly filter?: string
  /** Put on every operation so that a DBA can find it. */
  readonly comment?: string
  /**
   * Read at this point in time, that of an earlier run, instead of now.
   *
   * `open` throws `SOURCE_SNAPSHOT_EXPIRED` where it is no longer, or never was, to be had.
   */
  readonly at?: ClusterTime
  /**
   * `any`: the documents may come as the server has them stored, where that is quicker and none can be passed over. Such a
   * reading cannot be gone on with when it breaks off, and without a snapshot a document may come twice, which is removed and
   * inserted again meanwhile. Of use for a collection that is read with one range.
   *
   * @defaultValue `id`
   */
  readonly order?: ReadOrder
  /** Told, in a sentence for people, what went wrong and was mended: a cursor lost and taken up again, a slow server. */
  readonly onNotice?: (text: string) => void
}

export interface CollectionFacts {
  readonly kind: 'collection' | 'view' | 'timeseries' | 'file'
  /** Uncompressed BSON, for planning only; 0 when the source does not tell. */
  readonly bytes: number
  /**
   * Which collection it is: another text after it was dropped and made again, or its file replaced. Undefined where the
   * source does not tell.
   */
  readonly identity?: string
}

export interface SourceSnapshot {
  readonly guarantee: Guarantee

  /**
   * In which documents come: that of `_id`; as they are `stored`, because the request said `any`; or the source's `own`, where
   * there is no choice (a view, a time-series collection, a backup).
   */
  readonly order: 'id' | 'stored' | 'own'

  /**
   * Whether `read` can begin after a position: what was read before it need not be read again. Then a range is read in an
   * order that another reading of it has, too.
   */
  readonly resumable: boolean

  /**
   * Cuts the collection into at most `count` ranges that cover every BSON value of `_id` exactly once, whatever
   * types are mixed. The first has no lower bound and the last no upper one. Fewer ranges when there is little to cut. When
   * the signal is aborted, as {@link read}.
   */
  ranges(count: number, signal?: AbortSignal): Promise<readonly IdRange[]>

  /** Up to `count` documents from anywhere, for a first census. When the signal is aborted, as {@link read}. */
  sample(count: number, signal?: AbortSignal): Promise<RawBlock>

  /**
   * Documents of one range, in the snapshot's `order`. Blocks are the reader's to keep. Ends only at the range's end: what
   * breaks on the way is taken up again after the last document, or thrown.
   *
   * @throws `SOURCE_SNAPSHOT_EXPIRED` when the point in time is gone, `SOURCE_INTERRUPTED` when it cannot be gone on with,
   * which may be because of what `after.lastId` is (a NaN, say): then the range has to be read from its beginning;
   * `SOURCE_ORDER` when a reading as `stored` broke off, which is to be begun again in the order of `_id`;
   * when the signal is aborted, the signal's reason where that is a LakeferryError, else `INTERRUPTED`
   * @throws RangeError if `after` is given and the snapshot is not `resumable`, which is a caller's bug
   */
  read(range: IdRange, options?: ReadOptions): AsyncIterable<RawBlock>

  close(): Promise<void>
}

export interface ReadOptions {
  readonly signal?: AbortSignal
  /** Leaves out what an earlier reading of this range, at the same point in time, already had. */
  readonly after?: ReadPosition
}

/** How far a range was read. */
export interface ReadPosition {
  /** Documents of the range up to here, the last one included. */
  readonly documents: number
  /** `{_id: …}` of the last one, as BSON. */
  readonly lastId: Uint8Array
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
