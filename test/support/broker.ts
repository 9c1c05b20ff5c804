import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'

/** A service that all test files share: what they need to know of it, and its end. */
export interface SharedService {
  /** Sent to the test files as JSON. */
  readonly facts: unknown
  stop(): Promise<void>
}

export interface BrokerAddress {
  readonly url: string
  /** Other programs on the machine can reach the loopback, too. */
  readonly token: string
}

/**
 * Lives in the process that sets the tests up, which outlives every test file: starts a service when the first of them
 * asks for it, gives the same one to all, and ends them all.
 */
export class Broker {
  readonly address: BrokerAddress
  readonly #server: Server
  readonly #running = new Map<string, Promise<SharedService>>()

  static async listen(services: Readonly<Record<string, () => Promise<SharedService>>>): Promise<Broker> {
    const token = randomBytes(16).toString('hex')
    const server = createServer()
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(0, '127.0.0.1', resolve)
    })
    // A first start may be waiting for an installation.
    server.requestTimeout = 0
    server.unref()
    return new Broker(server, token, services)
  }

  private constructor(server: Server, token: string, services: Readonly<Record<string, () => Promise<SharedService>>>) {
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('the broker has no port')
    this.address = { url: `http://127.0.0.1:${address.port}`, token }
    this.#server = server
    server.on('request', async (request: IncomingMessage, response) => {
      const name = (request.url ?? '').slice(1)
      const start = Object.hasOwn(services, name) ? services[name] : undefined
      if (request.headers.authorization !== token || start === undefined) {
        response.writeHead(start === undefined ? 404 : 403).end()
        return
      }
      // A client that uses a connection again may find that we have closed it just then.
      response.setHeader('connection', 'close')
      try {
        const { facts } = await this.#once(name, start)
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(facts))
      } catch (error) {
        response.writeHead(500).end(error instanceof Error ? error.message : String(error))
      }
    })
  }

  #once(name: string, start: () => Promise<SharedService>): Promise<SharedService> {
    let running = this.#running.get(name)
    if (running === undefined) {
      running = start()
      this.#running.set(name, running)
      // One that did not start is started anew for whoever asks next.
      running.catch(() => this.#running.delete(name))
    }
    return running
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise(resolve => this.#server.close(resolve))
    const services = await Promise.allSettled(this.#running.values())
    await Promise.all(services.map(service => (service.status === 'fulfilled' ? service.value.stop() : undefined)))
  }
}
