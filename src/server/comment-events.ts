import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { CommentEvent, CommentStore } from '../ports/paper-store.js'
import { HttpProblem } from './problems.js'

/** How long a stream of events is borne with. */
export interface EventPatience {
  /**
   * A line that means nothing comes after so long, so that nobody in between takes the silence for an end; in
   * milliseconds.
   *
   * @defaultValue 15_000
   */
  readonly heartbeatMs?: number
  /** What a client has not taken for so long, it will not take, in milliseconds. @defaultValue 60_000 */
  readonly stuckMs?: number
}

const HEARTBEAT_MS = 15_000
const STUCK_MS = 60_000
/** Watchers at a time, of all clients together. */
const MOST_WATCHERS = 1_000
/** How soon a client that was cut off asks again, in milliseconds. */
const RETRY_MS = 2_000

type Watch = (
  request: FastifyRequest<{ Querystring: { readonly paperId?: string } }>,
  reply: FastifyReply,
) => Promise<FastifyReply>

/**
 * Server-sent events, https://html.spec.whatwg.org/multipage/server-sent-events.html: `open`, `comment`, `comment-changed`,
 * `comment-removed`, `lost`. It ends with the server, and is cut off for a client that does not keep up.
 */
export function commentEvents(
  comments: CommentStore,
  stopping: AbortSignal,
  { heartbeatMs = HEARTBEAT_MS, stuckMs = STUCK_MS }: EventPatience = {},
): Watch {
  let watchers = 0
  return async (request, reply) => {
    if (watchers >= MOST_WATCHERS) throw new HttpProblem(503, 'Too many are watching.', 'Ask again later.')
    const end = new AbortController()
    const stop = (): void => end.abort()
    const { raw } = reply
    // Of a request that waits behind another on its connection, only the connection tells that nobody is there any more.
    const { socket } = request.raw
    const leave = (): void => {
      raw.off('close', leave)
      socket.off('close', leave)
      watchers -= 1
      clearInterval(watchdog)
      stopping.removeEventListener('abort', stop)
      end.abort()
    }
    const { paperId } = request.query
    const after = request.headers['last-event-id']
    const events = comments.watch({
      signal: end.signal,
      ...(paperId === undefined ? {} : { paperId }),
      ...(typeof after === 'string' && after !== '' ? { after } : {}),
    })
    watchers += 1
    stopping.addEventListener('abort', stop, { once: true })
    if (stopping.aborted) stop()
    let taken = performance.now()
    const watchdog = setInterval(() => {
      if (!raw.writableNeedDrain) taken = performance.now()
      else if (performance.now() - taken > stuckMs) socket.destroy()
    }, stuckMs / 4).unref()
    raw.once('close', leave)
    socket.once('close', leave)
    reply
      .type('text/event-stream; charset=utf-8')
      .header('cache-control', 'no-store')
      // Nothing comes after it; and a server that is stopping would wait for a connection that is kept.
      .header('connection', 'close')
      // nginx would keep what is to be seen at once.
      .header('x-accel-buffering', 'no')
    const text = lines(events, { heartbeatMs, signal: end.signal, cutOff: () => socket.destroy() })
    const stream = Readable.from(text, { objectMode: false, highWaterMark: 16 * 1024 })
    return reply.send(stream)
  }
}

interface LineOptions {
  readonly heartbeatMs: number
  readonly signal: AbortSignal
  /** Called where the events end before anybody has asked for it: too many wait. */
  readonly cutOff: () => void
}

/** The stream's text. */
async function* lines(
  events: AsyncIterable<CommentEvent>,
  { heartbeatMs, signal, cutOff }: LineOptions,
): AsyncGenerator<string> {
  yield `retry: ${RETRY_MS}\n\n`
  const iterator = events[Symbol.asyncIterator]()
  try {
    let next = iterator.next()
    for (;;) {
      const result = await orHeartbeat(next, heartbeatMs)
      if (result === undefined) yield ': alive\n\n'
      else if (result.done) break
      else {
        yield blockOf(result.value)
        next = iterator.next()
      }
    }
    if (!signal.aborted) cutOff()
  } finally {
    await iterator.return?.()
  }
}

async function orHeartbeat<T>(next: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<undefined>(resolve => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  try {
    return await Promise.race([next, silence])
  } finally {
    clearTimeout(timer)
  }
}

const NAMES = { created: 'comment', changed: 'comment-changed', removed: 'comment-removed', lost: 'lost', open: 'open' }

/** JSON text has no line ends, so it is one line of data. */
function blockOf(event: CommentEvent): string {
  const data =
    'json' in event ? Buffer.from(event.json).toString() : '_id' in event ? JSON.stringify({ _id: event._id }) : '{}'
  return `${event.token === undefined ? '' : `id: ${event.token}\n`}event: ${NAMES[event.kind]}\ndata: ${data}\n\n`
}
