/**
 * The papers and comments of the application, as it keeps them in MongoDB in real time. Documents travel as JSON text in
 * the mapping of docs/lake-format.md, made from BSON bytes without objects in between; what comes in was validated by
 * the HTTP schemas, and nothing in it is ever taken for an operator. Every failure is a LakeferryError of the SOURCE_ family;
 * what a caller may do wrong is told as an outcome, never thrown.
 */
export interface PaperStore {
  /** @throws LakeferryError `SOURCE_…`; a `cursor` that is none of ours gives `bad-cursor` */
  list(query: PaperQuery, signal?: AbortSignal): Promise<PaperPage | 'bad-cursor'>

  /** By the paper's public `id`, or by its `_id` as 24 hex digits. */
  get(id: string, signal?: AbortSignal): Promise<StoredJson | undefined>

  /** `exists`: there is a paper of that `id`. `other-body`: the key was used for another paper. */
  insert(paper: JsonObject, repeatable?: Repeatable): Promise<StoredJson | 'exists' | 'other-body'>

  /**
   * Replaces it whole; `_id` and `id` stay, and `other-id` is told where others are given. What reads as before keeps its
   * BSON type (`src/app/stored-fields.ts`). @param ifMatch - the version that it must still have
   */
  replace(id: string, paper: JsonObject, ifMatch?: string): Promise<WriteOutcome | 'other-id'>

  /** JSON Merge Patch, RFC 7396. */
  patch(id: string, changes: JsonObject, ifMatch?: string): Promise<WriteOutcome | 'other-id'>

  remove(id: string, ifMatch?: string): Promise<'removed' | 'missing' | 'changed'>
}

export interface CommentStore {
  /** Of one paper, oldest first. Each has `replyTo`, so that a reader can thread them. */
  ofPaper(paperId: string, page: PageQuery, signal?: AbortSignal): Promise<PaperPage | 'bad-cursor'>
  get(id: string): Promise<StoredJson | undefined>
  /** `no-paper`, `no-parent`: what it is about, or answers, is not there. */
  insert(comment: JsonObject, repeatable?: Repeatable): Promise<StoredJson | 'no-paper' | 'no-parent' | 'other-body'>
  patch(id: string, changes: JsonObject, ifMatch?: string): Promise<WriteOutcome>
  /** One that has replies stays, without its text and author: they would hang in the air. */
  remove(id: string, ifMatch?: string): Promise<'removed' | 'missing' | 'changed'>

  /**
   * Comments as they are written, by whoever: change streams where the server has them, else by asking again, which sees
   * new ones only. Ends when the signal aborts, and for a consumer that lets more wait than {@link MOST_WAITING}; what
   * breaks on the way is taken up again, and a gap is told as `lost`.
   */
  watch(options: WatchOptions): AsyncIterable<CommentEvent>
}

export interface WatchOptions {
  /** Of this paper only. */
  readonly paperId?: string
  /** The `token` of the last event that was seen, to go on after it. */
  readonly after?: string
  readonly signal: AbortSignal
}

/** Events that wait for one consumer of {@link CommentStore.watch}. */
export const MOST_WAITING = 500

export type CommentEvent = { readonly token?: string } & (
  | { readonly kind: 'created' | 'changed'; readonly json: Uint8Array; readonly paperId: string | undefined }
  /** By its `_id`: nothing else is known of it any more, so who watches one paper hears of every comment's removal. */
  | { readonly kind: 'removed'; readonly _id: string }
  /** Something may have been missed: what is shown should be read again. */
  | { readonly kind: 'lost' }
  /** Comes first: from here on nothing is missed. */
  | { readonly kind: 'open' }
)

/** A request that may come twice: its key, by whom, and a digest of what it wants. */
export interface Repeatable {
  readonly key: string
  readonly body: string
}

export type JsonObject = { readonly [name: string]: unknown }

export interface PageQuery {
  /** 1 to 500. */
  readonly limit: number
  /** Documents to leave out; not together with `cursor`. */
  readonly offset: number
  /** Where the page before ended: opaque, and right while documents come and go. */
  readonly cursor?: string
}

export interface PaperQuery extends PageQuery {
  /** Words to search in title, abstract, authors and keywords; ranked where no other order is asked for. */
  readonly q?: string
  readonly year?: number
  readonly status?: string
  readonly author?: string
  readonly keyword?: string
  /** Of `rating_avg`, inclusive. */
  readonly ratingMin?: number
  readonly ratingMax?: number
  /** In this order; ties by `_id`. Empty: by relevance with `q`, else as they are in the collection. */
  readonly sort: readonly { readonly field: PaperSortField; readonly descending: boolean }[]
}

export type PaperSortField = 'title' | 'year' | 'status' | 'rating_avg' | 'submittedAt' | 'id'

export interface PaperPage {
  /** A JSON array, UTF-8. */
  readonly json: Uint8Array
  /** Documents in it. */
  readonly count: number
  /** All that match. */
  readonly total: number
  /** Where the next page begins. Undefined on the last page, and where a document's values are too long for a cursor. */
  readonly next?: string
  /** Whether this is not the last page. */
  readonly more: boolean
}

export interface StoredJson {
  /** A JSON object, UTF-8. */
  readonly json: Uint8Array
  /** Changes whenever the document does; for ETag, without quotes. */
  readonly version: string
  /** Its public `id`. */
  readonly id: string
}

/** `too-large`: it would be larger than MongoDB can compare and store. */
export type WriteOutcome = StoredJson | 'missing' | 'changed' | 'too-large'
