import type { Document } from 'mongodb'
import { LakeferryError, reasonOf } from '../../errors.js'
import type { Driver } from './driver.js'
import { codeOf } from './mongo-failure.js'

/** @throws {@link LakeferryError} when the filter is no Extended JSON document */
export function parseFilter(driver: Driver, namespace: string, text: string | undefined): Document | undefined {
  if (text === undefined) return undefined
  try {
    const filter: unknown = driver.BSON.EJSON.parse(text, { relaxed: false })
    if (typeof filter === 'object' && filter !== null && !Array.isArray(filter)) return filter
  } catch (error) {
    throw new LakeferryError('SOURCE_FILTER', { namespace, filter: text, reason: reasonOf(error) }, { cause: error })
  }
  throw new LakeferryError('SOURCE_FILTER', { namespace, filter: text, reason: 'wanted a document' })
}

/** Codes below this are the server's general ones; above it are those of single places, mostly of parsing a query. */
const FIRST_PLACE_CODE = 15_000
const QUERY_CODES: ReadonlySet<number> = new Set([2, 9, 14, 168])

/** Whether the server's error is about the query rather than about itself. */
export function blamesFilter(error: unknown): boolean {
  const code = codeOf(error)
  return QUERY_CODES.has(code) || code >= FIRST_PLACE_CODE
}
