import type { FastifyInstance } from 'fastify'
import { COMMENT_WRITE, type Comment, type CommentWrite } from '../../src/http/papers.js'
import { HttpProblem } from '../../src/server/problems.js'
import { PAPERS } from './bodies/papers.js'
import { type State, tell, watch } from './fixture-state.js'

export function paperRoutes(app: FastifyInstance, state: State): void {
  app.get<{ Querystring: Readonly<Record<string, string>> }>('/api/iclr', async ({ query }, reply) => {
    const { q = '', year, status, offset = '0', limit = '50' } = query
    const found = PAPERS.filter(
      paper =>
        JSON.stringify(paper).toLowerCase().includes(q.toLowerCase()) &&
        (year === undefined || String(paper['year']) === year) &&
        (status === undefined || paper['status'] === status),
    )
    reply.header('x-total-count', found.length)
    return found.slice(Number(offset), Number(offset) + Number(limit))
  })
  app.get<{ Params: { id: string } }>('/api/iclr/:id', async ({ params }, reply) => {
    const paper = PAPERS.find(({ id, _id }) => id === params.id || _id === params.id)
    if (paper === undefined) throw new HttpProblem(404, 'There is no such paper.')
    reply.header('etag', '"1"')
    return paper
  })
  app.get<{ Params: { id: string } }>('/api/comments/:id', async ({ params }, reply) => {
    const comment = state.comments.find(({ id }) => id === params.id)
    if (comment === undefined) throw new HttpProblem(404, 'There is no such comment.')
    reply.header('etag', '"1"')
    return comment
  })
  app.get<{ Params: { id: string } }>('/api/iclr/:id/comments', async ({ params }, reply) => {
    const found = state.comments.filter(({ paperId }) => paperId === params.id)
    reply.header('x-total-count', found.length)
    return found
  })
  app.post<{ Body: CommentWrite }>(
    '/api/comments',
    { schema: { body: { ...COMMENT_WRITE, $id: undefined } } },
    async ({ body }, reply) => {
      const number = state.comments.length + 1
      const comment: Comment = { ...body, _id: `a${number}`, id: `c${number}`, createdAt: new Date().toISOString() }
      state.comments.push(comment)
      tell(state, 'comments', 'comment', comment)
      reply.code(201)
      return comment
    },
  )
  app.get('/api/comments/events', (_, reply) => watch(state, 'comments', reply))
}
