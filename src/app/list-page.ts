import { createHash } from 'node:crypto'
import { BSON } from 'bson'
import type { RawBlock } from '../ports/document-source.js'
import type { LiveDatabase, LiveFilter } from '../ports/live-database.js'
import type { PaperPage } from '../ports/paper-store.js'
import { after, cursorAfter, type Order, positionOf, sortOf } from './page-cursor.js'
import { pageJson } from './page-json.js'
import type { Totals } from './totals.js'

export interface ListPageOptions {
  readonly database: LiveDatabase
  readonly collection: string
  readonly totals: Totals
  readonly filter: LiveFilter
  /** No index serves the filter, so that counting costs as much as the page: it is done only if the page does not tell. */
  readonly readsAll?: boolean
  readonly order: Order
  readonly page: { readonly limit: number; readonly offset: number; readonly cursor?: string }
  readonly signal: AbortSignal | undefined
}

/** A page of a collection: one question to the database, and one for the total where none is known. */
export async function listPage(options: ListPageOptions): Promise<PaperPage | 'bad-cursor'> {
  const { database, collection, totals, filter, order, page, signal } = options
  const { limit, offset, cursor } = page
  const scope = scopeOf(order, [], filter)
  const position = cursor === undefined ? undefined : positionOf(cursor, order, scope)
  if (cursor !== undefined && position === undefined) return 'bad-cursor'
  const from = position === undefined ? undefined : after(position, order)
  const hasFilter = Object.keys(filter).length > 0
  const count = (): Promise<number> =>
    totals.of(hasFilter ? filterKey(filter) : '', () => database.count(collection, filter))
  const counting = options.readsAll ? undefined : count()
  counting?.catch(() => undefined) // it is told below, unless the page itself fails
  const read = await database.read(
    collection,
    {
      filter: from === undefined ? filter : hasFilter ? { $and: [filter, from] } : from,
      sort: sortOf(order),
      // One more than is wanted tells whether there is a next page.
      limit: limit + 1,
      ...(position === undefined && offset > 0 ? { skip: offset } : {}),
    },
    signal,
  )
  const { block } = read
  const shown = Math.min(limit, block.starts.length)
  const more = read.more || block.starts.length > limit
  const before = position === undefined ? offset : 0
  // A page that ends the list tells how long it is, if it is known where it began: an empty one may be beyond the end.
  const isKnown = !more && cursor === undefined && (shown > 0 || before === 0)
  const seen = before + block.starts.length
  // The page was read later than a total that is kept: it knows of at least as many.
  const total = isKnown ? seen : Math.max(await (counting ?? count()), shown > 0 ? seen : 0)
  return { ...paged(block, shown, more ? { order, scope } : undefined), total }
}

/** The page of a block's first documents. @param following - where there is a next page */
export function paged(
  block: RawBlock,
  count: number,
  following: { readonly order: Order; readonly scope: string } | undefined,
): Omit<PaperPage, 'total'> {
  const json = pageJson(block, count)
  if (following === undefined || count === 0) return { json, count, more: following !== undefined }
  const next = cursorAfter(block.bytes, block.starts[count - 1]!, following.order, following.scope)
  return { json, count, more: true, ...(next === undefined ? {} : { next }) }
}

const scopes = new Map<string, string>()

/** A cursor is one of this list only: of another it would be a place that nobody has been at. */
export function scopeOf(order: Order, words: readonly string[], filter: LiveFilter): string {
  const key = JSON.stringify([order, words, filter])
  let scope = scopes.get(key)
  if (scope === undefined) {
    scope = createHash('sha256').update(key).digest('base64url').slice(0, 8)
    if (scopes.size > 1_000) scopes.clear()
    scopes.set(key, scope)
  }
  return scope
}

function filterKey(filter: LiveFilter): string {
  return BSON.EJSON.stringify(filter)
}
