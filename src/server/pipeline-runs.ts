import type { FastifyInstance } from 'fastify'
import { readResult } from '../catalog/catalog.js'
import { readAnomalies } from '../catalog/read-profile.js'
import { type DatasetConfig, findDataset } from '../config/config.js'
import {
  DATASET_PARAMS,
  HISTORY_QUERY,
  NOTHING,
  RUN_KEY_PARAMS,
  RUN_LIST_QUERY,
  RUN_PARAMS,
  VIOLATION_LIST_QUERY,
} from '../http/pipeline-queries.js'
import type { ValidationResult } from '../model/result.js'
import { parseRunId } from '../model/run-id.js'
import type { ServerDeps } from './deps.js'
import { viewAnswers } from './pipeline-answers.js'
import { contractView } from './pipeline-contract.js'
import { readHistory, resultView, runDetail } from './pipeline-run.js'
import { parseRunKey, type RunLineQuestion, runPage } from './pipeline-run-list.js'
import { type ViolationQuestion, violationPage } from './pipeline-violations.js'
import { HttpProblem } from './problems.js'

type OfRun = { Params: { readonly dataset: string; readonly runId: string } }

const RUN = '/api/pipeline/runs/:dataset/:runId'
const tags = ['pipeline']
const config = { access: 'pipeline' } as const

/** What the lake says of runs. */
export async function pipelineRuns(app: FastifyInstance, deps: ServerDeps): Promise<void> {
  const question = async (): Promise<RunLineQuestion> => ({
    ...{ lake: await deps.lake(), config: deps.config, now: deps.clock.now() },
  })
  const datasetOf = (name: string): DatasetConfig => findDataset(deps.config, name)

  app.get<{ Querystring: { readonly dataset?: string; readonly limit: number; readonly before?: string } }>(
    '/api/pipeline/runs',
    {
      config,
      schema: {
        ...{ tags, summary: 'Runs and failed attempts, newest first', querystring: RUN_LIST_QUERY },
        response: viewAnswers('RunPage', 'A page', 404),
      },
    },
    async ({ query }) => {
      const { dataset, ...page } = query
      const datasets = dataset === undefined ? deps.config.datasets : [datasetOf(dataset)]
      return await runPage({ ...(await question()), ...page, datasets })
    },
  )
  app.get<{ Params: { readonly dataset: string; readonly key: string } }>(
    '/api/pipeline/runs/:dataset/:key',
    {
      config,
      schema: {
        ...{
          tags,
          summary: 'One run: its manifest, verdict and attempts',
          params: RUN_KEY_PARAMS,
          querystring: NOTHING,
        },
        description: 'Also an attempt that failed before it had a run id, by the `key` that the list says of it.',
        response: viewAnswers('RunDetail', 'The run', 404),
      },
    },
    async ({ params }) => {
      const dataset = datasetOf(params.dataset)
      const key = parseRunKey(params.key)
      return await runDetail(await question(), dataset, key)
    },
  )
  app.get<OfRun>(
    `${RUN}/result`,
    {
      config,
      schema: {
        ...{ tags, summary: 'What its last validation found', params: RUN_PARAMS, querystring: NOTHING },
        response: viewAnswers('Result', 'Rule by rule', 404),
      },
    },
    async ({ params }) => resultView(await resultOf(deps, params)),
  )
  app.get<OfRun & { Querystring: ViolationQuestion }>(
    `${RUN}/violations`,
    {
      config,
      schema: {
        ...{ tags, summary: 'Every document that breaks a rule, page by page' },
        ...{ params: RUN_PARAMS, querystring: VIOLATION_LIST_QUERY },
        response: viewAnswers('ViolationPage', 'A page', 404),
      },
    },
    async ({ params, query }) => {
      const result = await resultOf(deps, params)
      return await violationPage(await deps.lake(), result, query)
    },
  )
  app.get<OfRun>(
    `${RUN}/anomalies`,
    {
      config,
      schema: {
        ...{ tags, summary: 'What of it stands out against the runs before', params: RUN_PARAMS, querystring: NOTHING },
        response: viewAnswers('Anomalies', 'Each with its band and its history', 404),
      },
    },
    async ({ params }) => {
      const { name } = datasetOf(params.dataset)
      const anomalies = await readAnomalies(await deps.lake(), name, parseRunId(params.runId))
      if (anomalies !== undefined) return anomalies
      throw new HttpProblem(404, 'This run was not compared with earlier ones.')
    },
  )
  app.get<{ Querystring: { readonly dataset: string; readonly limit: number } }>(
    '/api/pipeline/history',
    {
      config,
      schema: {
        ...{ tags, summary: 'The last runs of a dataset in numbers', querystring: HISTORY_QUERY },
        response: viewAnswers('History', 'The newest last', 404),
      },
    },
    async ({ query }) => {
      const dataset = datasetOf(query.dataset)
      return await readHistory(await question(), dataset, query.limit)
    },
  )
  app.get<{ Params: { readonly dataset: string } }>(
    '/api/pipeline/contracts/:dataset',
    {
      config,
      schema: {
        ...{ tags, summary: 'What a dataset is held to', params: DATASET_PARAMS, querystring: NOTHING },
        response: viewAnswers('Contract', 'Its columns and rules', 404),
      },
    },
    async ({ params }) => await contractView(datasetOf(params.dataset)),
  )
}

async function resultOf(deps: ServerDeps, { dataset, runId }: OfRun['Params']): Promise<ValidationResult> {
  const { name } = findDataset(deps.config, dataset)
  const result = await readResult(await deps.lake(), name, parseRunId(runId))
  if (result !== undefined) return result
  throw new HttpProblem(404, 'There is no result of this run: it is not there, or it was not validated.')
}
