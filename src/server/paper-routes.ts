import type { FastifyInstance } from 'fastify'
import {
  CREATE_HEADERS,
  ID_PARAMS,
  NO_QUERY,
  PAPER_LIST_QUERY,
  READ_HEADERS,
  WRITE_HEADERS,
} from '../http/paper-queries.js'
import type { JsonObject, PaperQuery, PaperSortField, PaperStore } from '../ports/paper-store.js'
import { changed, notThere, requireIfMatch, sendStored, stored, versionWanted } from './conditions.js'
import type { ServerDeps } from './deps.js'
import { takeJsonBodies } from './json-body.js'
import { onePlace, sendPage } from './page-links.js'
import { HttpProblem } from './problems.js'
import { answers, ETAG_HEADER, LOCATION_HEADER, PAGE_HEADERS, repeatable } from './route-answers.js'

type ListQuery = Omit<PaperQuery, 'sort'> & { readonly sort?: string }
type ById = { Params: { readonly id: string } }

const tags = ['papers']
const PAPER = { description: 'The paper', $ref: 'Paper#' }
const ONE = { description: 'The paper', headers: ETAG_HEADER, content: json(PAPER) }
const merge = ['application/merge-patch+json', 'application/json']

/** `/api/iclr`: the papers as they are now. */
export async function paperRoutes(app: FastifyInstance, { papers }: Pick<ServerDeps, 'papers'>): Promise<void> {
  if (papers === undefined) return
  takeJsonBodies(app)
  readRoutes(app, papers)
  writeRoutes(app, papers)
}

function readRoutes(app: FastifyInstance, papers: PaperStore): void {
  app.get<{ Querystring: ListQuery }>(
    '/api/iclr',
    {
      schema: {
        ...{ tags, summary: 'Papers: a page, filtered, sorted, searched', querystring: PAPER_LIST_QUERY },
        response: answers({
          200: {
            description: 'A page',
            headers: PAGE_HEADERS,
            content: json({ type: 'array', items: { $ref: 'Paper#' } }),
          },
        }),
      },
    },
    async (request, reply) => {
      const { sort, ...query } = request.query
      onePlace(query)
      const page = await papers.list({ ...query, sort: sortOf(sort) })
      return sendPage(request, reply, page, query)
    },
  )
  app.get<ById>(
    '/api/iclr/:id',
    {
      schema: {
        ...{ tags, summary: 'One paper', params: ID_PARAMS, querystring: NO_QUERY, headers: READ_HEADERS },
        response: answers({ 200: ONE, 304: { description: 'The one that is there already', type: 'null' } }, 404),
      },
    },
    async (request, reply) => {
      const paper = await papers.get(request.params.id)
      if (paper === undefined) throw notThere('paper')
      return sendStored(request, reply, paper)
    },
  )
}

function writeRoutes(app: FastifyInstance, papers: PaperStore): void {
  const config = { access: 'write' } as const
  app.post<{ Body: JsonObject }>(
    '/api/iclr',
    {
      config,
      schema: {
        ...{
          tags,
          summary: 'Adds a paper',
          body: { $ref: 'PaperWrite#' },
          querystring: NO_QUERY,
          headers: CREATE_HEADERS,
        },
        ...{ consumes: ['application/json'] },
        response: answers(
          { 201: { ...ONE, description: 'The new paper', headers: { ...ETAG_HEADER, ...LOCATION_HEADER } } },
          ...[401, 403, 409, 413, 415, 422],
        ),
      },
    },
    async (request, reply) => {
      if ('_id' in request.body) throw new HttpProblem(400, 'A new paper gets its _id here.')
      const made = await papers.insert(request.body, repeatable(request))
      if (made === 'exists')
        throw new HttpProblem(409, 'There is a paper of this id.', 'PUT or PATCH it at its address.')
      if (made === 'other-body') throw otherBody()
      reply.code(201).header('location', `/api/iclr/${encodeURIComponent(made.id)}`)
      return sendStored(request, reply, made)
    },
  )
  app.put<ById & { Body: JsonObject }>(
    '/api/iclr/:id',
    {
      config,
      schema: {
        ...{ tags, summary: 'Replaces a paper', params: ID_PARAMS, body: { $ref: 'PaperReplace#' } },
        ...{ querystring: NO_QUERY, headers: WRITE_HEADERS, consumes: ['application/json'] },
        response: answers({ 200: ONE }, 401, 403, 404, 409, 412, 413, 415, 428),
      },
    },
    async (request, reply) => {
      requireIfMatch(request)
      const outcome = await papers.replace(request.params.id, request.body, versionWanted(request))
      if (outcome === 'other-id') throw otherId()
      return sendStored(request, reply, stored(outcome, 'paper'))
    },
  )
  app.patch<ById & { Body: JsonObject }>(
    '/api/iclr/:id',
    {
      config,
      schema: {
        ...{ tags, summary: 'Changes a paper: JSON Merge Patch, RFC 7396', params: ID_PARAMS, consumes: merge },
        ...{ body: { $ref: 'PaperPatch#' }, querystring: NO_QUERY, headers: WRITE_HEADERS },
        response: answers({ 200: ONE }, 401, 403, 404, 409, 412, 413, 415),
      },
    },
    async (request, reply) => {
      const outcome = await papers.patch(request.params.id, request.body, versionWanted(request))
      if (outcome === 'other-id') throw otherId()
      return sendStored(request, reply, stored(outcome, 'paper'))
    },
  )
  app.delete<ById>(
    '/api/iclr/:id',
    {
      config,
      schema: {
        ...{ tags, summary: 'Removes a paper; its comments stay', params: ID_PARAMS },
        ...{ querystring: NO_QUERY, headers: WRITE_HEADERS },
        response: answers({ 204: { description: 'It is gone', type: 'null' } }, 401, 403, 404, 412),
      },
    },
    async (request, reply) => {
      const outcome = await papers.remove(request.params.id, versionWanted(request))
      if (outcome === 'missing') throw notThere('paper')
      if (outcome === 'changed') throw changed('paper')
      return reply.code(204).send()
    },
  )
}

/** `-rating_avg,title`; a field that comes again changes nothing. */
function sortOf(text: string | undefined): PaperQuery['sort'] {
  const fields = new Map<string, boolean>()
  for (const part of text?.split(',') ?? []) {
    const field = part.replace(/^-/, '')
    if (!fields.has(field)) fields.set(field, part.startsWith('-'))
  }
  return [...fields].map(([field, descending]) => ({ field: field as PaperSortField, descending }))
}

export function otherBody(): HttpProblem {
  return new HttpProblem(
    422,
    'This Idempotency-Key came with another body before.',
    'Take a new key for a new request.',
  )
}

function otherId(): HttpProblem {
  return new HttpProblem(
    409,
    'The _id and the id of a paper stay what they are.',
    'Leave them out, or send them as they came.',
  )
}

function json(schema: object): object {
  return { 'application/json': { schema } }
}
