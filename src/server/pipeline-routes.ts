import type { FastifyInstance } from 'fastify'
import { findDataset, selectDatasets } from '../config/config.js'
import { isLakeferryError, LakeferryError } from '../errors.js'
import { ALERT_LIST_QUERY, ALERT_PARAMS, NOTHING, SILENCE_PARAMS } from '../http/pipeline-queries.js'
import type { Observation } from '../model/check.js'
import type { Observed } from '../monitor/observe.js'
import type { ObjectStore } from '../ports/object-store.js'
import type { ServerDeps } from './deps.js'
import { takeJsonBodies } from './json-body.js'
import { acknowledgeAlert, endSilence, listAlerts, silenceAlerts, type WantedSilence } from './pipeline-alerts.js'
import { otherAnswers, textAnswers, viewAnswer, viewAnswers } from './pipeline-answers.js'
import { CurrentRun } from './pipeline-current-run.js'
import { runEvents } from './pipeline-events.js'
import { pipelineFiles } from './pipeline-files.js'
import type { PipelineWork } from './pipeline-port.js'
import { pipelineRuns } from './pipeline-runs.js'
import { readStatus } from './pipeline-status.js'
import { HttpProblem } from './problems.js'
import { Remembered } from './remembered.js'

/** However many ask, the lake is asked for the status once in so long, in milliseconds. */
const STATUS_MS = 5_000
/** The same of the metrics. */
const METRICS_MS = 10_000

const tags = ['pipeline']
const config = { access: 'pipeline' } as const

/** `/api/pipeline/*` and `/metrics`: for the pipeline's people, and their dashboard. */
export async function pipelineRoutes(app: FastifyInstance, deps: ServerDeps): Promise<void> {
  const { pipeline } = deps
  if (pipeline === undefined) return
  takeJsonBodies(app)
  // What is not a part may be another a moment later, an error above all; nobody keeps it without asking again.
  app.addHook('onSend', async (_, reply) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-cache')
  })
  const forgetStatus = statusRoutes(app, deps, pipeline)
  startRoutes(app, deps, { pipeline, onChange: forgetStatus })
  alertRoutes(app, deps)
  await pipelineRuns(app, deps)
  await pipelineFiles(app, deps)
}

/** @returns what makes the next status a new one */
function statusRoutes(app: FastifyInstance, deps: ServerDeps, work: PipelineWork): () => void {
  let seen: { readonly observation: Observation; readonly at: number } | undefined
  const observe = async (lake: ObjectStore | LakeferryError): Promise<Observed> => {
    const observation = await work.observe(lake)
    seen = { observation, at: performance.now() }
    return observation
  }
  const status = new Remembered(
    async () => await readStatus({ config: deps.config, lake: await lakeOrWhy(deps), observe }),
    STATUS_MS,
  )
  const metrics = new Remembered(async () => {
    const lake = await deps.lake()
    const known = seen !== undefined && performance.now() - seen.at < deps.config.monitor.everySeconds * 1000
    return await work.metrics(lake, known ? seen?.observation : await observe(lake))
  }, METRICS_MS)
  app.get(
    '/api/pipeline/status',
    {
      config,
      schema: {
        ...{ tags, summary: 'Whether last night’s export is good', querystring: NOTHING },
        response: viewAnswers('Status', 'Every dataset, and all that the monitor looks at; at most a few seconds old'),
      },
    },
    async (_, reply) => reply.header('cache-control', 'no-cache').send(await status.get()),
  )
  app.get(
    '/metrics',
    {
      config,
      schema: {
        ...{ tags, summary: 'Metrics for Prometheus' },
        response: textAnswers(['text/plain'], 'The text format of Prometheus'),
      },
    },
    async (_, reply) => {
      const { type, text } = await metrics.get()
      return reply.type(type).header('cache-control', 'no-store').send(text)
    },
  )
  return () => status.forget()
}

/** A lake that is away is something to tell. */
async function lakeOrWhy({ lake }: ServerDeps): Promise<ObjectStore | LakeferryError> {
  try {
    return await lake()
  } catch (error) {
    if (error instanceof LakeferryError) return error
    throw error
  }
}

interface StartOptions {
  readonly pipeline: PipelineWork
  readonly onChange: () => void
}

function startRoutes(app: FastifyInstance, deps: ServerDeps, { pipeline, onChange }: StartOptions): void {
  const { clock, stopping } = deps
  const current = new CurrentRun({ clock, runner: onLine => pipeline.runner(onLine), onChange })
  // At once, so that it has the whole time that the rest takes to end.
  stopping.addEventListener('abort', () => current.stop(), { once: true })
  app.addHook('preClose', async () => void current.stop())
  app.addHook('onClose', async () => await current.close())

  app.post<{ Body: { readonly datasets?: readonly string[] } }>(
    '/api/pipeline/runs',
    {
      config,
      schema: {
        ...{ tags, summary: 'Starts a run, as a schedule does', body: { $ref: 'StartRun#' }, querystring: NOTHING },
        consumes: ['application/json'],
        response: otherAnswers({ 202: viewAnswer('CurrentRun', 'It is under way') }, 409, 413, 415, 422),
      },
    },
    async ({ body }, reply) => {
      const datasets = wantedDatasets(deps, body.datasets ?? [])
      if (stopping.aborted) throw new HttpProblem(503, 'The server is being stopped.')
      const under = current.isUnderWay ? current.view() : undefined
      if (under !== undefined) {
        throw new HttpProblem(
          409,
          `Run ${under.runId} of ${under.datasets.join(', ')} is under way.`,
          'Wait for its end, or stop it: DELETE /api/pipeline/runs/current.',
        )
      }
      const view = current.start(datasets)
      return reply.code(202).header('location', '/api/pipeline/runs/current').send(view)
    },
  )
  app.get(
    '/api/pipeline/runs/current',
    {
      config,
      schema: {
        ...{ tags, summary: 'The run that this server started last', querystring: NOTHING },
        response: viewAnswers('Current', 'It, or null'),
      },
    },
    async (_, reply) => reply.header('cache-control', 'no-store').send({ run: current.view() ?? null }),
  )
  app.delete(
    '/api/pipeline/runs/current',
    {
      config,
      schema: {
        ...{ tags, summary: 'Stops the run under way', querystring: NOTHING },
        description: 'What it has done is kept: lakeferry export --resume finishes it, lakeferry gc removes it.',
        response: otherAnswers({ 202: viewAnswer('CurrentRun', 'It was asked to stop') }, 404),
      },
    },
    async (_, reply) => {
      if (!current.stop()) throw new HttpProblem(404, 'No run of this server is under way.')
      return reply.code(202).send(current.view())
    },
  )
  const events = runEvents(app, current, stopping)
  app.get(
    '/api/pipeline/events',
    {
      config,
      exposeHeadRoute: false,
      schema: {
        ...{ tags, summary: 'Tells how the run that this server started goes on', querystring: NOTHING },
        description: 'Server-sent events: `run` (CurrentRun) and `progress` (Progress). First of all how things are.',
        response: textAnswers(['text/event-stream'], 'Events, until one side ends it'),
      },
    },
    (_, reply) => events(reply),
  )
}

function wantedDatasets({ config }: ServerDeps, names: readonly string[]) {
  try {
    for (const name of names) findDataset(config, name)
  } catch (error) {
    if (isLakeferryError(error, 'DATASET_UNKNOWN')) throw new HttpProblem(422, error.message, error.hint)
    throw error
  }
  return selectDatasets(config, names)
}

function alertRoutes(app: FastifyInstance, deps: ServerDeps): void {
  const now = (): Date => deps.clock.now()
  app.get<{ Querystring: { readonly all: boolean } }>(
    '/api/pipeline/alerts',
    {
      config,
      schema: {
        ...{ tags, summary: 'Open alerts and silences', querystring: ALERT_LIST_QUERY },
        response: viewAnswers('AlertList', 'As the last pass of the monitor left them'),
      },
    },
    async ({ query }) => await listAlerts(await deps.lake(), now(), query.all),
  )
  app.post<{ Params: { readonly id: string }; Body: { readonly note?: string; readonly by?: string } }>(
    '/api/pipeline/alerts/:id/ack',
    {
      config,
      schema: {
        ...{ tags, summary: 'Takes an alert on: no reminders until it is over or gets worse' },
        ...{ params: ALERT_PARAMS, querystring: NOTHING, body: { $ref: 'Acknowledge#' } },
        consumes: ['application/json'],
        response: viewAnswers('Alert', 'The alert', 404, 413, 415),
      },
    },
    async ({ params, body }) => await acknowledgeAlert(await deps.lake(), now(), { ...body, id: params.id }),
  )
  app.post<{ Body: WantedSilence }>(
    '/api/pipeline/silences',
    {
      config,
      schema: {
        ...{ tags, summary: 'Tells nothing of planned work for a while', body: { $ref: 'AddSilence#' } },
        ...{ querystring: NOTHING, consumes: ['application/json'] },
        response: otherAnswers({ 201: viewAnswer('Silence', 'The silence') }, 413, 415, 422),
      },
    },
    async ({ body }, reply) => {
      wantedDatasets(deps, body.datasets ?? [])
      const silence = await silenceAlerts(await deps.lake(), now(), body)
      return reply.code(201).header('location', `/api/pipeline/silences/${silence.id}`).send(silence)
    },
  )
  app.delete<{ Params: { readonly id: string } }>(
    '/api/pipeline/silences/:id',
    {
      config,
      schema: {
        ...{ tags, summary: 'Ends a silence now', params: SILENCE_PARAMS, querystring: NOTHING },
        response: otherAnswers({ 204: { description: 'It is over', type: 'null' } }, 404),
      },
    },
    async ({ params }, reply) => {
      await endSilence(await deps.lake(), now(), params.id)
      return reply.code(204).send()
    },
  )
}
