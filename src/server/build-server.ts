import { randomUUID } from 'node:crypto'
import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import fastify, { type FastifyInstance, type FastifyRequest, LogController } from 'fastify'
import { guardAccess, requireTokens } from './access.js'
import type { EventPatience } from './comment-events.js'
import { commentRoutes } from './comment-routes.js'
import type { ServerDeps } from './deps.js'
import { healthRoutes } from './health-routes.js'
import { describeRoutes } from './openapi.js'
import { paperRoutes } from './paper-routes.js'
import { pipelineRoutes } from './pipeline-routes.js'
import { answerBadAddress, answerBadRequest, answerProblems, HttpProblem } from './problems.js'
import { requestLog } from './request-log.js'
import { validateBySchemas } from './validation.js'
import { webFiles } from './web-files.js'

/** Of a request's body, in bytes. */
const BODY_BYTES = 1024 * 1024
/** Of one value in the path, in characters: no request's head is longer, and the schemas say how long each may be. */
const PARAM_LENGTH = 16 * 1024
/** A request that is not there whole by then is given up, in milliseconds. */
const REQUEST_TIMEOUT_MS = 30_000
/** When the server is closed, what is being answered has this long, in milliseconds. */
const DRAIN_MS = 5_000
/** What a probe asks. */
const PROBES: ReadonlySet<string> = new Set(['/healthz', '/readyz'])

export interface BuildServerOptions {
  /** Each line of the log, without its end; nothing is logged when left out. */
  readonly log?: (line: string) => void
  /** Where the built dashboard is. @defaultValue `dist/web` */
  readonly webRoot?: string
  /** When the server is closed, what is being answered has this long, in milliseconds. @defaultValue 5_000 */
  readonly drainMs?: number
  readonly events?: EventPatience
}

/**
 * The server, not yet listening.
 *
 * @throws {@link LakeferryError} `USAGE` when it would be open to others without tokens
 */
export async function buildServer(
  deps: ServerDeps,
  { log, webRoot, drainMs = DRAIN_MS, events = {} }: BuildServerOptions = {},
): Promise<FastifyInstance> {
  const { server } = deps.config
  requireTokens(server)
  const app = fastify({
    logger: log === undefined ? false : requestLog(log),
    // A line of ours a request is enough.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    // The proxy's own word, which comes last, and no word that was there before: a client can write what it likes.
    trustProxy: server.behindProxy ? (_, hop) => hop === 0 : false,
    bodyLimit: BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    routerOptions: { maxParamLength: PARAM_LENGTH, ignoreTrailingSlash: true },
    // Ours, and never the client's: whose ids could be anything.
    genReqId: () => randomUUID(),
    frameworkErrors: answerBadAddress,
    clientErrorHandler: answerBadRequest,
    // By the hook below: in the form that all errors have.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
  })
  validateBySchemas(app)
  answerProblems(app)
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  app.addHook('onResponse', async (request, reply) => {
    const { routeOptions, method } = request
    request.log.info(
      {
        method,
        route: routeOptions.url ?? null,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      'request',
    )
  })
  // A connection that is kept open would hold up the end until its client lets go of it.
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
    // Nor may one on which nothing was ever asked, such as browsers open in advance.
    const grace = setTimeout(() => app.server.closeAllConnections(), drainMs).unref()
    app.server.once('close', () => clearTimeout(grace))
  })
  app.addHook('onRequest', async request => {
    if (closing && !isProbe(request)) throw new HttpProblem(503, 'The server is being stopped.')
  })
  app.addHook('onSend', async (_, reply) => {
    if (closing) reply.header('connection', 'close')
  })
  await app.register(helmet, {
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        // Charts place their parts by style attributes.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        frameAncestors: ["'none'"],
        objectSrc: ["'none'"],
        // Over plain HTTP on the loopback there is nothing to upgrade to.
        upgradeInsecureRequests: null,
      },
    },
    crossOriginResourcePolicy: { policy: server.cors.length > 0 ? 'cross-origin' : 'same-origin' },
  })
  if (server.cors.length > 0) {
    await app.register(cors, {
      origin: [...server.cors],
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
      exposedHeaders: ['ETag', 'Link', 'Location', 'X-Total-Count', 'X-Request-Id', 'Retry-After'],
      maxAge: 600,
    })
  }
  await app.register(rateLimit, {
    global: false,
    max: server.requestsPerMinute,
    timeWindow: 60_000,
    // A probe must hear the truth however busy somebody else behind its address is.
    allowList: isProbe,
    errorResponseBuilder: (_, { after }) =>
      new HttpProblem(429, `More than ${server.requestsPerMinute} requests in a minute.`, `Ask again in ${after}.`),
  })
  // Before tokens are looked at, and also where there is no route: who guesses is counted.
  app.addHook('onRequest', app.rateLimit())
  guardAccess(app, server)
  await describeRoutes(app, deps)
  await app.register(healthRoutes, deps)
  await app.register(paperRoutes, deps)
  await app.register(commentRoutes, { ...deps, events })
  await app.register(pipelineRoutes, deps)
  await app.register(webFiles, webRoot === undefined ? {} : { root: webRoot })
  return app
}

function isProbe({ url }: FastifyRequest): boolean {
  return PROBES.has(url)
}
