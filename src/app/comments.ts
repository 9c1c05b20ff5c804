import type { Clock } from '../ports/clock.js'
import type { LiveDatabase, LiveFilter } from '../ports/live-database.js'
import type {
  CommentEvent,
  CommentStore,
  JsonObject,
  PageQuery,
  PaperPage,
  Repeatable,
  StoredJson,
  WatchOptions,
  WriteOutcome,
} from '../ports/paper-store.js'
import type { CommentFeed } from './comment-feed.js'
import { listPage } from './list-page.js'
import { remember, reserve } from './repeated-requests.js'
import { changeDocument, findDocument, removeDocument, storedJson, versionOf } from './stored-document.js'
import { type Field, fieldOf, mergeFields, readFields, textOf, writeFields } from './stored-fields.js'
import { Totals } from './totals.js'

export interface CommentsOptions {
  readonly database: LiveDatabase
  readonly collection: string
  /** Collection of the papers. */
  readonly papers: string
  readonly feed: CommentFeed
  readonly clock: Clock
}

/** A thread is read from its beginning. */
const OLDEST_FIRST = [{ field: 'createdAt', descending: false }] as const
/** In the place of what a removed comment said, and of who said it. */
const REMOVED = '[removed]'
const OBJECT_ID = 0x07

export class Comments implements CommentStore {
  readonly #database: LiveDatabase
  readonly #collection: string
  readonly #papers: string
  readonly #feed: CommentFeed
  readonly #clock: Clock
  readonly #totals = new Totals()

  constructor({ database, collection, papers, feed, clock }: CommentsOptions) {
    this.#database = database
    this.#collection = collection
    this.#papers = papers
    this.#feed = feed
    this.#clock = clock
  }

  ofPaper(paperId: string, page: PageQuery, signal?: AbortSignal): Promise<PaperPage | 'bad-cursor'> {
    return listPage({
      ...{ database: this.#database, collection: this.#collection, totals: this.#totals },
      ...{ filter: { paperId: { $eq: paperId } }, order: OLDEST_FIRST, page, signal },
    })
  }

  async get(id: string): Promise<StoredJson | undefined> {
    const found = await findDocument(this.#database, this.#collection, id)
    return found === undefined ? undefined : storedJson(found)
  }

  async insert(
    comment: JsonObject,
    repeatable?: Repeatable,
  ): Promise<StoredJson | 'no-paper' | 'no-parent' | 'other-body'> {
    const now = this.#clock.now()
    const purpose = `POST ${this.#collection}`
    const reserved = await reserve(this.#database, purpose, repeatable, now)
    if (reserved === 'other-body') return reserved
    if (reserved.answer !== undefined) return reserved.answer
    const { paperId, replyTo, ...others } = comment
    const paper = await findDocument(this.#database, this.#papers, String(paperId))
    if (paper === undefined) return 'no-paper'
    // By the paper's public id, whichever was sent: all its comments are found by one.
    const about = storedJson(paper).id
    if (replyTo !== undefined && !(await this.#isThere(String(replyTo), about))) return 'no-parent'
    const sent = { id: reserved.id, paperId: about, ...(replyTo === undefined ? {} : { replyTo }) }
    const document = writeFields([
      { name: '_id', type: OBJECT_ID, value: reserved._id.id },
      ...Object.entries({ ...sent, kind: replyTo === undefined ? 'remark' : 'reply', ...others }).map(([name, value]) =>
        fieldOf(name, value),
      ),
      fieldOf('createdAt', reserved.at),
    ])
    // A duplicate is this very request that came twice: nobody else has its _id and its id.
    await this.#database.insert(this.#collection, document)
    // Somebody may have removed what it answers at the same moment; then it answers nothing.
    if (replyTo !== undefined && !(await this.#isThere(String(replyTo), about))) {
      await this.#database.removeExactly(this.#collection, document)
      return 'no-parent'
    }
    this.#totals.forget()
    const answer = storedJson(document)
    if (repeatable !== undefined) await remember(this.#database, purpose, repeatable, reserved, answer)
    return answer
  }

  async patch(id: string, changes: JsonObject, ifMatch?: string): Promise<WriteOutcome> {
    const changed = await changeDocument<never>(this.#database, this.#collection, id, ifMatch, fields =>
      mergeFields(fields, changes),
    )
    return typeof changed === 'string' ? changed : storedJson(changed)
  }

  async remove(id: string, ifMatch?: string): Promise<'removed' | 'missing' | 'changed'> {
    const stored = await findDocument(this.#database, this.#collection, id)
    if (stored === undefined) return 'missing'
    if (ifMatch !== undefined && versionOf(stored) !== ifMatch) return 'changed'
    const fields = readFields(stored)
    const publicId = textOf(fields, 'id')
    if (publicId !== undefined && (await this.#hasReplies(publicId))) {
      const emptied = await changeDocument<never>(this.#database, this.#collection, id, ifMatch, this.#emptied)
      return typeof emptied !== 'string' ? 'removed' : emptied === 'missing' ? emptied : 'changed'
    }
    const removed = await removeDocument(this.#database, this.#collection, id, ifMatch)
    if (typeof removed === 'string') return removed
    this.#totals.forget()
    // A reply that was written between the question and the removal has to hang on something.
    if (publicId !== undefined && (await this.#hasReplies(publicId)))
      await this.#database.insert(this.#collection, writeFields(this.#emptied(readFields(removed))))
    return 'removed'
  }

  watch(options: WatchOptions): AsyncIterable<CommentEvent> {
    return this.#feed.watch(options)
  }

  readonly #emptied = (fields: readonly Field[]): readonly Field[] =>
    mergeFields(fields, { author: REMOVED, text: REMOVED, rating: null, removedAt: this.#clock.now() })

  async #isThere(id: string, paperId: string): Promise<boolean> {
    return this.#any({ id: { $eq: id }, paperId: { $eq: paperId } })
  }

  #hasReplies(id: string): Promise<boolean> {
    return this.#any({ replyTo: { $eq: id } })
  }

  async #any(filter: LiveFilter): Promise<boolean> {
    const { block } = await this.#database.read(this.#collection, { filter, projection: { _id: 1 }, limit: 1 })
    return block.starts.length > 0
  }
}
