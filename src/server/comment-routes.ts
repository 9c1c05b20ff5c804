import type { FastifyInstance } from 'fastify'
import {
  COMMENT_LIST_QUERY,
  CREATE_HEADERS,
  EVENTS_HEADERS,
  EVENTS_QUERY,
  ID_PARAMS,
  NO_QUERY,
  READ_HEADERS,
  WRITE_HEADERS,
} from '../http/paper-queries.js'
import type { CommentStore, JsonObject, PageQuery, PaperStore } from '../ports/paper-store.js'
import { commentEvents, type EventPatience } from './comment-events.js'
import { changed, notThere, sendStored, stored, versionWanted } from './conditions.js'
import type { ServerDeps } from './deps.js'
import { takeJsonBodies } from './json-body.js'
import { onePlace, sendPage } from './page-links.js'
import { otherBody } from './paper-routes.js'
import { HttpProblem } from './problems.js'
import { answers, ETAG_HEADER, LOCATION_HEADER, PAGE_HEADERS, repeatable } from './route-answers.js'

type Events = { readonly events: EventPatience }
type ById = { Params: { readonly id: string } }

const tags = ['comments']
const ONE = { description: 'The comment', headers: ETAG_HEADER, content: json({ $ref: 'Comment#' }) }
const merge = ['application/merge-patch+json', 'application/json']

/** `/api/comments`, and those of one paper. */
export async function commentRoutes(
  app: FastifyInstance,
  { comments, papers, stopping, events }: Pick<ServerDeps, 'comments' | 'papers' | 'stopping'> & Events,
): Promise<void> {
  if (comments === undefined || papers === undefined) return
  takeJsonBodies(app)
  readRoutes(app, comments, papers)
  writeRoutes(app, comments)
  app.get<{ Querystring: { readonly paperId?: string } }>(
    '/api/comments/events',
    {
      // It has no end, so there is no length to be told.
      exposeHeadRoute: false,
      schema: {
        ...{ tags, summary: 'Comments as they are written: server-sent events', querystring: EVENTS_QUERY },
        headers: EVENTS_HEADERS,
        response: answers({
          200: {
            description:
              'Events `open`, `comment`, `comment-changed` (data: the comment), `comment-removed` (data: `{"_id"}`), `lost`',
            content: { 'text/event-stream': { schema: { type: 'string' } } },
          },
        }),
      },
    },
    commentEvents(comments, stopping, events),
  )
}

function readRoutes(app: FastifyInstance, comments: CommentStore, papers: PaperStore): void {
  app.get<ById & { Querystring: PageQuery }>(
    '/api/iclr/:id/comments',
    {
      schema: {
        ...{
          tags,
          summary: 'The comments on a paper, oldest first',
          params: ID_PARAMS,
          querystring: COMMENT_LIST_QUERY,
        },
        response: answers(
          {
            200: {
              description: 'A page',
              headers: PAGE_HEADERS,
              content: json({ type: 'array', items: { $ref: 'Comment#' } }),
            },
          },
          404,
        ),
      },
    },
    async (request, reply) => {
      onePlace(request.query)
      const { id } = request.params
      let page = await comments.ofPaper(id, request.query)
      // Nothing of that name: then it may be the paper's other name, or no paper.
      if (page === 'bad-cursor' || page.total === 0) {
        const paper = await papers.get(id)
        if (paper === undefined) throw notThere('paper')
        if (paper.id !== id) page = await comments.ofPaper(paper.id, request.query)
      }
      return sendPage(request, reply, page, request.query)
    },
  )
  app.get<ById>(
    '/api/comments/:id',
    {
      schema: {
        ...{ tags, summary: 'One comment', params: ID_PARAMS, querystring: NO_QUERY, headers: READ_HEADERS },
        response: answers({ 200: ONE, 304: { description: 'The one that is there already', type: 'null' } }, 404),
      },
    },
    async (request, reply) => {
      const comment = await comments.get(request.params.id)
      if (comment === undefined) throw notThere('comment')
      return sendStored(request, reply, comment)
    },
  )
}

function writeRoutes(app: FastifyInstance, comments: CommentStore): void {
  const config = { access: 'write' } as const
  app.post<{ Body: JsonObject }>(
    '/api/comments',
    {
      config,
      schema: {
        ...{ tags, summary: 'Comments on a paper, or answers a comment', body: { $ref: 'CommentWrite#' } },
        ...{ querystring: NO_QUERY, headers: CREATE_HEADERS, consumes: ['application/json'] },
        response: answers(
          { 201: { ...ONE, description: 'The new comment', headers: { ...ETAG_HEADER, ...LOCATION_HEADER } } },
          ...[401, 403, 404, 409, 413, 415, 422],
        ),
      },
    },
    async (request, reply) => {
      const made = await comments.insert(request.body, repeatable(request))
      if (made === 'no-paper') throw notThere('paper')
      if (made === 'no-parent') {
        throw new HttpProblem(
          409,
          'What it answers is no comment on this paper.',
          'replyTo is the id of one of its comments.',
        )
      }
      if (made === 'other-body') throw otherBody()
      reply.code(201).header('location', `/api/comments/${encodeURIComponent(made.id)}`)
      return sendStored(request, reply, made)
    },
  )
  app.patch<ById & { Body: JsonObject }>(
    '/api/comments/:id',
    {
      config,
      schema: {
        ...{ tags, summary: 'Changes a comment: JSON Merge Patch, RFC 7396', params: ID_PARAMS, consumes: merge },
        ...{ body: { $ref: 'CommentPatch#' }, querystring: NO_QUERY, headers: WRITE_HEADERS },
        response: answers({ 200: ONE }, 401, 403, 404, 412, 413, 415),
      },
    },
    async (request, reply) => {
      const outcome = await comments.patch(request.params.id, request.body, versionWanted(request))
      return sendStored(request, reply, stored(outcome, 'comment'))
    },
  )
  app.delete<ById>(
    '/api/comments/:id',
    {
      config,
      schema: {
        ...{ tags, summary: 'Removes a comment; of one that has replies, what it says and by whom', params: ID_PARAMS },
        ...{ querystring: NO_QUERY, headers: WRITE_HEADERS },
        response: answers({ 204: { description: 'It is gone', type: 'null' } }, 401, 403, 404, 412),
      },
    },
    async (request, reply) => {
      const outcome = await comments.remove(request.params.id, versionWanted(request))
      if (outcome === 'missing') throw notThere('comment')
      if (outcome === 'changed') throw changed('comment')
      return reply.code(204).send()
    },
  )
}

function json(schema: object): object {
  return { 'application/json': { schema } }
}
