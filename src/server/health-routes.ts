import type { FastifyInstance } from 'fastify'
import { reasonOf } from '../errors.js'
import type { ServerDeps } from './deps.js'

/** A part that does not answer within this is not ready, in milliseconds. */
const READY_TIMEOUT_MS = 3_000

const HEALTH = { type: 'object', required: ['status'], properties: { status: { type: 'string' } } } as const
const READY = {
  type: 'object',
  required: ['status', 'checks'],
  properties: {
    status: { type: 'string', enum: ['ready', 'not ready'] },
    checks: { type: 'object', additionalProperties: { type: 'string' } },
  },
} as const

/** `/healthz`: the process answers. `/readyz`: so does everything that it needs, asked now. */
export async function healthRoutes(app: FastifyInstance, { ready, stopping }: ServerDeps): Promise<void> {
  app.get('/healthz', { schema: { tags: ['health'], response: { 200: HEALTH } } }, async () => ({ status: 'alive' }))
  app.get('/readyz', { schema: { tags: ['health'], response: { 200: READY, 503: READY } } }, async (_, reply) => {
    const checks: Record<string, string> = {}
    let good = true
    await Promise.all(
      Object.entries(ready).map(async ([name, ask]) => {
        try {
          const told = await withinTime(ask)
          checks[name] = typeof told === 'string' ? told : 'ready'
        } catch (error) {
          good = false
          checks[name] = reasonOf(error)
        }
      }),
    )
    // Who is told so sends nothing more here, and what is under way can end.
    if (stopping.aborted) checks['server'] = 'stopping'
    const isReady = good && !stopping.aborted
    return reply.code(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'not ready', checks })
  })
}

async function withinTime(ask: ServerDeps['ready'][string]): Promise<unknown> {
  const signal = AbortSignal.timeout(READY_TIMEOUT_MS)
  return await new Promise<unknown>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error(`no answer within ${READY_TIMEOUT_MS / 1000} s`)), {
      once: true,
    })
    ask(signal).then(resolve, reject)
  })
}
