import type { FastifyReply, FastifyRequest } from 'fastify'
import type { PageQuery, PaperPage } from '../ports/paper-store.js'
import { sendJson } from './conditions.js'
import { HttpProblem } from './problems.js'

/**
 * A plain array, with the total in `X-Total-Count` and the ways on in `Link` (RFC 8288): `next` goes by the cursor, so that it
 * leaves nothing out and brings nothing twice whatever comes and goes; `prev` and `first` by the offset.
 */
export function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  page: PaperPage | 'bad-cursor',
  query: PageQuery,
): FastifyReply {
  if (page === 'bad-cursor') {
    throw new HttpProblem(
      400,
      'The cursor is none of this list.',
      'Follow the next link of a page as it is, with the same search, filters and sort, or begin again without a cursor.',
    )
  }
  const { limit, offset, cursor } = query
  const link = (changes: Readonly<Record<string, string>>, rel: string): string => {
    const [path = '', text = ''] = request.url.split('?', 2)
    const parameters = new URLSearchParams(text)
    for (const name of ['cursor', 'offset']) parameters.delete(name)
    for (const [name, value] of Object.entries(changes)) parameters.set(name, value)
    const rest = parameters.toString()
    return `<${path}${rest === '' ? '' : `?${rest}`}>; rel="${rel}"`
  }
  const links: string[] = []
  if (cursor !== undefined || offset > 0) links.push(link({}, 'first'))
  if (cursor === undefined && offset > 0)
    links.push(link(offset > limit ? { offset: String(offset - limit) } : {}, 'prev'))
  if (page.next !== undefined) links.push(link({ cursor: page.next }, 'next'))
  else if (page.more && cursor === undefined) links.push(link({ offset: String(offset + limit) }, 'next'))
  if (links.length > 0) reply.header('link', links.join(', '))
  reply.header('x-total-count', String(page.total)).header('cache-control', 'no-cache')
  return sendJson(reply, page.json)
}

/** @throws HttpProblem 400 */
export function onePlace({ cursor, offset }: PageQuery): void {
  if (cursor !== undefined && offset > 0)
    throw new HttpProblem(400, 'A page begins at an offset or at a cursor, not at both.')
}
