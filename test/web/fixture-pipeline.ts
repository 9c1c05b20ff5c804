import type { FastifyInstance } from 'fastify'
import type { ProgressView } from '../../src/http/pipeline-current.js'
import { HttpProblem } from '../../src/server/problems.js'
import { alerts } from './bodies/alerts.js'
import { anomalies } from './bodies/anomalies.js'
import { CERTIFICATE, PARTS } from './bodies/certificate.js'
import { CONTRACT } from './bodies/contract.js'
import { currentRun } from './bodies/current-run.js'
import { result, VIOLATIONS } from './bodies/rules.js'
import { detail, history, runs } from './bodies/runs.js'
import { status } from './bodies/status.js'
import { eventText, type State, tell, watch } from './fixture-state.js'

export function pipelineRoutes(app: FastifyInstance, state: State, now: number): void {
  const at = '/api/pipeline'
  type OfRun = { Params: { dataset: string; runId: string }; Querystring: Readonly<Record<string, string>> }
  app.get(`${at}/status`, async () => ({ ...status(now), openAlerts: 1 - state.acknowledged.size }))
  app.get<{ Querystring: Readonly<Record<string, string>> }>(
    `${at}/runs`,
    async ({ query: { dataset, limit = '50', before } }) => {
      const all = ['papers', 'comments']
        .filter(name => dataset === undefined || name === dataset)
        .flatMap(name => runs(now, name))
        .toSorted((a, b) => (b.startedAt ?? '').localeCompare(a.startedAt ?? ''))
      const from = before === undefined ? 0 : Number(before)
      const end = from + Number(limit)
      return { runs: all.slice(from, end), next: end < all.length ? String(end) : null, problems: [] }
    },
  )
  const runOf = ({ params: { dataset, runId } }: { params: OfRun['Params'] }) => {
    const run = runs(now, dataset).find(one => one.key === runId)
    if (run === undefined)
      throw new HttpProblem(404, `There is no run ${runId} of ${dataset}.`, 'lakeferry runs lists them.')
    return run
  }
  app.get(`${at}/runs/current`, async () => ({ run: state.current }))
  app.get<OfRun>(`${at}/runs/:dataset/:runId`, async request => detail(runOf(request)))
  app.get<OfRun>(`${at}/runs/:dataset/:runId/result`, async request =>
    result(
      request.params.dataset,
      request.params.runId,
      runOf(request).outcome === 'bad' ? 1 : (runOf(request).violated ?? 0) / 46,
    ),
  )
  app.get<OfRun>(`${at}/runs/:dataset/:runId/violations`, async request => {
    const { rule, limit = '100', cursor = '0' } = request.query
    const found =
      runOf(request).outcome === 'bad'
        ? VIOLATIONS.filter(violation => rule === undefined || violation.rule === rule)
        : []
    const end = Number(cursor) + Math.min(20, Number(limit))
    return {
      violations: found.slice(Number(cursor), end),
      total: found.length,
      next: end < found.length ? String(end) : null,
    }
  })
  app.get<OfRun>(`${at}/runs/:dataset/:runId/anomalies`, async ({ params }) =>
    anomalies(now, params.dataset, params.runId),
  )
  app.get<OfRun>(`${at}/runs/:dataset/:runId/certificate`, async () => CERTIFICATE)
  app.get<OfRun>(`${at}/runs/:dataset/:runId/parts`, async () => PARTS)
  app.get<{ Querystring: { dataset: string } }>(`${at}/history`, async ({ query }) => history(now, query.dataset))
  app.get<{ Params: { dataset: string } }>(`${at}/contracts/:dataset`, async ({ params }) => {
    if (params.dataset !== 'papers')
      throw new HttpProblem(404, 'This dataset has no contract.', 'lakeferry contract suggest writes a first one.')
    return CONTRACT
  })
  app.get(`${at}/alerts`, async () => {
    const list = alerts(now)
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
      return { ...alerts(now).alerts[0], acknowledged: state.acknowledged.get(params.id) }
    },
  )
  app.get(`${at}/events`, (_, reply) => {
    watch(state, 'pipeline', reply)
    // As the server does: who comes late knows how things are.
    if (state.current !== null) reply.raw.write(eventText('run', state.current))
  })
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
    const runId = runs(began, dataset)[0]!.runId
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
  state.current = currentRun(began, 'under way', [])
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
  state.current = currentRun(began, 'finished', state.current.progress)
  tell(state, 'pipeline', 'run', state.current)
}
