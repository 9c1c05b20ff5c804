import { type Clock, systemClock } from '../ports/clock.js'
import type { LiveDatabase, LiveIndex } from '../ports/live-database.js'
import type { CommentStore, PaperStore } from '../ports/paper-store.js'
import { CommentFeed } from './comment-feed.js'
import { Comments } from './comments.js'
import { ownTextSearch } from './own-text-search.js'
import { RATING_FIELDS, type RatingField } from './paper-filter.js'
import { Papers } from './papers.js'
import { KNOWN_SECONDS, REQUESTS } from './repeated-requests.js'
import { SEARCHED } from './text-score.js'
import { serverTextSearch, type TextSearch } from './text-search.js'

export interface Application {
  readonly papers: PaperStore
  readonly comments: CommentStore
  /** What is not as it should be and does not keep it from serving, for people: an `id` that is there twice. */
  readonly warnings: readonly string[]
  /** Resolves when the database answers. */
  ping(signal?: AbortSignal): Promise<void>
  close(): Promise<void>
}

export interface ApplicationOptions {
  /** Names of collections. */
  readonly papers: string
  readonly comments: string
  /** @defaultValue the system's */
  readonly clock?: Clock
  /** `own`: also where the server has text indexes. @defaultValue the server's where it has them */
  readonly search?: 'own'
  /** Told of what goes wrong beside the answers: a search index that is behind. */
  readonly report?: (problem: string) => void
}

/**
 * Makes the indexes that are missing, and takes the way of searching that the server can.
 *
 * @throws {@link LakeferryError} of the SOURCE_ family
 */
export async function openApplication(database: LiveDatabase, options: ApplicationOptions): Promise<Application> {
  const { papers, comments, clock = systemClock, report = () => undefined } = options
  try {
    const rating = await ratingField(database, papers)
    const warnings: string[] = []
    const ensure = async (collection: string, index: LiveIndex): Promise<boolean> => {
      const outcome = await database.ensureIndex(collection, index)
      const warning = WARNINGS[outcome]?.(collection, index)
      if (warning !== undefined) warnings.push(warning)
      return outcome === 'there'
    }
    for (const index of paperIndexes(rating)) await ensure(papers, index)
    for (const index of COMMENT_INDEXES) await ensure(comments, index)
    await ensure(REQUESTS, { name: 'lakeferry_known', key: { at: 1 }, expireAfterSeconds: KNOWN_SECONDS })
    const byServer = options.search === undefined && (await ensure(papers, TEXT_INDEX))
    const search: TextSearch = byServer ? serverTextSearch(database, papers) : ownTextSearch(database, papers, report)
    const feed = new CommentFeed(database, comments, report)
    for (const warning of warnings) report(warning)
    return {
      papers: new Papers({ database, collection: papers, search, rating, clock }),
      comments: new Comments({ database, collection: comments, papers, feed, clock }),
      warnings,
      ping: signal => database.ping(signal),
      close: async () => {
        await feed.close()
        await search.close()
        await database.close()
      },
    }
  } catch (error) {
    await database.close().catch(() => undefined)
    throw error
  }
}

function paperIndexes(rating: RatingField): LiveIndex[] {
  return [
    { name: 'lakeferry_id', key: { id: 1 }, unique: true },
    { name: 'lakeferry_year', key: { year: 1, _id: 1 } },
    { name: 'lakeferry_status', key: { status: 1, _id: 1 } },
    { name: 'lakeferry_rating', key: { [rating]: -1, _id: 1 } },
    { name: 'lakeferry_title', key: { title: 1, _id: 1 } },
    { name: 'lakeferry_submitted', key: { submittedAt: 1, _id: 1 } },
  ]
}

const COMMENT_INDEXES: readonly LiveIndex[] = [
  { name: 'lakeferry_id', key: { id: 1 }, unique: true },
  { name: 'lakeferry_thread', key: { paperId: 1, createdAt: 1, _id: 1 } },
  { name: 'lakeferry_replies', key: { replyTo: 1 } },
]

const TEXT_INDEX: LiveIndex = {
  name: 'lakeferry_text',
  key: Object.fromEntries(Object.keys(SEARCHED).map(field => [field, 'text' as const])),
  weights: SEARCHED,
}

const WARNINGS: Readonly<Record<string, (collection: string, index: LiveIndex) => string | undefined>> = {
  duplicates: (collection, { key }) =>
    `${collection}: some documents have the same ${Object.keys(key).join()}, so that it cannot be held to be unique; ` +
    'of several the first one is served, and the others by their _id. Mend them, and start again.',
  refused: (collection, { key }) =>
    `${collection}: may not make the index ${JSON.stringify(key)}, without which reading is slow and ids may come twice; give the user readWrite.`,
  // Without one for text, ours is searched.
  unsupported: (collection, { expireAfterSeconds }) =>
    expireAfterSeconds === undefined
      ? undefined
      : `${collection}: the server removes nothing by its age, so that what is in it stays; remove documents older than ${expireAfterSeconds / 3600} hours now and then.`,
}

/** What this collection calls the mean of a paper's ratings. */
async function ratingField(database: LiveDatabase, papers: string): Promise<RatingField> {
  for (const field of RATING_FIELDS) {
    const { block } = await database.read(papers, {
      filter: { [field]: { $exists: true } },
      projection: { _id: 1 },
      limit: 1,
    })
    if (block.starts.length > 0) return field
  }
  return RATING_FIELDS[0]
}
