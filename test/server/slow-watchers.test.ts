import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { EventQueue } from '../../src/app/event-queue.js'
import { type CommentEvent, type CommentStore, MOST_WAITING } from '../../src/ports/paper-store.js'
import { commentRoutes } from '../../src/server/comment-routes.js'
import { bareServer } from './server-fixture.js'
import { until } from './until.js'
import { watchComments } from './watch-comments.js'

const TEXT = 'x'.repeat(20_000)

/** What the feed does for those who watch, without a database: each has a queue of its own, that ends when it is full. */
function tellers() {
  const queues = new Set<EventQueue<CommentEvent>>()
  const taken: number[] = []
  return {
    queues,
    /** Bytes that each watcher has been given, whether or not it has read them. */
    taken,
    tell: (n: number): void => {
      const json = Buffer.from(JSON.stringify({ _id: String(n), text: TEXT }))
      for (const queue of queues) queue.push({ kind: 'created', json, paperId: undefined, token: `${n}` })
    },
    async *watch({ signal }: Parameters<CommentStore['watch']>[0]): AsyncGenerator<CommentEvent> {
      const queue = new EventQueue<CommentEvent>(MOST_WAITING)
      const number = taken.push(0) - 1
      signal.addEventListener('abort', () => queue.end(), { once: true })
      queues.add(queue)
      try {
        yield { kind: 'open' }
        for await (const event of queue) {
          taken[number]! += TEXT.length
          yield event
        }
      } finally {
        queues.delete(queue)
      }
    },
  }
}

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

async function serve(events: { heartbeatMs?: number; stuckMs?: number } = {}) {
  const told = tellers()
  const stop = new AbortController()
  const app = await bareServer({ requestsPerMinute: 100_000 }, { drainMs: 200 })
  // Only what watches is asked of them here.
  const stores = { comments: told as unknown as CommentStore, papers: {} as never }
  await app.register(commentRoutes, { ...stores, stopping: stop.signal, events })
  await app.listen({ port: 0, host: '127.0.0.1' })
  closers.push(() => app.close())
  const { port } = app.server.address() as { port: number }
  return { ...told, app, port, base: `http://127.0.0.1:${port}` }
}

const WATCH = 'GET /api/comments/events HTTP/1.1\r\nHost: localhost\r\n\r\n'

function connected(port: number): { socket: Socket; closed: Promise<void> } {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  return { socket, closed: new Promise(resolve => socket.once('close', () => resolve())) }
}

describe('a watcher', () => {
  it('hears that the server is there while nothing happens', async () => {
    const { base, tell } = await serve({ heartbeatMs: 100 })
    const watching = await watchComments(base)
    await watching.event('open')
    await until(() => watching.beats() >= 3, 'heartbeats')
    tell(1)
    await watching.event('comment')
    expect(watching.seen.map(({ event }) => event)).toEqual(['open', 'comment'])
    await watching.leave()
  })

  it('that takes nothing is cut off, holds up nobody, and little is kept for it', async () => {
    // Longer than this process may stand still: who reads takes nothing meanwhile, either.
    const { port, base, queues, taken, tell } = await serve({ stuckMs: 5_000 })
    const stuck = connected(port)
    stuck.socket.pause()
    stuck.socket.write(WATCH)
    await until(() => taken.length === 1, 'it watches')
    const reads = await watchComments(base)
    await reads.event('open')
    for (let n = 0; n < 1_000; n++) {
      tell(n)
      // Whoever reads keeps up.
      if (n % 100 === 99) await until(() => reads.seen.length > n, `${n} events`)
    }
    await until(() => queues.size === 1, 'it is forgotten')
    stuck.socket.resume()
    await stuck.closed
    expect(reads.seen).toHaveLength(1_001)
    // 20 MB were told; it has been given what the sockets of the machine hold.
    expect(taken[0]).toBeLessThan(10_000_000)
    await reads.leave()
    await until(() => queues.size === 0, 'so is who leaves')
  })

  it('that lets too much wait and then reads is cut off, and may come back', async () => {
    const { port, queues, tell } = await serve({ stuckMs: 60_000 })
    const slow = connected(port)
    slow.socket.pause()
    slow.socket.write(WATCH)
    await until(() => queues.size === 1, 'it watches')
    for (let n = 0; n < 2_000; n++) {
      tell(n)
      if (n % 50 === 0) await sleep(1)
    }
    slow.socket.resume()
    await slow.closed
    await until(() => queues.size === 0, 'it is forgotten')
  })

  it('that waits behind another on its connection is forgotten when the connection goes', async () => {
    const { port, queues } = await serve({ stuckMs: 60_000 })
    const two = connected(port)
    two.socket.resume()
    two.socket.write(WATCH + WATCH)
    await until(() => queues.size > 0, 'they watch')
    await sleep(100)
    two.socket.destroy()
    await until(() => queues.size === 0, 'both are forgotten')
  })
})
