import { setTimeout as sleep } from 'node:timers/promises'
import {
  ChangesLost,
  type LiveChange,
  type LiveChanges,
  type LiveDatabase,
  NoChangeStreams,
} from '../ports/live-database.js'
import { type CommentEvent, MOST_WAITING, type WatchOptions } from '../ports/paper-store.js'
import { EventQueue } from './event-queue.js'
import { documentJson } from './page-json.js'
import { pollChanges } from './poll-changes.js'
import { readFields, textOf } from './stored-fields.js'

/** Events that are kept for those who come back. */
const KEPT = 1_000
/** And bytes of them. */
const KEPT_BYTES = 4 * 1024 * 1024
/** Before a stream that broke is opened again, in milliseconds. */
const RETRY_MS = 1_000

type Told = CommentEvent & { readonly token: string }
type Running = { readonly stop: AbortController; readonly opened: Promise<void>; readonly done: Promise<void> }
type Subscriber = { readonly queue: EventQueue<CommentEvent>; readonly paperId: string | undefined }

/**
 * The changes of the comments for everybody who watches: one change stream however many they are, open as long as there is
 * anybody. Those who come back with the last event they saw get what they missed: out of what is kept here, or from the
 * server's own log by its token.
 */
export class CommentFeed {
  readonly #database: LiveDatabase
  readonly #collection: string
  readonly #report: (problem: string) => void
  readonly #subscribers = new Set<Subscriber>()
  readonly #kept: Told[] = []
  #keptBytes = 0
  #running: Running | undefined

  constructor(database: LiveDatabase, collection: string, report: (problem: string) => void) {
    this.#database = database
    this.#collection = collection
    this.#report = report
  }

  async *watch({ paperId, after, signal }: WatchOptions): AsyncGenerator<CommentEvent> {
    if (signal.aborted) return
    const queue = new EventQueue<CommentEvent>(MOST_WAITING)
    const subscriber: Subscriber = { queue, paperId }
    const leave = (): void => queue.end()
    signal.addEventListener('abort', leave, { once: true })
    this.#subscribers.add(subscriber)
    const running = this.#run()
    try {
      // A server that does not answer is no reason to wait longer than who asked.
      await Promise.race([running.opened, aborted(signal)])
      if (signal.aborted) return
      yield { kind: 'open' }
      const seen = new Set<string>()
      if (after !== undefined) {
        for await (const event of this.#missed(after, signal)) {
          if (event.token !== undefined) seen.add(event.token)
          if (isFor(event, paperId)) yield event
        }
      }
      for await (const event of queue) {
        if (signal.aborted) return
        if (event.token === undefined || !seen.has(event.token)) yield event
      }
    } finally {
      signal.removeEventListener('abort', leave)
      this.#subscribers.delete(subscriber)
      // Nobody has to wait until the server has let go of the stream.
      if (this.#subscribers.size === 0) void this.#halt()
    }
  }

  async close(): Promise<void> {
    for (const { queue } of this.#subscribers) queue.end()
    await this.#halt()
  }

  #run(): Running {
    if (this.#running === undefined) {
      const stop = new AbortController()
      let opened: () => void = () => undefined
      const isOpen = new Promise<void>(resolve => {
        opened = resolve
      })
      this.#running = { stop, opened: isOpen, done: this.#follow(stop.signal, opened) }
    }
    return this.#running
  }

  async #halt(): Promise<void> {
    const running = this.#running
    this.#running = undefined
    running?.stop.abort()
    // What comes while nobody watches is not kept, so what was kept before leads nowhere.
    this.#kept.length = 0
    this.#keptBytes = 0
    await running?.done
  }

  /** Ends when nobody watches any more. Never throws. */
  async #follow(signal: AbortSignal, opened: () => void): Promise<void> {
    let last: string | undefined
    /** Undefined where there are change streams. */
    let polled: LiveChanges | undefined
    let wasOpen = false
    let gap = false
    while (!signal.aborted) {
      const changes =
        polled ?? this.#database.changes(this.#collection, { signal, ...(last === undefined ? {} : { after: last }) })
      let isOpen = false
      try {
        await changes.opened
        isOpen = true
        wasOpen = true
        opened()
        // Not before: who reads the list again must find in it all that will not be told.
        if (gap) this.#tell({ kind: 'lost' })
        gap = false
        while (!signal.aborted) {
          const change = await changes.next()
          if (signal.aborted) return
          last = changes.token ?? change?.token ?? last
          if (change !== undefined) this.#tell(eventOf(change))
        }
      } catch (error) {
        if (signal.aborted) return
        if (error instanceof NoChangeStreams) {
          polled = pollChanges(this.#database, this.#collection, signal)
          gap ||= wasOpen
        } else if (error instanceof ChangesLost) {
          last = undefined
          gap = true
          this.#kept.length = 0
          this.#keptBytes = 0
        } else {
          this.#report(`new comments are told late: ${String((error as Error).message)}`)
          // Without a token to go on from, what happens meanwhile is not seen.
          if (polled === undefined) gap ||= wasOpen && last === undefined
          else if (!isOpen) polled = pollChanges(this.#database, this.#collection, signal)
          await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined)
        }
      } finally {
        await changes.close()
      }
    }
  }

  #tell(event: CommentEvent): void {
    if (event.token !== undefined) {
      const told = event as Told
      this.#kept.push(told)
      this.#keptBytes += sizeOf(told)
      while (this.#kept.length > KEPT || this.#keptBytes > KEPT_BYTES) this.#keptBytes -= sizeOf(this.#kept.shift()!)
    }
    for (const { queue, paperId } of this.#subscribers) if (isFor(event, paperId)) queue.push(event)
  }

  /** What happened after an event. The queue is filled already, so what comes twice is known by its token. */
  async *#missed(after: string, signal: AbortSignal): AsyncGenerator<CommentEvent> {
    const at = this.#kept.findIndex(({ token }) => token === after)
    if (at >= 0) {
      yield* this.#kept.slice(at + 1)
      return
    }
    if (!TOKEN.test(after)) {
      yield { kind: 'lost' }
      return
    }
    const changes = this.#database.changes(this.#collection, { after, signal })
    try {
      await changes.opened
      for (let told = 0; ; told++) {
        const change = await changes.next()
        if (change === undefined) return
        // Reading all of it again is quicker for who was away so long.
        if (told === KEPT) break
        yield eventOf(change)
      }
      yield { kind: 'lost' }
    } catch (error) {
      if (!(error instanceof ChangesLost) && !(error instanceof NoChangeStreams)) {
        this.#report(`what was missed cannot be told: ${String((error as Error).message)}`)
      }
      yield { kind: 'lost' }
    } finally {
      await changes.close()
    }
  }
}

/** A server's resume token: hex digits. */
const TOKEN = /^[0-9A-Fa-f]{2,2000}$/

function eventOf({ kind, document, key, token }: LiveChange): Told {
  if (document === undefined || kind === 'removed') {
    return { kind: 'removed', _id: String(JSON.parse(Buffer.from(documentJson(key)).toString())['_id']), token }
  }
  return { kind, token, json: documentJson(document), paperId: textOf(readFields(document), 'paperId') }
}

function isFor(event: CommentEvent, paperId: string | undefined): boolean {
  return paperId === undefined || !('paperId' in event) || event.paperId === paperId
}

function sizeOf(event: Told): number {
  return 'json' in event ? event.json.length : 100
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
}
