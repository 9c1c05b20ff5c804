import type { FastifyReply, FastifyRequest } from 'fastify'
import type { StoredJson, WriteOutcome } from '../ports/paper-store.js'
import { HttpProblem } from './problems.js'

/** What a write needs of `If-Match`: undefined means that any version will do. RFC 9110, 13.1.1 */
export function versionWanted(request: FastifyRequest): string | undefined {
  const header = request.headers['if-match']
  if (header === undefined || header.trim() === '*') return undefined
  const [tag, ...more] = tagsOf(header)
  // A weak tag never matches here, and of several only one can be the document's own; ours are always strong and single.
  if (tag === undefined || more.length > 0)
    throw new HttpProblem(400, 'If-Match wants one ETag, as it came, quotation marks included, or *.')
  return tag.startsWith('W/') ? '' : tag.slice(1, -1)
}

/** @throws HttpProblem 428 */
export function requireIfMatch(request: FastifyRequest): void {
  if (request.headers['if-match'] === undefined) {
    throw new HttpProblem(
      428,
      'To take the place of a whole document, say which one: somebody may have changed it since.',
      'Send If-Match with the ETag of your last GET, or If-Match: * for whatever is there.',
    )
  }
}

/** The document; or 304 where the client has it already. RFC 9110, 13.1.2 */
export function sendStored(request: FastifyRequest, reply: FastifyReply, { json, version }: StoredJson): FastifyReply {
  reply.header('etag', `"${version}"`).header('cache-control', 'no-cache')
  const known = request.headers['if-none-match']
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  if (isRead && known !== undefined && isKnown(known, version)) return reply.code(304).send()
  return sendJson(reply, json)
}

/** Bytes that are JSON already. */
export function sendJson(reply: FastifyReply, json: Uint8Array): FastifyReply {
  return reply.type(JSON_TYPE).send(Buffer.from(json.buffer, json.byteOffset, json.byteLength))
}

const JSON_TYPE = 'application/json; charset=utf-8'

/** @throws HttpProblem 404, 412, 413 */
export function stored(outcome: WriteOutcome, what: string): StoredJson {
  if (outcome === 'missing') throw notThere(what)
  if (outcome === 'changed') throw changed(what)
  if (outcome === 'too-large')
    throw new HttpProblem(413, `The ${what} would be too large: as it is and as it would be, it may have 16 MiB.`)
  return outcome
}

export function notThere(what: string): HttpProblem {
  return new HttpProblem(404, `There is no such ${what}.`)
}

export function changed(what: string): HttpProblem {
  return new HttpProblem(412, `The ${what} has changed since.`, 'GET it again, and write with its new ETag.')
}

function isKnown(header: string, version: string): boolean {
  return header.trim() === '*' || tagsOf(header).some(tag => tag.replace(/^W\//, '') === `"${version}"`)
}

function tagsOf(header: string): string[] {
  return header.match(/(?:W\/)?"[^"]*"/g) ?? []
}
