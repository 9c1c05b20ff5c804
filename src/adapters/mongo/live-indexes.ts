import type { Db, Document } from 'mongodb'
import type { LiveDatabase, LiveIndex } from '../../ports/live-database.js'
import type { Driver } from './driver.js'
import { codeOf, isServerError, isTransient, isUnauthorized } from './mongo-failure.js'

/** An index of this name or key is there with other options. */
const CONFLICTS = new Set([85, 86])
const DUPLICATE_KEY = 11_000
/** Cannot create index, command not supported, no such plugin, bad value, not implemented: a kind of index that the server lacks. */
const UNSUPPORTED = new Set([67, 115, 59, 2, 16, 238])
const PLAIN = '_plain'

/** As {@link LiveDatabase.ensureIndex}. */
export async function ensureIndex(
  driver: Driver,
  db: Db,
  collection: string,
  index: LiveIndex,
): Promise<Awaited<ReturnType<LiveDatabase['ensureIndex']>>> {
  const { name, key, unique, expireAfterSeconds, weights } = index
  const create = (more: Document): Promise<unknown> =>
    db.command({ createIndexes: collection, indexes: [{ key, name, ...more }], writeConcern: { w: 'majority' } })
  const drop = (index: string): Promise<unknown> => db.command({ dropIndexes: collection, index })
  const wanted = {
    // Sparse: other programs may write as many documents without it as they like.
    ...(unique ? { unique, sparse: true } : {}),
    ...(expireAfterSeconds === undefined ? {} : { expireAfterSeconds }),
    // Words as they are written: no language's stems and stop words, as in the search of our own.
    ...(weights === undefined ? {} : { weights, default_language: 'none', language_override: 'lakeferry_no_language' }),
  }
  try {
    try {
      await create(wanted)
    } catch (error) {
      if (!isServerError(driver, error) || !CONFLICTS.has(codeOf(error))) throw error
      // Ours of an earlier version, or the plain one that a unique one can now take the place of.
      const there = (await db.collection(collection).listIndexes().toArray()) as { name: string; unique?: boolean }[]
      const ours = there.filter(one => one.name === name || one.name === `${name}${PLAIN}`)
      if (ours.length === 0) return 'there' // the same key under a name of somebody else's
      for (const one of ours) await drop(one.name)
      await create(wanted)
    }
    return 'there'
  } catch (error) {
    if (isUnauthorized(driver, error)) return 'refused'
    if (!isServerError(driver, error)) throw error
    const code = codeOf(error)
    if (unique && code === DUPLICATE_KEY) {
      await create({ name: `${name}${PLAIN}` })
      return 'duplicates'
    }
    // Search works without, so whatever a server has against such an index is no reason not to serve.
    if (weights !== undefined && !isTransient(driver, error)) return 'unsupported'
    if (expireAfterSeconds !== undefined && UNSUPPORTED.has(code)) return 'unsupported'
    throw error
  }
}
