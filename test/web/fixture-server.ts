import { fileURLToPath } from 'node:url'
import fastify from 'fastify'
import { answerProblems, HttpProblem } from '../../src/server/problems.js'
import { validateBySchemas } from '../../src/server/validation.js'
import { webFiles } from '../../src/server/web-files.js'
import { comments } from './bodies/papers.js'
import { paperRoutes } from './fixture-papers.js'
import { pipelineRoutes } from './fixture-pipeline.js'
import type { State } from './fixture-state.js'

export const WEB_ROOT: string = fileURLToPath(new URL('../../dist/web', import.meta.url))
/** As of src/server/build-server.ts. */
const POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; object-src 'none'; script-src 'self'; script-src-attr 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"

export interface FixtureServer {
  readonly url: string
  /** Wanted for the pipeline's routes, and for writing, from then on. */
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
    comments: comments(now),
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
    if (!request.url.startsWith('/api/pipeline') && request.method === 'GET') return
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
