import type { FromSchema } from 'json-schema-to-ts'
import type { FAILURE } from './pipeline-shapes.js'

/** What `GET /api/pipeline/events` (server-sent events, `event: progress`) tells of a run that `POST /api/pipeline/runs` started. */
export const PROGRESS = {
  $id: 'Progress',
  type: 'object',
  required: ['dataset', 'runId', 'step', 'documents', 'expected', 'bytes', 'at', 'outcome', 'error'],
  additionalProperties: false,
  properties: {
    dataset: { type: 'string' },
    runId: { type: ['string', 'null'] },
    step: { type: 'string', enum: ['export', 'validation', 'finished', 'failed'] },
    documents: { type: 'integer' },
    expected: { type: 'integer' },
    bytes: { type: 'integer' },
    at: { type: 'string' },
    outcome: { type: ['string', 'null'] },
    error: { anyOf: [{ type: 'null' }, { $ref: 'Failure' }] },
  },
} as const
export type ProgressView = FromSchema<typeof PROGRESS, { references: [typeof FAILURE] }>

/** A run that `POST /api/pipeline/runs` started: the one under way, or the last one; `event: run` of the events tells it, too. */
export const CURRENT_RUN = {
  $id: 'CurrentRun',
  type: 'object',
  required: ['runId', 'datasets', 'startedAt', 'endedAt', 'state', 'exitCode', 'error', 'progress'],
  additionalProperties: false,
  properties: {
    runId: { type: 'string' },
    datasets: { type: 'array', items: { type: 'string' } },
    startedAt: { type: 'string' },
    endedAt: { type: ['string', 'null'] },
    state: { type: 'string', enum: ['under way', 'stopping', 'finished', 'failed', 'stopped'] },
    exitCode: { type: ['integer', 'null'] },
    error: { anyOf: [{ type: 'null' }, { $ref: 'Failure' }] },
    progress: { type: 'array', items: { $ref: 'Progress' } },
  },
} as const
export type CurrentRunView = FromSchema<typeof CURRENT_RUN, { references: [typeof PROGRESS, typeof FAILURE] }>

/** `GET /api/pipeline/runs/current` */
export const CURRENT = {
  $id: 'Current',
  type: 'object',
  required: ['run'],
  additionalProperties: false,
  properties: {
    run: { anyOf: [{ type: 'null' }, { $ref: 'CurrentRun' }] },
  },
} as const
export type CurrentView = FromSchema<
  typeof CURRENT,
  { references: [typeof CURRENT_RUN, typeof PROGRESS, typeof FAILURE] }
>
