import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** What goes wrong on a connection. Bytes are counted from the connection's first. */
export type Toxic =
  /** Reset as soon as it is made. */
  | { readonly kind: 'refuse' }
  /** Every piece of the answer comes `ms` later. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Reset when `after` bytes of the answer have gone through. With 0 the server has done what it was asked, unheard. */
  | { readonly kind: 'cut-answer'; readonly after: number }
  /** Reset when `after` bytes of the request have gone through. */
  | { readonly kind: 'cut-request'; readonly after: number }
  /** One bit of byte `at` of the request is turned over. */
  | { readonly kind: 'damage-request'; readonly at: number }
  /** The request goes through, and nothing ever comes back. */
  | { readonly kind: 'stall' }
  /** When `after` bytes of the answer have gone through, nothing more comes, and the connection stays. */
  | { readonly kind: 'stall-answer'; readonly after: number }

export interface ToxicProxy {
  readonly host: string
  readonly port: number
  /** Connections that were made so far. */
  readonly connections: number
  /** Ends the connections there are, and spoils the next `times`. */
  inject(toxic: Toxic, times?: number): Promise<void>
  /** Lets everything through again, on new connections. */
  heal(): Promise<void>
  stop(): Promise<void>
}

/** How long the other end gets to notice that a connection it keeps for later is gone. */
const NOTICE_MS = 30

/** A TCP proxy on the loopback in front of a server, to break the network between. */
export async function startToxicProxy(target: { host: string; port: number }): Promise<ToxicProxy> {
  const open = new Set<Socket>()
  let toxic: Toxic | undefined
  let times = 0
  let connections = 0

  const server: Server = createServer(client => {
    connections += 1
    const current = times > 0 ? toxic : undefined
    if (current !== undefined) times -= 1
    const upstream = connect(target)
    for (const socket of [client, upstream]) {
      open.add(socket)
      // Broken connections are what this is for: 'close' follows and ends the other side.
      socket.on('error', () => undefined)
    }
    client.on('close', () => {
      open.delete(client)
      upstream.destroy()
    })
    upstream.on('close', () => {
      open.delete(upstream)
      if (current?.kind !== 'stall') client.end()
    })
    if (current?.kind === 'refuse') {
      client.resetAndDestroy()
      return
    }
    const cut = (): void => {
      client.resetAndDestroy()
      upstream.destroy()
    }
    if (current?.kind === 'damage-request') damage(client, current.at)
    forward(client, upstream, current?.kind === 'cut-request' ? { after: current.after, cut } : undefined)
    if (current?.kind === 'stall') upstream.resume()
    else if (current?.kind === 'stall-answer') forward(upstream, client, { after: current.after, cut: () => undefined })
    else if (current?.kind === 'delay') forwardLate(upstream, client, current.ms)
    else forward(upstream, client, current?.kind === 'cut-answer' ? { after: current.after, cut } : undefined)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')

  const endAll = async (): Promise<void> => {
    for (const socket of open) socket.destroy()
    await sleep(NOTICE_MS)
    // After a pause of this process its timers come first, and only then what its sockets have to tell.
    for (let turn = 0; turn < 2; turn++) await new Promise(resolve => setImmediate(resolve))
  }
  return {
    host: '127.0.0.1',
    port: address.port,
    get connections() {
      return connections
    },
    async inject(next, howOften = Number.POSITIVE_INFINITY) {
      toxic = next
      times = howOften
      await endAll()
    },
    async heal() {
      toxic = undefined
      times = 0
      await endAll()
    },
    async stop() {
      const closed = new Promise(resolve => server.close(resolve))
      await endAll()
      await closed
    },
  }
}

function forward(from: Socket, to: Socket, limit: { after: number; cut: () => void } | undefined): void {
  let left = limit?.after ?? Number.POSITIVE_INFINITY
  from.on('data', (chunk: Buffer) => {
    const part = chunk.length > left ? chunk.subarray(0, left) : chunk
    left -= part.length
    if (part.length > 0 && !to.write(part)) {
      from.pause()
      to.once('drain', () => from.resume())
    }
    // Whatever of the chunk was allowed has to be out before the reset throws it away.
    if (limit !== undefined && (left === 0 || part.length < chunk.length)) to.write('', limit.cut)
  })
}

function forwardLate(from: Socket, to: Socket, ms: number): void {
  from.on('data', (chunk: Buffer) => {
    setTimeout(() => to.writable && to.write(chunk), ms)
  })
}

/** Changes the bytes in place, before the listeners that come later see them. */
function damage(from: Socket, at: number): void {
  let seen = 0
  from.on('data', (chunk: Buffer) => {
    const index = at - seen
    seen += chunk.length
    const byte = chunk[index]
    if (byte !== undefined) chunk[index] = byte ^ 1
  })
}
