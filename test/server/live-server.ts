import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Document } from 'mongodb'
import { expect } from 'vitest'
import type { ApplicationOptions } from '../../src/app/open-application.js'
import type { Config, ServerConfig } from '../../src/config/config.js'
import { type BuildServerOptions, buildServer } from '../../src/server/build-server.js'
import { type LiveApplication, liveApplication } from '../app/live-application.js'
import { SERVER } from './server-fixture.js'

export interface LiveServer extends LiveApplication {
  readonly app: FastifyInstance
  /** As a client on this machine; a body that is no string or buffer is sent as JSON. */
  ask(method: string, url: string, options?: AskOptions): Promise<Answer>
  /** Stops it as `serve` does, streams of events included. */
  readonly stop: AbortController
  /** Listens on a free port of the loopback. */
  listen(): Promise<number>
  /** Waits until so many are left who asked over the network and have not all of their answer: until then it has not noticed. */
  untilLeft(count: number): Promise<void>
}

export interface AskOptions {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: whatever was answered; the tests say what it should be
  readonly json: any
}

/** The application's server over a database of its own. */
export async function liveServer(
  documents: { readonly papers?: readonly Document[]; readonly comments?: readonly Document[] } = {},
  server: Partial<ServerConfig> = {},
  { uri, report, ...options }: BuildServerOptions & Pick<ApplicationOptions, 'report'> & { readonly uri?: string } = {},
): Promise<LiveServer> {
  const live = await liveApplication(documents, {
    ...(uri === undefined ? {} : { uri }),
    ...(report === undefined ? {} : { report }),
  })
  const { papers, comments } = live.application
  const stop = new AbortController()
  const app = await buildServer(
    {
      config: { server: { ...SERVER, requestsPerMinute: 1_000_000, ...server } } as Config,
      clock: { now: () => new Date() },
      version: '0.0.0',
      ...{ papers, comments, stopping: stop.signal },
      ready: { mongodb: signal => live.application.ping(signal) },
      lake: async () => {
        throw new Error('no lake')
      },
    },
    { webRoot: '/nowhere', ...options },
  )
  let open = 0
  app.server.on('request', (_, response: ServerResponse) => {
    open += 1
    response.once('close', () => {
      open -= 1
    })
  })
  return {
    ...{ ...live, app, stop },
    async listen() {
      await app.listen({ port: 0, host: '127.0.0.1' })
      return (app.server.address() as AddressInfo).port
    },
    async untilLeft(count) {
      await expect.poll(() => open, { timeout: 40_000 }).toBe(count)
    },
    async ask(method, url, { headers = {}, body } = {}) {
      const isRaw = typeof body === 'string' || Buffer.isBuffer(body)
      const response = await app.inject({
        method: method as 'GET',
        url,
        headers: {
          host: 'localhost',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { payload: isRaw ? body : JSON.stringify(body) }),
      })
      const text = response.payload
      const isJson = /json/.test(String(response.headers['content-type'])) && text !== ''
      return {
        status: response.statusCode,
        headers: response.headers as Record<string, string>,
        ...{ text, json: isJson ? JSON.parse(text) : undefined },
      }
    },
    async close() {
      stop.abort()
      await app.close()
      await live.close()
    },
  }
}

/** The address in a `Link` header. */
export function linkOf({ headers }: Answer, rel: string): string | undefined {
  return new RegExp(`<([^>]*)>; rel="${rel}"`).exec(headers['link'] ?? '')?.[1]
}
