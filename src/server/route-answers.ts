import type { FastifyRequest } from 'fastify'
import type { Repeatable } from '../ports/paper-store.js'
import { bodyDigest } from './json-body.js'

const PROBLEM = {
  description: 'Problem details, RFC 9457',
  content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
} as const

/** Answers that every route may have: a request that is wrong, too many of them, or nothing to answer from. */
export function answers(
  good: Readonly<Record<number, object>>,
  ...problems: readonly number[]
): Readonly<Record<number, object>> {
  const all = [400, 429, 500, 503, ...problems]
  return { ...good, ...Object.fromEntries(all.map(status => [status, PROBLEM])) }
}

export const ETAG_HEADER = { etag: { type: 'string', description: 'Of this version of the document' } } as const
export const PAGE_HEADERS = {
  'x-total-count': { type: 'integer', description: 'Documents in all pages' },
  link: { type: 'string', description: 'RFC 8288: first, prev, next' },
} as const
export const LOCATION_HEADER = { location: { type: 'string', description: 'Where the new one is' } } as const

/** What `Idempotency-Key` asks for. A key is one of whose token it came with: nobody comes upon somebody else's answer. */
export function repeatable(request: FastifyRequest): Repeatable | undefined {
  const key = request.headers['idempotency-key']
  if (typeof key !== 'string') return undefined
  return { key: `${request.headers.authorization ?? ''}\n${key}`, body: bodyDigest(request) }
}
