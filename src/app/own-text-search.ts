import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises'
import { textDecoder } from '../bson/utf8.js'
import { documentEnd, viewOf } from '../bson/walk.js'
import { ChangesLost, type LiveDatabase, NoChangeStreams } from '../ports/live-database.js'
import { keyOf } from './document-key.js'
import { type Field, readFields } from './stored-fields.js'
import { SEARCHED } from './text-score.js'
import type { TextSearch } from './text-search.js'
import { WordIndex } from './word-index.js'

/** Documents that are taken in before others get their turn. */
const AT_ONCE = 50
/** How old the index may be where changes are not told, in milliseconds. */
const STALE_MS = 10_000
/** Before it is tried again after a failure, in milliseconds. */
const RETRY_MS = 2_000

/**
 * Search by an index in memory, for servers without one. It is built when the application opens and follows the
 * collection by a change stream; where there are none, it is built anew when it is asked and older than
 * {@link STALE_MS}, and the old one answers meanwhile.
 *
 * @param report - told of what is not searched, and of failures that are tried again
 */
export function ownTextSearch(
  database: LiveDatabase,
  collection: string,
  report: (problem: string) => void,
): TextSearch {
  return new OwnTextSearch(database, collection, report)
}

class OwnTextSearch implements TextSearch {
  readonly #database: LiveDatabase
  readonly #collection: string
  readonly #report: (problem: string) => void
  readonly #stop = new AbortController()
  #index: WordIndex | undefined
  /** Those who ask before there is an index. */
  readonly #waiting = new Set<{
    readonly resolve: (index: WordIndex) => void
    readonly reject: (error: unknown) => void
  }>()
  #builtAt = 0
  #follows = false
  /** Written here while an index is built, which may have read the document before. */
  readonly #writes = new Map<string, Uint8Array | undefined>()
  /** Builds that have begun: only the newest counts, since what was written during it is known. */
  #builds = 0
  #rebuilding = false
  readonly #following: Promise<void>
  #full = false

  constructor(database: LiveDatabase, collection: string, report: (problem: string) => void) {
    this.#database = database
    this.#collection = collection
    this.#report = report
    this.#following = this.#follow()
  }

  async hits(words: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, number>> {
    signal?.throwIfAborted()
    if (this.#index !== undefined && !this.#follows && performance.now() - this.#builtAt > STALE_MS) this.#renew()
    const index = this.#index ?? (await this.#first())
    return index.search(words)
  }

  #first(): Promise<WordIndex> {
    return new Promise((resolve, reject) => this.#waiting.add({ resolve, reject }))
  }

  written(document: Uint8Array): void {
    const key = keyOf(document)
    if (this.#rebuilding) this.#writes.set(key, document)
    if (this.#index !== undefined) this.#put(this.#index, key, document)
  }

  removed(document: Uint8Array): void {
    const key = keyOf(document)
    if (this.#rebuilding) this.#writes.set(key, undefined)
    this.#index?.remove(key)
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#following
  }

  /** Builds, then follows; again from the beginning when the way is lost. Ends when it is closed. */
  async #follow(): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      const changes = this.#database.changes(this.#collection, { signal })
      try {
        const told = await changes.opened.then(
          () => true,
          error => {
            if (error instanceof NoChangeStreams) return false
            throw error
          },
        )
        // The stream is open first: what is written while the collection is read comes by it.
        await this.#build()
        for (const { resolve } of this.#waiting) resolve(this.#index!)
        this.#waiting.clear()
        if (!told) return
        this.#follows = true
        while (!signal.aborted) {
          const change = await changes.next()
          if (change === undefined) continue
          const key = keyOf(change.key)
          if (change.document === undefined) this.#index?.remove(key)
          else if (this.#index !== undefined) this.#put(this.#index, key, change.document)
        }
      } catch (error) {
        if (signal.aborted) return
        // It is tried again, and so may they.
        for (const { reject } of this.#waiting) reject(error)
        this.#waiting.clear()
        if (!(error instanceof ChangesLost))
          this.#report(`the search index is behind: ${String((error as Error).message)}`)
        await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined)
      } finally {
        this.#follows = false
        await changes.close()
      }
    }
  }

  #renew(): void {
    if (this.#rebuilding) return
    this.#build().catch(error => this.#report(`the search index is behind: ${String(error.message)}`))
  }

  async #build(): Promise<void> {
    const build = ++this.#builds
    this.#rebuilding = true
    this.#writes.clear()
    const index = new WordIndex()
    const projection = Object.fromEntries(Object.keys(SEARCHED).map(name => [name, 1]))
    const { signal } = this.#stop
    try {
      for await (const { bytes, starts } of this.#database.readAll(
        this.#collection,
        { filter: {}, projection },
        signal,
      )) {
        const view = viewOf(bytes)
        for (const [number, start] of starts.entries()) {
          if (number % AT_ONCE === AT_ONCE - 1) await breathe()
          if (signal.aborted || build !== this.#builds) return
          const document = bytes.subarray(start, documentEnd(bytes, view, start))
          this.#put(index, keyOf(document), document)
        }
      }
      if (build !== this.#builds) return
      for (const [key, document] of this.#writes) {
        if (document === undefined) index.remove(key)
        else this.#put(index, key, document)
      }
      this.#index = index
      this.#builtAt = performance.now()
    } finally {
      if (build === this.#builds) {
        this.#rebuilding = false
        this.#writes.clear()
      }
    }
  }

  #put(index: WordIndex, key: string, document: Uint8Array): void {
    const hasRoom = index.put(key, textsOf(readFields(document)))
    if (!hasRoom && !this.#full) {
      this.#full = true
      this.#report(
        'the search index is full: what is written from here on is not found by words; a server with text indexes has no such limit',
      )
    }
  }
}

function* textsOf(fields: readonly Field[]): Iterable<readonly [string, string]> {
  for (const { name, type, value } of fields) {
    if (SEARCHED[name] === undefined) continue
    if (type === 0x02) yield [name, text(value)]
    else if (type === 0x04) for (const item of readFields(value)) if (item.type === 0x02) yield [name, text(item.value)]
  }
}

const text = (value: Uint8Array): string => textDecoder.decode(value.subarray(4, -1))
