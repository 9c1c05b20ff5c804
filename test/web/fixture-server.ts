import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import { COMMENT_WRITE, type Comment, type CommentWrite } from '../../src/http/papers.js'
import type { CurrentRunView, ProgressView } from '../../src/http/pipeline-current.js'
import { answerProblems, HttpProblem } from '../../src/server/problems.js'
import { validateBySchemas } from '../../src/server/validation.js'
import { webFiles } from '../../src/server/web-files.js'
import * as bodies from './bodies.js'

export const WEB_ROOT: string = fileURLToPath(new URL('../../dist/web', import.meta.url))
/** As of src/server/build-server.ts. */
const POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; object-src 'none'; script-src 'self'; script-src-attr 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"

export interface FixtureServer {
  readonly url: string
  /** Wanted for the pipeline's routes from then on. */
  requireToken(token: string | undefined): void
  /** Every answer of the pipeline is this problem from then on. */
  failWith(problem: HttpProblem | undefined): void
  /** The run that was started goes a step further. */
  advance(): void
  close(): Promise<void>
}

/** The dashboard over bodies that do not change but by what is done on the page. */
export async function openFixture({
  port = 0,
  now = Date.now(),
}: {
  port?: number
  now?: number
} = {}): Promise<FixtureServer> {
  const app = fastify({ forceCloseConnections: true })
  const state: State = {
    comments: bodies.comments(now),
    current: null,
    acknowledged: new Map(),
    watchers: new Map(),
    steps: [],
    token: undefined,
    problem: undefined,
  }
  validateBySchemas(app)
  answerProblems(app)
  app.addHook('onSend', async (_, reply) => {
    reply.header('content-security-policy', POLICY)
  })
  app.addHook('onRequest', async request => {
    if (!request.url.startsWith('/api/pipeline')) return
    if (state.problem !== undefined) throw state.problem
    if (state.token !== undefined && request.headers.authorization !== `Bearer ${state.token}`)
      throw new HttpProblem(401, 'This route needs a token.', 'Send it: Authorization: Bearer <token>.')
  })
  app.get('/healthz', async () => ({ status: 'ok' }))
  paperRoutes(app, state)
  pipelineRoutes(app, state, now)
  await app.register(webFiles, { root: WEB_ROOT })
  const url = await app.listen({ port, host: '127.0.0.1' })
  return {
    url,
    advance: () => state.steps.shift()?.(),
    requireToken: token => {
      state.token = token
    },
    failWith: problem => {
      state.problem = problem
    },
    close: async () => {
      for (const watchers of state.watchers.values()) for (const reply of watchers) reply.raw.destroy()
      await app.close()
    },
  }
}

interface State {
  readonly comments: Comment[]
  current: CurrentRunView | null
  readonly acknowledged: Map<string, { readonly by: string; readonly note: string | null; readonly at: string }>
  readonly watchers: Map<string, Set<FastifyReply>>
  /** Of the run under way: called, it goes on. */
  readonly steps: (() => void)[]
  token: string | undefined
  problem: HttpProblem | undefined
}

function tell({ watchers }: State, stream: string, event: string, data: unknown): void {
  for (const reply of watchers.get(stream) ?? []) reply.raw.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
}

function watch(state: State, stream: string, reply: FastifyReply): void {
  reply.hijack()
  reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  reply.raw.write('retry: 200\n\n')
  const watchers = state.watchers.get(stream) ?? new Set()
  state.watchers.set(stream, watchers.add(reply))
  void once(reply.raw, 'close').then(() => watchers.delete(reply))
}

function paperRoutes(app: FastifyInstance, state: State): void {
  app.get<{ Querystring: Readonly<Record<string, string>> }>('/api/iclr', async ({ query }, reply) => {
    const { q = '', year, status, offset = '0', limit = '50' } = query
    const found = bodies.PAPERS.filter(
      paper =>
        JSON.stringify(paper).toLowerCase().includes(q.toLowerCase()) &&
        (year === undefined || String(paper['year']) === year) &&
        (status === undefined || paper['status'] === status),
    )
    reply.header('x-total-count', found.length)
    return found.slice(Number(offset), Number(offset) + Number(limit))
  })
  app.get<{ Params: { id: string } }>('/api/iclr/:id', async ({ params }) => {
    const paper = bodies.PAPERS.find(({ id, _id }) => id === params.id || _id === params.id)
    if (paper === undefined) throw new HttpProblem(404, 'There is no such paper.')
    return paper
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

function pipelineRoutes(app: FastifyInstance, state: State, now: number): void {
  const at = '/api/pipeline'
  type OfRun = { Params: { dataset: string; runId: string }; Querystring: Readonly<Record<string, string>> }
  app.get(`${at}/status`, async () => ({ ...bodies.status(now), openAlerts: 1 - state.acknowledged.size }))
  app.get<{ Querystring: Readonly<Record<string, string>> }>(
    `${at}/runs`,
    async ({ query: { dataset, limit = '50', before } }) => {
      const all = ['papers', 'comments']
        .filter(name => dataset === undefined || name === dataset)
        .flatMap(name => bodies.runs(now, name))
        .toSorted((a, b) => (b.startedAt ?? '').localeCompare(a.startedAt ?? ''))
      const from = before === undefined ? 0 : Number(before)
      const end = from + Number(limit)
      return { runs: all.slice(from, end), next: end < all.length ? String(end) : null }
    },
  )
  const runOf = ({ params: { dataset, runId } }: { params: OfRun['Params'] }) => {
    const run = bodies.runs(now, dataset).find(one => one.runId === runId)
    if (run === undefined)
      throw new HttpProblem(404, `There is no run ${runId} of ${dataset}.`, 'lakeferry runs lists them.')
    return run
  }
  app.get(`${at}/runs/current`, async () => ({ run: state.current }))
  app.get<OfRun>(`${at}/runs/:dataset/:runId`, async request => bodies.detail(runOf(request)))
  app.get<OfRun>(`${at}/runs/:dataset/:runId/result`, async request =>
    bodies.result(
      request.params.dataset,
      request.params.runId,
      runOf(request).outcome === 'bad' ? 1 : (runOf(request).violated ?? 0) / 46,
    ),
  )
  app.get<OfRun>(`${at}/runs/:dataset/:runId/violations`, async request => {
    const { rule, limit = '100', cursor = '0' } = request.query
    const found =
      runOf(request).outcome === 'bad'
        ? bodies.VIOLATIONS.filter(violation => rule === undefined || violation.rule === rule)
        : []
    const end = Number(cursor) + Math.min(20, Number(limit))
    return {
      violations: found.slice(Number(cursor), end),
      total: found.length,
      next: end < found.length ? String(end) : null,
    }
  })
  app.get<OfRun>(`${at}/runs/:dataset/:runId/anomalies`, async ({ params }) =>
    bodies.anomalies(now, params.dataset, params.runId),
  )
  app.get<OfRun>(`${at}/runs/:dataset/:runId/certificate`, async () => bodies.CERTIFICATE)
  app.get<OfRun>(`${at}/runs/:dataset/:runId/parts`, async () => bodies.PARTS)
  app.get<{ Querystring: { dataset: string } }>(`${at}/history`, async ({ query }) =>
    bodies.history(now, query.dataset),
  )
  app.get<{ Params: { dataset: string } }>(`${at}/contracts/:dataset`, async ({ params }) => {
    if (params.dataset !== 'papers')
      throw new HttpProblem(404, 'This dataset has no contract.', 'lakeferry contract suggest writes a first one.')
    return bodies.CONTRACT
  })
  app.get(`${at}/alerts`, async () => {
    const list = bodies.alerts(now)
    return {
      ...list,
      alerts: list.alerts.map(alert => ({ ...alert, acknowledged: state.acknowledged.get(alert.id) ?? null })),
    }
  })
  app.post<{ Params: { id: string }; Body: { note?: string; by?: string } }>(
    `${at}/alerts/:id/ack`,
    async ({ params, body }) => {
      state.acknowledged.set(params.id, {
        by: body.by ?? 'somebody',
        note: body.note ?? null,
        at: new Date().toISOString(),
      })
      return { ...bodies.alerts(now).alerts[0], acknowledged: state.acknowledged.get(params.id) }
    },
  )
  app.get(`${at}/events`, (_, reply) => watch(state, 'pipeline', reply))
  app.post(`${at}/runs`, async (_, reply) => {
    void work(state)
    reply.code(202)
    return state.current
  })
}

/** A run of two datasets, in ten steps. */
async function work(state: State): Promise<void> {
  const began = Date.now()
  const step = (): Promise<void> => new Promise(resolve => state.steps.push(resolve))
  const say = (dataset: string, step: ProgressView['step'], documents: number): void => {
    const runId = bodies.runs(began, dataset)[0]!.runId
    const progress: ProgressView = {
      dataset,
      runId,
      step,
      documents,
      expected: 7_281,
      bytes: documents * 1_300,
      at: new Date().toISOString(),
      outcome: step === 'finished' ? 'good' : null,
      error: null,
    }
    const others = state.current!.progress.filter(one => one.dataset !== dataset)
    state.current = { ...state.current!, progress: [...others, progress] }
    tell(state, 'pipeline', 'progress', progress)
  }
  state.current = bodies.currentRun(began, 'under way', [])
  tell(state, 'pipeline', 'run', state.current)
  for (const dataset of ['papers', 'comments']) {
    for (const share of [0.2, 0.5, 0.8, 1]) {
      await step()
      say(dataset, 'export', Math.round(7_281 * share))
    }
    say(dataset, 'validation', 7_281)
    await step()
    say(dataset, 'finished', 7_281)
  }
  state.current = bodies.currentRun(began, 'finished', state.current.progress)
  tell(state, 'pipeline', 'run', state.current)
}
