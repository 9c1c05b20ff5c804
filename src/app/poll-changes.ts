import { setTimeout as sleep } from 'node:timers/promises'
import { documentEnd, viewOf } from '../bson/walk.js'
import type { LiveChange, LiveChanges, LiveDatabase } from '../ports/live-database.js'
import { idOf, keyOf } from './document-key.js'

/** How often is asked, in milliseconds. */
const EVERY_MS = 2_000
/** For one question. */
const AT_ONCE = 100

/**
 * New documents by asking again, for servers without change streams: those whose `_id` is above the highest that was seen.
 * What is changed or removed is not seen.
 */
export function pollChanges(database: LiveDatabase, collection: string, signal: AbortSignal): LiveChanges {
  let last: string | undefined
  const found: LiveChange[] = []
  const ask = async (filter: Record<string, unknown>, descending: boolean, limit: number): Promise<LiveChange[]> => {
    const { block } = await database.read(collection, { filter, sort: { _id: descending ? -1 : 1 }, limit }, signal)
    const view = viewOf(block.bytes)
    return Array.from(block.starts, start => {
      const document = block.bytes.slice(start, documentEnd(block.bytes, view, start))
      const key = keyOf(document)
      return { kind: 'created' as const, document, key: document, token: `p${key}` }
    })
  }
  const opened = ask({}, true, 1).then(newest => {
    last = newest[0]?.token.slice(1)
  })
  opened.catch(() => undefined)
  return {
    opened,
    async next() {
      if (found.length === 0) {
        await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined)
        if (signal.aborted) return undefined
        found.push(...(await ask(last === undefined ? {} : { _id: { $gt: idOf(last) } }, false, AT_ONCE)))
      }
      const change = found.shift()
      if (change !== undefined) last = change.token.slice(1)
      return change
    },
    close: async () => undefined,
  }
}
