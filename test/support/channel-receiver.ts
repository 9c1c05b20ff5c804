import type { IncomingHttpHeaders } from 'node:http'
import { bodyServer } from './body-server.js'

/** A request as it arrived. */
export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** What the receiver does with a request: answers, never answers, or cuts the connection. */
export type Manner =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  /** Hands it on to a server at this address, and its answer back. */
  | { readonly forward: string }
  | 'hang'
  | 'reset'

export interface ChannelReceiver {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string
  readonly received: readonly Received[]
  /** Requests that were left without an answer so far. */
  readonly hanging: number
  /** From now on. */
  behave(manner: Manner | ((request: Received) => Manner)): void
  clear(): void
  stop(): Promise<void>
}

/** An HTTP server of the test's own, in the place of Slack, of somebody's receiver, or in front of AWS's stand-in. */
export async function startChannelReceiver(): Promise<ChannelReceiver> {
  const received: Received[] = []
  let choose: (request: Received) => Manner = () => ({ status: 200, body: 'ok' })
  let hanging = 0
  const server = bodyServer(async (request, response, body) => {
    const seen = {
      ...{ method: request.method ?? '', path: request.url ?? '', headers: request.headers },
      body: body.toString('utf8'),
    }
    received.push(seen)
    const manner = choose(seen)
    if (manner === 'hang') {
      hanging += 1
      return
    }
    if (manner === 'reset') {
      request.socket.resetAndDestroy()
      return
    }
    if ('forward' in manner) {
      const answer = await forwarded(manner.forward, seen)
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' })
      response.end(await answer.text())
      return
    }
    response.writeHead(manner.status, manner.headers).end(manner.body ?? '')
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the receiver has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    received,
    get hanging() {
      return hanging
    },
    behave(manner) {
      choose = typeof manner === 'function' ? manner : () => manner
    },
    clear() {
      received.length = 0
    },
    async stop() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

function forwarded(to: string, { path, method, headers, body }: Received): Promise<Response> {
  const { host: _, 'content-length': __, connection: ___, ...kept } = headers
  const init = { method, headers: kept as Record<string, string>, ...(body === '' ? {} : { body }) }
  return fetch(`${to}${path}`, init)
}
