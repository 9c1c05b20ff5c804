import { createHash, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ServerConfig } from '../config/config.js'
import { LakeferryError } from '../errors.js'
import type { Access } from './deps.js'
import { HttpProblem } from './problems.js'

/** Whether only this machine can reach what listens there. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

/** @throws {@link LakeferryError} `USAGE` when others could write, or see the pipeline, without a token */
export function requireTokens({ host, writeToken, pipelineToken }: ServerConfig): void {
  if (isLoopback(host) || (writeToken !== undefined && pipelineToken !== undefined)) return
  throw new LakeferryError('USAGE', {
    problem: `server.host is ${host}, which other machines reach, and server.${writeToken === undefined ? 'writeToken' : 'pipelineToken'} is not set`,
    next: 'Set both tokens (LAKEFERRY_SERVER_WRITE_TOKEN, LAKEFERRY_SERVER_PIPELINE_TOKEN: openssl rand -base64 32), or leave server.host at 127.0.0.1.',
  })
}

/**
 * Holds each request to what its route asks for. Where no token is set, only the loopback is listened on, and then a page of
 * another site must not get in by a name of its own that points here (DNS rebinding): the Host has to be ours.
 */
export function guardAccess(app: FastifyInstance, config: ServerConfig): void {
  const tokens: Readonly<Record<Exclude<Access, 'read'>, readonly (string | undefined)[]>> = {
    write: config.writeToken === undefined ? [] : [config.writeToken, config.pipelineToken],
    pipeline: config.pipelineToken === undefined ? [] : [config.pipelineToken],
  }
  app.addHook('onRequest', async request => {
    const { access = 'read' } = request.routeOptions.config
    if (config.writeToken === undefined || config.pipelineToken === undefined) requireOwnHost(request)
    if (access === 'read') return
    const allowed = tokens[access]
    if (allowed.length === 0) return
    const sent = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
    if (sent === undefined) {
      throw new HttpProblem(401, 'This route needs a token.', 'Send it: Authorization: Bearer <token>.')
    }
    if (!allowed.some(token => token !== undefined && same(token, sent))) {
      throw new HttpProblem(403, 'The token that was sent is not one that may do this.')
    }
  })
  app.addHook('onSend', async (_, reply) => {
    if (reply.statusCode === 401) reply.header('www-authenticate', 'Bearer realm="lakeferry"')
  })
}

function requireOwnHost(request: FastifyRequest): void {
  const host = /^(?:\[([^\]]*)\]|([^:]*))(?::\d+)?$/.exec(request.headers.host ?? '')
  const name = (host?.[1] ?? host?.[2] ?? '').toLowerCase()
  if (isLoopback(name)) return
  throw new HttpProblem(
    403,
    'Without tokens this server answers to localhost only.',
    'Set server.writeToken and server.pipelineToken.',
  )
}

/** In a time that does not tell how much of it is right. */
function same(token: string, sent: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(token), hash(sent))
}
