import { setTimeout as sleep } from 'node:timers/promises'
import { ObjectId } from 'bson'
import { documentEnd, viewOf } from '../bson/walk.js'
import type { LiveChange, LiveChanges, LiveDatabase } from '../ports/live-database.js'
import { keyOf } from './document-key.js'

/** How often is asked, in milliseconds. */
const EVERY_MS = 2_000
/** Documents in one answer. */
const AT_ONCE = 100
/**
 * An ObjectId is made before its document is written, by many programs with clocks of their own: of those this old and
 * younger, one may come that was not there when it was asked before, in milliseconds.
 */
const LATE_MS = 10_000

/**
 * New documents by asking again, for servers without change streams: those with an ObjectId of the time since the last
 * question. What is changed or removed is not seen. After a failure of `next` it goes on where it was.
 */
export function pollChanges(database: LiveDatabase, collection: string, signal: AbortSignal): LiveChanges {
  let asked = 0
  let seen = new Set<string>()
  const news = async (): Promise<LiveChange[]> => {
    const now = Date.now()
    const there: LiveChange[] = []
    let last = idAt(asked - LATE_MS)
    for (let count = AT_ONCE; count === AT_ONCE; ) {
      const query = { filter: { _id: { $gt: last } }, sort: { _id: 1 }, limit: AT_ONCE }
      const { block, more } = await database.read(collection, query, signal)
      const view = viewOf(block.bytes)
      for (const start of block.starts) {
        const document = block.bytes.slice(start, documentEnd(block.bytes, view, start))
        const key = keyOf(document)
        there.push({ kind: 'created', document, key: document, token: `p${key}` })
        last = ObjectId.createFromHexString(key.slice(2))
      }
      count = more ? AT_ONCE : block.starts.length
    }
    const found = there.filter(({ token }) => !seen.has(token))
    // Only now: what was found before a failure has not been told.
    asked = now
    const kept = `p07${idAt(asked - LATE_MS).toHexString()}`
    seen = new Set(there.map(({ token }) => token).filter(token => token > kept))
    return found
  }
  const begin = async (): Promise<void> => {
    asked = Date.now()
    await news()
  }
  const opened = begin()
  opened.catch(() => undefined)
  const found: LiveChange[] = []
  return {
    opened,
    token: undefined,
    async next() {
      if (found.length === 0) {
        await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined)
        if (signal.aborted) return undefined
        for (const change of await news()) found.push(change)
      }
      return found.shift()
    },
    close: async () => undefined,
  }
}

/** The lowest of that time. */
function idAt(ms: number): ObjectId {
  return ObjectId.createFromTime(Math.floor(ms / 1_000))
}
