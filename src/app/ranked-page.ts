import { documentEnd, viewOf } from '../bson/walk.js'
import type { LiveDatabase, LiveFilter } from '../ports/live-database.js'
import type { PageQuery, PaperPage } from '../ports/paper-store.js'
import { idOf, keyOf } from './document-key.js'
import { paged, scopeOf } from './list-page.js'
import { after, type Order, positionOf, sortOf } from './page-cursor.js'

export interface RankedPageOptions {
  readonly database: LiveDatabase
  readonly collection: string
  /** Of the words: key of `_id`, and score. */
  readonly hits: ReadonlyMap<string, number>
  readonly words: readonly string[]
  readonly filter: LiveFilter
  readonly order: Order
  readonly page: PageQuery
  readonly signal: AbortSignal | undefined
}

/** What a cursor of a ranked search is: the last paper's score and key. */
const CURSOR = /^([0-9.e+-]{1,24})~([0-9a-f]{2,4000})$/

/**
 * A page of what a search has found, best first, equals by `_id`; or in the order that is asked for. Of the database are
 * asked the `_id`s that meet the filter, and then the documents of the page: each is what it is now, and one that went in
 * between is left out.
 */
export async function rankedPage(options: RankedPageOptions): Promise<PaperPage | 'bad-cursor'> {
  const { database, collection, hits, words, order, page, signal } = options
  const scope = scopeOf(order, words, options.filter)
  const found = await inOrder(options, options.filter)
  let rest = found
  let from = page.cursor === undefined ? page.offset : 0
  if (page.cursor !== undefined && order.length === 0) {
    const last = rankOf(page.cursor, scope)
    if (last === undefined) return 'bad-cursor'
    const next = found.findIndex(key => byRank(hits.get(key)!, key, last.score, last.key) > 0)
    from = next < 0 ? found.length : next
  } else if (page.cursor !== undefined) {
    const position = positionOf(page.cursor, order, scope)
    if (position === undefined) return 'bad-cursor'
    // By what it was sorted by, since the last paper of the page before may be gone.
    rest = await inOrder(options, { $and: [options.filter, after(position, order)] })
  }
  const keys = rest.slice(from, from + page.limit)
  const more = rest.length > from + keys.length
  const block = await documents(database, collection, keys, signal)
  const shown = paged(block, block.starts.length, more && order.length > 0 ? { order, scope } : undefined)
  const last = keys.at(-1)
  const byScore = more && last !== undefined && order.length === 0
  return { ...shown, more, total: found.length, ...(byScore ? { next: `${scope}.${hits.get(last)}~${last}` } : {}) }
}

function rankOf(cursor: string, scope: string): { readonly score: number; readonly key: string } | undefined {
  const match = cursor.startsWith(`${scope}.`) ? CURSOR.exec(cursor.slice(scope.length + 1)) : null
  const score = Number(match?.[1])
  return match === null || !Number.isFinite(score) ? undefined : { score, key: match[2]! }
}

/** Keys of all that were found and meet the filter. */
async function inOrder(
  { database, collection, hits, order, signal }: RankedPageOptions,
  filter: LiveFilter,
): Promise<string[]> {
  if (hits.size === 0) return []
  const isFiltered = Object.keys(filter).length > 0
  let found: string[] = []
  if (!isFiltered && order.length === 0) found = [...hits.keys()]
  else {
    const query = { filter, projection: { _id: 1 }, ...(order.length === 0 ? {} : { sort: sortOf(order) }) }
    for await (const { bytes, starts } of database.readAll(collection, query, signal)) {
      const view = viewOf(bytes)
      for (const start of starts) {
        const key = keyOf(bytes, view, start)
        if (hits.has(key)) found.push(key)
      }
    }
  }
  return order.length > 0 ? found : found.sort((a, b) => byRank(hits.get(a)!, a, hits.get(b)!, b))
}

function byRank(score: number, key: string, otherScore: number, otherKey: string): number {
  return otherScore - score || (key < otherKey ? -1 : key > otherKey ? 1 : 0)
}

/** The documents of these keys, in their order. */
async function documents(
  database: LiveDatabase,
  collection: string,
  keys: readonly string[],
  signal: AbortSignal | undefined,
): Promise<{ bytes: Uint8Array; starts: Uint32Array }> {
  if (keys.length === 0) return { bytes: new Uint8Array(), starts: new Uint32Array() }
  const filter = { _id: { $in: keys.map(idOf) } }
  const { block } = await database.read(collection, { filter, limit: keys.length }, signal)
  const view = viewOf(block.bytes)
  const starts = new Map<string, number>()
  for (const start of block.starts) {
    documentEnd(block.bytes, view, start)
    starts.set(keyOf(block.bytes, view, start), start)
  }
  return { bytes: block.bytes, starts: Uint32Array.from(keys.flatMap(key => starts.get(key) ?? [])) }
}
