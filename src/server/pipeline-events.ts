import { PassThrough } from 'node:stream'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { CurrentRun, RunNews } from './pipeline-current-run.js'
import { HttpProblem } from './problems.js'

/** A line that means nothing, so that nobody in between takes the silence for an end, in milliseconds. */
const HEARTBEAT_MS = 15_000
/** Watchers at a time, of all clients together. */
const MOST_WATCHERS = 200
/** What a client has not taken yet, in bytes: with more of it, it is cut off, and asks again for how things are then. */
const MOST_WAITING = 256 * 1024
/** How soon a client that was cut off asks again, in milliseconds. */
const RETRY_MS = 2_000

/**
 * Server-sent events of the run that this server started: `run` with how it is as a whole, `progress` of one dataset. Whoever
 * comes is told first how things are, so that nothing that was missed matters. It ends with the server.
 */
export function runEvents(
  app: FastifyInstance,
  current: CurrentRun,
  stopping: AbortSignal,
): (reply: FastifyReply) => FastifyReply {
  const watchers = new Set<PassThrough>()
  const endAll = (): void => {
    for (const stream of watchers) stream.end()
  }
  stopping.addEventListener('abort', endAll, { once: true })
  app.addHook('preClose', async () => endAll())
  return reply => {
    if (watchers.size >= MOST_WATCHERS) throw new HttpProblem(503, 'Too many are watching.', 'Ask again later.')
    const stream = new PassThrough()
    const tell = (text: string): void => {
      if (stream.writableEnded) return
      stream.write(text)
      if (stream.writableLength + stream.readableLength > MOST_WAITING) stream.destroy()
    }
    const leave = current.listen(news => tell(eventText(news)))
    const heartbeat = setInterval(() => tell(': alive\n\n'), HEARTBEAT_MS).unref()
    stream.once('close', () => {
      watchers.delete(stream)
      clearInterval(heartbeat)
      leave()
    })
    watchers.add(stream)
    tell(`retry: ${RETRY_MS}\n\n`)
    const view = current.view()
    if (view !== undefined) tell(eventText({ event: 'run', data: view }))
    if (stopping.aborted) stream.end()
    return reply
      .type('text/event-stream; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('x-accel-buffering', 'no') // nginx would keep what is to be seen at once
      .send(stream)
  }
}

/** JSON text has no line ends, so it is one line of data. */
function eventText({ event, data }: RunNews): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
