import type { FastifyInstance } from 'fastify'
import type { Config, ServerConfig } from '../../src/config/config.js'
import { type BuildServerOptions, buildServer } from '../../src/server/build-server.js'
import type { ServerDeps } from '../../src/server/deps.js'

export const SERVER: ServerConfig = {
  port: 0,
  host: '127.0.0.1',
  cors: [],
  requestsPerMinute: 1_000,
  behindProxy: false,
  papers: 'papers',
  comments: 'comments',
}
export const WRITE_TOKEN = 'write-token-0123456789'
export const PIPELINE_TOKEN = 'pipeline-token-0123456789'

/** A server with nothing behind it, and routes of the test's own: for what holds of every route. */
export async function bareServer(
  server: Partial<ServerConfig> = {},
  {
    routes,
    ready = {},
    stopping = new AbortController().signal,
    ...options
  }: BuildServerOptions & {
    readonly routes?: (app: FastifyInstance) => void
    readonly ready?: ServerDeps['ready']
    readonly stopping?: AbortSignal
  } = {},
): Promise<FastifyInstance> {
  const app = await buildServer(
    {
      config: { server: { ...SERVER, ...server } } as Config,
      clock: { now: () => new Date('2026-01-01T00:00:00Z') },
      version: '0.0.0',
      papers: undefined,
      comments: undefined,
      lake: async () => {
        throw new Error('no lake')
      },
      ready,
      stopping,
    },
    { webRoot: '/nowhere', ...options },
  )
  routes?.(app)
  return app
}
