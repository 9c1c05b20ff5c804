import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { CommentEvent, CommentStore } from '../ports/paper-store.js'
import { HttpProblem } from './problems.js'

/** A line that means nothing, so that nobody in between takes the silence for an end, in milliseconds. */
export const HEARTBEAT_MS = 15_000
/** Watchers at a time, of all clients together. */
const MOST_WATCHERS = 1_000
/** How soon a client that was cut off asks again, in milliseconds. */
const RETRY_MS = 2_000
/** What a client has not taken for so long, it will not take, in milliseconds. */
const STUCK_MS = 60_000

type Watch = (
  request: FastifyRequest<{ Querystring: { readonly paperId?: string } }>,
  reply: FastifyReply,
) => Promise<FastifyReply>

/**
 * Server-sent events, https://html.spec.whatwg.org/multipage/server-sent-events.html: `open`, `comment`, `comment-changed`,
 * `comment-removed`, `lost`. It ends with the server, and is cut off for a client that does not keep up.
 */
export function commentEvents(comments: CommentStore, stopping: AbortSignal): Watch {
  let watchers = 0
  return async (request, reply) => {
    if (watchers >= MOST_WATCHERS) throw new HttpProblem(503, 'Too many are watching.', 'Ask again later.')
    const end = new AbortController()
    const stop = (): void => end.abort()
    const leave = (): void => {
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
    const { raw } = reply
    let taken = performance.now()
    const watchdog = setInterval(() => {
      if (!raw.writableNeedDrain) taken = performance.now()
      else if (performance.now() - taken > STUCK_MS) raw.destroy()
    }, STUCK_MS / 4).unref()
    raw.once('close', leave)
    reply
      .type('text/event-stream; charset=utf-8')
      .header('cache-control', 'no-store')
      // Nothing comes after it; and a server that is stopping would wait for a connection that is kept.
      .header('connection', 'close')
      // nginx would keep what is to be seen at once.
      .header('x-accel-buffering', 'no')
    const stream = Readable.from(lines(events, end.signal, raw.destroy.bind(raw)), {
      objectMode: false,
      highWaterMark: 16 * 1024,
    })
    return reply.send(stream)
  }
}

/** The stream's text. @param cutOff - called where the events end before anybody has asked for it: too many wait */
async function* lines(
  events: AsyncIterable<CommentEvent>,
  signal: AbortSignal,
  cutOff: () => void,
): AsyncGenerator<string> {
  yield `retry: ${RETRY_MS}\n\n`
  const iterator = events[Symbol.asyncIterator]()
  try {
    let next = iterator.next()
    for (;;) {
      const result = await orHeartbeat(next)
      if (result === undefined) yield ': alive\n\n'
      else if (result.done) break
      else {
        yield text(result.value)
        next = iterator.next()
      }
    }
    if (!signal.aborted) cutOff()
  } finally {
    await iterator.return?.()
  }
}

async function orHeartbeat<T>(next: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<undefined>(resolve => {
    timer = setTimeout(() => resolve(undefined), HEARTBEAT_MS)
  })
  try {
    return await Promise.race([next, silence])
  } finally {
    clearTimeout(timer)
  }
}

const NAMES = { created: 'comment', changed: 'comment-changed', removed: 'comment-removed', lost: 'lost', open: 'open' }

/** JSON text has no line ends, so it is one line of data. */
function text(event: CommentEvent): string {
  const data =
    'json' in event ? Buffer.from(event.json).toString() : '_id' in event ? JSON.stringify({ _id: event._id }) : '{}'
  return `${event.token === undefined ? '' : `id: ${event.token}\n`}event: ${NAMES[event.kind]}\ndata: ${data}\n\n`
}
