import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { JsonReader } from './json-reader.js'
import { HttpProblem } from './problems.js'

const JSON_TYPES = ['application/json', 'application/merge-patch+json'] as const

const digests = new WeakMap<FastifyRequest, string>()
const decoder = new TextDecoder('utf-8', { fatal: true })

/** Takes JSON bodies, and refuses in them what could not be stored as it is; every other media type is 415. */
export function takeJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser([...JSON_TYPES], { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    digests.set(request, createHash('sha256').update(body).digest('base64url'))
    let text: string
    try {
      text = decoder.decode(body)
    } catch {
      throw new HttpProblem(400, 'The body is no UTF-8.')
    }
    return new JsonReader(text).read()
  })
}

/** Of the body, byte for byte. */
export function bodyDigest(request: FastifyRequest): string {
  return digests.get(request) ?? ''
}
